//! The three health endpoints' answers while all is well.

use reqwest::Method;
use serde_json::json;

use crate::support::http::Answer;
use crate::support::json::{keys, milliseconds, utc};
use crate::support::{Database, Home};

const PATHS: [&str; 3] = ["/health/", "/health/ready/", "/health/db/"];

on_both_databases![
    liveness_says_who_it_is,
    readiness_lists_its_checks,
    database_health_describes_the_database,
    head_and_the_path_without_a_slash_answer_alike,
    other_methods_are_refused_with_allow,
];

async fn liveness_says_who_it_is(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let answer = service.http.get("/health/").await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(keys(&body), ["service", "status", "timestamp", "version"]);
    assert_eq!(body["status"], "ok");
    assert_eq!(body["service"], "agent-source-db");
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    let age = chrono::Utc::now() - utc(&body["timestamp"]);
    assert!(age.num_seconds().abs() < 10, "{age}");
}

async fn readiness_lists_its_checks(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let answer = service.http.get("/health/ready/").await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(keys(&body), ["checks", "status", "timestamp"]);
    assert_eq!(body["status"], "ready");
    utc(&body["timestamp"]);
    let checks = &body["checks"];
    assert_eq!(keys(checks), ["database", "migrations", "startup"]);
    assert_eq!(keys(&checks["database"]), ["latency_ms", "status"]);
    assert_eq!(checks["database"]["status"], "ok");
    milliseconds(&checks["database"]["latency_ms"]);
    assert_eq!(
        checks["migrations"],
        json!({"status": "ok", "unapplied": 0})
    );
    assert_eq!(checks["startup"], json!({"status": "ok"}));
}

async fn database_health_describes_the_database(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let answer = service.http.get("/health/db/").await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(keys(&body), ["database", "status"]);
    assert_eq!(body["status"], "ok");
    let described = &body["database"];
    assert_eq!(
        keys(described),
        ["connection", "latency_ms", "pool", "vendor", "version"]
    );
    assert_eq!(described["connection"], "ok");
    milliseconds(&described["latency_ms"]);
    let (vendor, version) = match database {
        Database::Sqlite => ("sqlite", "SELECT sqlite_version() AS line"),
        Database::Postgres => (
            "postgresql",
            "SELECT current_setting('server_version') AS line",
        ),
    };
    assert_eq!(described["vendor"], vendor);
    // `15.14 (Debian 15.14-0+deb12u1)`: the number alone.
    let version = home.sql().lines(version).await[0].clone();
    let number = version.split_whitespace().next();
    assert_eq!(described["version"].as_str(), number);
    let pool = &described["pool"];
    assert_eq!(keys(pool), ["active", "idle", "max"]);
    assert_eq!(pool["max"], 20);
    assert!(pool["active"].is_u64() && pool["idle"].is_u64(), "{pool}");
}

async fn head_and_the_path_without_a_slash_answer_alike(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let check = |answer: &Answer, path: &str| {
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    };
    for path in PATHS {
        let bare = path.trim_end_matches('/');
        for path in [path, bare] {
            let got = service.http.get(path).await;
            check(&got, path);
            assert!(!got.body.is_empty(), "{path}");
            let head = service.http.send(Method::HEAD, path).await;
            check(&head, path);
            assert!(head.body.is_empty(), "{path}");
            let length: usize = head.header("content-length").parse().unwrap();
            // Timestamps are of one length; a latency may differ by a few digits.
            assert!(length.abs_diff(got.body.len()) < 10, "{path}: {length}");
        }
    }
}

async fn other_methods_are_refused_with_allow(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    for path in PATHS
        .iter()
        .flat_map(|path| [path, path.trim_end_matches('/')])
    {
        for method in [
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            let answer = service.http.send(method.clone(), path).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut allowed: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
            allowed.sort_unstable();
            assert_eq!(allowed, ["GET", "HEAD"], "{method} {path}");
            assert_eq!(
                answer.header("cache-control"),
                "no-store",
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_stranger_with_a_broken_cookie_is_answered_too() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let stranger = service
        .http
        .with("cookie", "session=rubbish; x")
        .with("authorization", "Bearer no");
    for path in PATHS {
        assert_eq!(stranger.get(path).await.status, 200, "{path}");
    }
}
