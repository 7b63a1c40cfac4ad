//! The desk is most useful when the rest is broken.

use std::time::Duration;

use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Answer, Home, PASSWORD, Service, USERNAME, eventually, menu_paths};

/// Long enough for one probe that finds out, not for one wait after another.
const PATIENCE: Duration = Duration::from_secs(8);

/// A service whose database was well until just now.
async fn until_seen(service: &Service) {
    eventually("the failure is seen", SOON, async || {
        (service.http.get("/health/ready/").await.status == 503).then_some(())
    })
    .await;
}

fn assert_is_open(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.elapsed < PATIENCE, "{:?}", answer.elapsed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_stopped_a_session_still_opens_the_desk() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let session = service.signed_in().await;
    let ended = service.signed_in().await;
    assert_eq!(
        ended.same_origin().post("/admin/logout/", &[]).await.status,
        303
    );

    home.postgres().stop().await;
    // At once, before anybody has noticed, and afterwards.
    assert_is_open(&session.get("/admin/system-status/").await);
    until_seen(&service).await;
    let page = session.get("/admin/system-status/").await;
    assert_is_open(&page);
    assert!(
        page.body.contains("data-testid=\"db-status\""),
        "{}",
        page.body
    );
    let status = session.get("/api/ops/status/").await;
    assert_is_open(&status);
    let body = status.json();
    assert_eq!(body["database"]["connection"], "failed");
    assert_eq!(body["database"]["error"], "refused");
    assert!(body["data"].is_null());
    assert_eq!(body["data_error"], "refused");
    assert!(
        body["recent_errors"].is_array() && body["logging"].is_object(),
        "{body}"
    );

    for path in menu_paths().chain(["/admin/requests/nobody/"]) {
        assert_is_open(&session.get(path).await);
    }
    for path in ["/admin/audit/", "/admin/tokens/"] {
        let page = session.get(path).await.body;
        assert!(page.contains("Not available: connection refused"), "{page}");
    }

    // Who signed out stays out, and a stranger does as well.
    for http in [&ended, &service.http] {
        let answer = http.get("/admin/system-status/").await;
        assert!((302..=303).contains(&answer.status), "{}", answer.status);
        assert_eq!(http.get("/api/ops/status/").await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signed_out_stays_out_after_a_restart_without_the_database() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let session = service.signed_in().await;
    let ended = service.signed_in().await;
    assert_eq!(
        ended.same_origin().post("/admin/logout/", &[]).await.status,
        303
    );
    service.stop().await;
    home.postgres().stop().await;
    let service = home.serve_with(&[]).await;
    until_seen(&service).await;
    let here = service.http.with("cookie", session.cookie());
    assert_is_open(&here.get("/admin/system-status/").await);
    let here = service.http.with("cookie", ended.cookie());
    assert_ne!(here.get("/admin/system-status/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_password_keeps_sessions_out_without_the_database_too() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let session = service.signed_in().await;
    let changed = home
        .run(
            &["changepassword", "--username", USERNAME],
            &[("ADMIN_PASSWORD", "An0ther-staple")],
        )
        .await;
    assert_eq!(changed.code(), 0, "{:?}", changed.stderr);
    home.postgres().stop().await;
    until_seen(&service).await;
    assert_ne!(session.get("/admin/system-status/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_counts_while_the_database_is_down_and_after_its_return() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.postgres().stop().await;
    until_seen(&service).await;
    assert_eq!(
        session
            .same_origin()
            .post("/admin/logout/", &[])
            .await
            .status,
        303
    );
    assert_ne!(session.get("/admin/system-status/").await.status, 200);
    // The row is still there, and another process knows nothing but what is stored.
    service.stop().await;
    home.postgres().come_up().await;
    let service = home.serve().await;
    let session = service.http.with("cookie", session.cookie());
    assert_ne!(session.get("/admin/system-status/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_without_the_database_says_to_try_again() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    home.postgres().stop().await;
    until_seen(&service).await;
    let answer = service.http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 503);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(answer.header("x-error-id"), "");
    assert!(answer.body.contains("name=\"password\""), "{}", answer.body);
    assert!(!answer.body.contains("127.0.0.1"), "{}", answer.body);
    // A database that is down is not the visitor's fault: it counts as no wrong password.
    for _ in 0..6 {
        assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 503);
    }
    home.postgres().come_up().await;
    service.until_ready().await;
    assert_eq!(service.http.sign_in(USERNAME, PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_frozen_the_desk_opens_all_the_same() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.postgres().freeze();
    assert_is_open(&session.get("/admin/system-status/").await);
    until_seen(&service).await;
    let page = session.get("/admin/system-status/").await;
    assert_is_open(&page);
    assert!(
        page.elapsed < Duration::from_millis(2500),
        "{:?}",
        page.elapsed
    );
    home.postgres().thaw();
    service.until_ready_within(Duration::from_secs(5)).await;
    assert_is_open(&session.get("/admin/system-status/").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_desks_own_store_gone_as_well_it_still_opens() {
    let mut home = Home::on(Some(Postgres::start().await));
    let ops = home.postgres().url("ops");
    let service = home.serve_with(&[("OPS_DATABASE_URL", &ops)]).await;
    service.until_ready().await;
    let session = service.signed_in().await;
    let ended = service.signed_in().await;
    assert_eq!(
        ended.same_origin().post("/admin/logout/", &[]).await.status,
        303
    );
    home.postgres().stop().await;
    until_seen(&service).await;
    assert_is_open(&session.get("/admin/system-status/").await);
    // What this process remembers holds.
    assert_ne!(ended.get("/admin/system-status/").await.status, 200);
}
