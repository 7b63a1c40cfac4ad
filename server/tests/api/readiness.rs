//! What makes the service not ready besides a database that is down.

use serde_json::{Value, json};

use crate::support::json::{keys, milliseconds};
use crate::support::port::Port;
use crate::support::upstream::Upstream;
use crate::support::wait::SOON;
use crate::support::{Answer, Database, Home, Service, eventually};

on_both_databases![an_unapplied_migration_is_a_warning_that_stops_traffic];

async fn an_unapplied_migration_is_a_warning_that_stops_traffic(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    home.sql()
        .execute(
            "DELETE FROM __diesel_schema_migrations \
             WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)",
        )
        .await;
    let body = not_ready(&service).await;
    assert_eq!(body["status"], "not_ready");
    assert_eq!(
        body["checks"]["migrations"],
        json!({"status": "warning", "unapplied": 1})
    );
    assert_eq!(body["checks"]["database"]["status"], "ok");
    // The database itself is fine.
    assert_eq!(service.http.get("/health/db/").await.status, 200);
    assert_eq!(service.http.get("/health/").await.status, 200);
}

on_both_databases![an_empty_database_is_asked_nothing_that_it_can_not_answer];

async fn an_empty_database_is_asked_nothing_that_it_can_not_answer(database: Database) {
    let home = Home::new(database).await;
    let held = home.sql().lock_migrations().await;
    let service = home.serve_with(&[]).await;
    let body = not_ready(&service).await;
    let migrations = &body["checks"]["migrations"];
    assert_eq!(migrations["status"], "warning", "{body}");
    assert!(migrations["unapplied"].as_u64().unwrap() > 1, "{body}");
    assert_eq!(body["checks"]["database"]["status"], "ok");
    drop(held);
    service.until_ready().await;
    let log = service.logs.text("db.log");
    assert!(!log.contains("__diesel_schema_migrations"), "{log}");
    assert!(!log.contains("health.ask"), "{log}");
}

#[tokio::test]
async fn dependencies_that_answer_are_ok() {
    let http = Upstream::answering(204).await;
    let moved = Upstream::answering(302).await;
    let tcp = Upstream::silent().await;
    let home = Home::new(Database::Sqlite).await;
    let dependencies = format!(
        "search=http://{}/,moved=http://{}/x,queue=tcp://{}",
        http.address, moved.address, tcp.address
    );
    let service = home
        .serve_with(&[("READY_DEPENDENCIES", &dependencies)])
        .await;
    service.until_ready().await;
    let body = service.http.get("/health/ready/").await.json();
    let checks = &body["checks"];
    assert_eq!(
        keys(checks),
        [
            "database",
            "migrations",
            "moved",
            "queue",
            "search",
            "startup"
        ]
    );
    for name in ["search", "moved", "queue"] {
        assert_eq!(keys(&checks[name]), ["latency_ms", "status"], "{name}");
        assert_eq!(checks[name]["status"], "ok", "{name}");
        milliseconds(&checks[name]["latency_ms"]);
    }
}

#[tokio::test]
async fn each_way_of_a_dependency_to_fail_has_its_code_and_all_are_asked_side_by_side() {
    let broken = Upstream::answering(500).await;
    let silent = Upstream::silent().await;
    let nobody = Port::reserve();
    let home = Home::new(Database::Sqlite).await;
    let dependencies = format!(
        "broken=http://{},hangs=http://{},hangs-too=https://{},gone=tcp://127.0.0.1:{},\
         gone-too=http://127.0.0.1:{}",
        broken.address, silent.address, silent.address, nobody.number, nobody.number
    );
    let service = home
        .serve_with(&[("READY_DEPENDENCIES", &dependencies)])
        .await;
    let answer = started(&service).await;
    assert_eq!(answer.status, 503);
    assert!(answer.elapsed.as_millis() <= 2500, "{:?}", answer.elapsed);
    let body = answer.json();
    assert_eq!(body["status"], "not_ready");
    for (name, code) in [
        ("broken", "unexpected_status"),
        ("hangs", "timeout"),
        ("hangs-too", "timeout"),
        ("gone", "refused"),
        ("gone-too", "refused"),
    ] {
        assert_eq!(
            body["checks"][name],
            json!({"status": "error", "error": code}),
            "{name}"
        );
    }
    assert_eq!(body["checks"]["database"]["status"], "ok");
    // Neither of the other two asks for dependencies to be well.
    assert_eq!(service.http.get("/health/").await.status, 200);
    assert_eq!(service.http.get("/health/db/").await.status, 200);
}

/// The first answer that is past starting.
async fn started(service: &Service) -> Answer {
    eventually("the service has started", SOON, async || {
        let answer = service.http.get("/health/ready/").await;
        (answer.json()["checks"]["startup"]["status"] == "ok").then_some(answer)
    })
    .await
}

async fn not_ready(service: &Service) -> Value {
    eventually("the service is not ready", SOON, async || {
        let answer = service.http.get("/health/ready/").await;
        (answer.status == 503).then(|| answer.json())
    })
    .await
}
