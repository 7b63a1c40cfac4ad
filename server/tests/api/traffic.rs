//! What the service did in the last 24 hours, as `GET /api/ops/status/` tells it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::json::{keys, milliseconds, utc};
use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![
    requests_are_counted_by_what_became_of_them,
    what_watches_the_service_is_not_its_traffic,
    history_survives_a_restart,
    history_survives_a_crash_but_for_its_last_ten_seconds,
];

/// How many requests are in the desk's own store.
const WRITTEN: &str = "SELECT CAST(COALESCE(SUM(count), 0) AS TEXT) AS line FROM series \
     WHERE kind = 'traffic' AND resolution = 1";

async fn traffic(session: &Http) -> Value {
    let answer = session.get("/api/ops/status/").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["traffic_24h"].clone()
}

async fn get(service: &Service, path: &str, status: u16, times: u64) {
    for _ in 0..times {
        let answer = service.http.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
}

fn sum(traffic: &Value, count: &str) -> u64 {
    let points = traffic["points"].as_array().unwrap();
    points
        .iter()
        .map(|point| point[count].as_u64().unwrap())
        .sum()
}

async fn requests_are_counted_by_what_became_of_them(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;

    let idle = traffic(&session).await;
    let figures = [
        "requests",
        "errors",
        "client_errors",
        "error_rate",
        "avg_ms",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "covered_minutes",
        "points",
    ];
    for key in figures {
        assert!(keys(&idle).contains(&key), "{key} in {idle}");
    }
    assert_eq!(keys(&idle).len(), figures.len());
    assert_eq!(idle["requests"], 0);
    for nothing in ["avg_ms", "p50_ms", "p95_ms", "p99_ms"] {
        assert!(idle[nothing].is_null(), "{nothing} in {idle}");
    }

    get(&service, "/", 302, 5).await;
    get(&service, "/nothing/here/", 404, 3).await;
    get(&service, "/api/nothing/", 404, 2).await;
    let day = traffic(&session).await;
    assert_eq!(
        [&day["requests"], &day["errors"], &day["client_errors"]],
        [10, 0, 5]
    );
    assert_eq!(day["error_rate"], 0.0);
    for duration in ["avg_ms", "p50_ms", "p95_ms", "p99_ms"] {
        assert!(milliseconds(&day[duration]) < 1000.0, "{duration} in {day}");
    }
    let points = day["points"].as_array().unwrap();
    assert_eq!(day["covered_minutes"], points.len());
    assert!((1..=2).contains(&points.len()), "{day}");
    assert_eq!(sum(&day, "requests"), 10);
    assert_eq!(sum(&day, "client_errors"), 5);
    for point in points {
        let mut found = keys(point);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                "avg_ms",
                "client_errors",
                "errors",
                "p95_ms",
                "requests",
                "t"
            ]
        );
        assert_eq!(utc(&point["t"]).timestamp() % 60, 0);
        assert_eq!(point["avg_ms"].is_null(), point["requests"] == 0);
    }
}

async fn what_watches_the_service_is_not_its_traffic(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    for path in [
        "/health",
        "/health/",
        "/health/db/",
        "/healthz",
        "/static/none.js",
        "/static/a/b/c",
        "/admin/",
        "/admin/nothing/",
        "/api/ops/status/",
        "/api/ops/nothing/",
    ] {
        session.get(path).await;
    }
    assert_eq!(traffic(&session).await["requests"], 0);
    get(&service, "/administrators/", 404, 1).await;
    assert_eq!(traffic(&session).await["requests"], 1);
}

async fn history_survives_a_restart(database: Database) {
    let home = Home::new(database).await;
    for run in 0..3 {
        let service = home.serve().await;
        let session = service.signed_in().await;
        assert_eq!(traffic(&session).await["requests"], run * 4, "run {run}");
        get(&service, "/", 302, 4).await;
        // At once, long before the next regular write.
        assert_eq!(service.stop().await.code(), 0);
    }
}

async fn history_survives_a_crash_but_for_its_last_ten_seconds(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    get(&service, "/", 302, 4).await;
    eventually("it is written", Duration::from_secs(10), async || {
        let lines = home.ops_sql().try_lines(WRITTEN).await.ok()?;
        (lines == ["4"]).then_some(())
    })
    .await;
    service.kill().await;

    let service = home.serve().await;
    let session = service.signed_in().await;
    assert_eq!(traffic(&session).await["requests"], 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_desks_own_store_memory_counts_and_is_written_later() {
    let mut postgres = Postgres::down();
    let url = postgres.url("ops");
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("OPS_DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let session = service.signed_in().await;
    get(&service, "/", 302, 6).await;
    let status = session.get("/api/ops/status/").await.json();
    assert_eq!(status["traffic_24h"]["requests"], 6);
    assert!(status["traffic_24h"]["covered_minutes"].as_u64().unwrap() >= 1);
    assert!(status["traffic_24h_error"].is_string(), "{status}");

    postgres.come_up().await;
    eventually("what waited is written", SOON, async || {
        let lines = postgres.sql("ops").try_lines(WRITTEN).await.ok()?;
        (lines == ["6"]).then_some(())
    })
    .await;
    let status = session.get("/api/ops/status/").await.json();
    assert_eq!(status["traffic_24h"]["requests"], 6);
    assert_eq!(status.get("traffic_24h_error"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_share_the_desks_store_are_one_service() {
    let home = Home::on(Some(Postgres::start().await));
    let url = home.postgres.as_ref().unwrap().url("ops");
    let start = async |logs| {
        let environment = [("OPS_DATABASE_URL", url.as_str()), ("LOG_DIR", logs)];
        let service = home.serve_with(&environment).await;
        service.until_ready().await;
        service
    };
    let (one, other) = (start("logs-one").await, start("logs-other").await);
    get(&one, "/", 302, 2).await;
    get(&other, "/", 302, 3).await;
    let session = one.signed_in().await;
    for service in [&one, &other] {
        let http = service.http.with("cookie", session.cookie());
        eventually("each knows of both", SOON, async || {
            let day = traffic(&http).await;
            (day["requests"] == json!(5)).then_some(())
        })
        .await;
    }
}
