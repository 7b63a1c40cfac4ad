//! PostgreSQL stopped, frozen, not up yet, or not letting us in.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::json::keys;
use crate::support::postgres::Postgres;
use crate::support::pulse::Pulse;
use crate::support::wait::SOON;
use crate::support::{Home, Service, eventually};

/// From the failure to the first 503 with the right code: of a database that says nothing, the second
/// check decides.
const FAILURE_IS_SEEN_WITHIN: Duration = Duration::from_millis(3500);
const ANSWERS_WITHIN: Duration = Duration::from_millis(2500);
const RECOVERY_IS_SEEN_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_is_refused_and_its_return_is_seen() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let pulse = Pulse::of(&service.http);
    for _ in 0..2 {
        home.postgres().stop().await;
        assert_fails_with(&service, "refused").await;
        home.postgres().come_up().await;
        service.until_ready_within(RECOVERY_IS_SEEN_WITHIN).await;
        assert_eq!(service.http.get("/health/db/").await.status, 200);
    }
    pulse.was_steady().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_database_is_a_timeout_and_its_thaw_is_seen() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let pulse = Pulse::of(&service.http);
    home.postgres().freeze();
    assert_fails_with(&service, "timeout").await;
    // It stays so, and no probe ever waits longer.
    for _ in 0..10 {
        for path in ["/health/ready/", "/health/db/"] {
            let answer = service.http.get(path).await;
            assert_eq!(answer.status, 503, "{path}");
            assert!(
                answer.elapsed <= ANSWERS_WITHIN,
                "{path}: {:?}",
                answer.elapsed
            );
        }
    }
    home.postgres().thaw();
    service.until_ready_within(RECOVERY_IS_SEEN_WITHIN).await;
    pulse.was_steady().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn started_before_its_database_it_serves_and_becomes_ready_later() {
    let mut home = Home::on(Some(Postgres::down()));
    let service = home.serve_with(&[]).await;
    let pulse = Pulse::of(&service.http);
    let checks = assert_fails_with(&service, "refused").await;
    assert_eq!(checks["startup"]["status"], "error");
    let page = service.http.get("/admin/login/").await;
    assert_eq!(page.status, 200);
    home.postgres().come_up().await;
    service.until_ready_within(RECOVERY_IS_SEEN_WITHIN).await;
    pulse.was_steady().await;
    // Migrated, and with its first admin.
    assert_eq!(home.sql().count("users").await, 1);
    service.signed_in().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn started_with_a_frozen_database_it_serves_too() {
    let mut home = Home::on(Some(Postgres::start().await));
    home.postgres().freeze();
    let service = home.serve_with(&[]).await;
    let pulse = Pulse::of(&service.http);
    assert_fails_with(&service, "timeout").await;
    home.postgres().thaw();
    service.until_ready_within(RECOVERY_IS_SEEN_WITHIN).await;
    pulse.was_steady().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_auth_and_tells_a_stranger_nothing_more() {
    let home = Home::on(Some(Postgres::start().await));
    let url = home
        .postgres
        .as_ref()
        .unwrap()
        .url_with_password("Wr0ng-one", "registry");
    let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
    assert_fails_with(&service, "auth").await;
    for path in ["/health/ready/", "/health/db/"] {
        let body = service.http.get(path).await.body;
        for secret in ["127.0.0.1", "registry", "Wr0ng-one", "password"] {
            assert!(!body.contains(secret), "{path}: {body}");
        }
    }
    // The log says more, but not the password.
    let line = service
        .logs
        .line("error.log", |line| {
            line["code"] == "auth" || line["error"].is_array()
        })
        .await;
    assert!(!line.to_string().contains("Wr0ng-one"), "{line}");
}

/// Waits until readiness and database health both fail with `code`, checks the answers' shape, and
/// returns readiness's checks.
async fn assert_fails_with(service: &Service, code: &str) -> Value {
    let body = eventually(
        &format!("both say {code}"),
        FAILURE_IS_SEEN_WITHIN,
        async || {
            let ready = service.http.get("/health/ready/").await;
            let database = service.http.get("/health/db/").await;
            for answer in [&ready, &database] {
                assert!(answer.elapsed <= ANSWERS_WITHIN, "{:?}", answer.elapsed);
            }
            let failed = ready.status == 503
                && database.status == 503
                && ready.json()["checks"]["database"]["error"] == code
                && database.json()["database"]["error"] == code;
            failed.then(|| (ready.json(), database.json()))
        },
    )
    .await;
    let (ready, database) = body;
    assert_eq!(ready["status"], "not_ready");
    assert_eq!(keys(&ready), ["checks", "status", "timestamp"]);
    assert_eq!(
        keys(&ready["checks"]),
        ["database", "migrations", "startup"]
    );
    assert_eq!(
        ready["checks"]["database"],
        json!({"status": "error", "error": code})
    );
    assert_eq!(ready["checks"]["migrations"]["status"], "error");
    assert_eq!(keys(&database), ["database", "status"]);
    assert_eq!(database["status"], "error");
    let described = &database["database"];
    assert_eq!(keys(described), ["connection", "error", "pool", "vendor"]);
    assert_eq!(described["connection"], "failed");
    assert_eq!(described["vendor"], "postgresql");
    assert_eq!(keys(&described["pool"]), ["active", "idle", "max"]);
    ready["checks"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_database_file_of_the_desk_does_not_stop_the_service() {
    // The desk's store is a directory: it can never be opened.
    let home = Home::on(None);
    std::fs::create_dir_all(home.path("data/ops.sqlite3")).unwrap();
    let service = home.serve_with(&[]).await;
    service.until_ready_within(SOON).await;
    let session = service.signed_in().await;
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    assert_eq!(session.get("/api/ops/status/").await.status, 200);
}
