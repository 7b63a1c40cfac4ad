//! Servers that change their minds, their roles or their places: all is well again within five
//! seconds, and nothing answers 500 meanwhile.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::forwarder::Forwarder;
use crate::support::postgres::Postgres;
use crate::support::postgres_template::{PASSWORD, USER};
use crate::support::{Answer, Database, Home, Http, Service, eventually};

const HEALED: Duration = Duration::from_secs(5);

async fn write(writer: &Http, id: &str) -> Answer {
    let body = json!({"id": id, "name": id});
    writer
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await
}

async fn database_check(service: &Service) -> serde_json::Value {
    let answer = service.http.get("/health/ready/").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["checks"]["database"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_fixed_address_the_new_primary_is_found() {
    let mut old = Postgres::start().await;
    let standby = old.standby().await;
    let balancer = Forwarder::to(old.port()).await;
    let url = format!(
        "postgres://{USER}:{PASSWORD}@127.0.0.1:{}/registry",
        balancer.port
    );
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let writer = service.writer().await;
    assert_eq!(write(&writer, "before").await.status, 201);

    // Under open sessions.
    let sql = old.sql("registry");
    sql.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        .await;
    old.reload();
    let refused = eventually("a write is refused", HEALED, async || {
        let id = uuid::Uuid::new_v4().to_string();
        let answer = write(&writer, &id).await;
        (answer.status != 201).then_some(answer)
    })
    .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_ne!(refused.header("retry-after"), "");
    eventually("the check says so", HEALED, async || {
        let check = database_check(&service).await;
        (check["status"] == "warning" && check["error"] == "read_only").then_some(())
    })
    .await;
    assert_eq!(service.http.get("/api/namespaces/").await.status, 200);
    let body = service.http.get("/health/db/").await;
    assert_eq!(body.status, 200);
    assert_eq!(body.json()["database"]["error"], "read_only");

    standby.promote().await;
    balancer.lead_to(standby.port());
    eventually("writing goes on", HEALED, async || {
        let status = write(&writer, "after").await.status;
        assert!([201, 503].contains(&status), "{status}");
        (status == 201).then_some(())
    })
    .await;
    eventually("the check is well", HEALED, async || {
        (database_check(&service).await["status"] == "ok").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_hosts_the_primary_is_taken() {
    let mut primary = Postgres::start().await;
    let standby = primary.standby().await;
    let home = Home::new(Database::Sqlite).await;
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), primary.port());
    let at = |attribute: &str| {
        format!("postgres://{USER}:{PASSWORD}@{hosts}/registry?target_session_attrs={attribute}")
    };
    for attribute in ["read-write", "primary"] {
        let service = home.serve_with(&[("DATABASE_URL", &at(attribute))]).await;
        service.until_ready().await;
        let writer = service.writer().await;
        assert_eq!(write(&writer, attribute).await.status, 201);
        service.stop().await;
    }
    for attribute in ["standby", "prefer-standby"] {
        let service = home.serve_with(&[("DATABASE_URL", &at(attribute))]).await;
        service.until_ready().await;
        assert_eq!(database_check(&service).await["error"], "read_only");
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_sessions_cost_nobody_a_500() {
    let home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    for round in 0..5 {
        home.sql()
            .lines(
                "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS TEXT) AS line \
                 FROM pg_stat_activity WHERE application_name = 'agent-source-db'",
            )
            .await;
        eventually("writing goes on", HEALED, async || {
            let status = write(&writer, &format!("round-{round}")).await.status;
            assert!([201, 503].contains(&status), "{status}");
            (status == 201).then_some(())
        })
        .await;
        assert_eq!(service.http.get("/api/namespaces/").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hot_standby_alone_is_good_for_reading_and_the_desk_opens() {
    let mut home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    assert_eq!(write(&writer, "kept").await.status, 201);
    service.stop().await;
    let standby = home.postgres().standby().await;
    home.postgres().stop().await;

    let url = standby.url("registry");
    let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
    service.until_ready().await;
    assert_eq!(database_check(&service).await["error"], "read_only");
    assert_eq!(service.http.get("/api/namespaces/kept/").await.status, 200);
    let reader = service.signed_in().await;
    let status = reader.get("/api/ops/status/").await;
    assert_eq!(status.status, 200, "{}", status.body);
    assert_eq!(status.json()["database"]["error"], "read_only");
    let refused = write(&reader.same_origin(), "new").await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_ne!(refused.header("retry-after"), "");
}
