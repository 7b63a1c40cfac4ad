//! Which line goes into which of the four files.

use serde_json::Value;

use crate::support::logs::FILES;
use crate::support::{Database, Home};

on_both_databases![
    slow_queries_are_in_the_database_log,
    a_failed_query_is_in_the_database_log_and_in_the_error_log,
];

#[tokio::test]
async fn all_four_files_exist_from_the_start() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[]).await;
    for file in FILES {
        // Reads it, and checks that all of it is JSON lines.
        service.logs.lines(file);
    }
    assert_eq!(service.logs.text("access.log"), "");
}

#[tokio::test]
async fn access_lines_stand_in_the_application_log_too() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    service
        .http
        .with("x-request-id", "twice")
        .get("/nowhere/")
        .await;
    let access = service.logs.access("twice").await;
    let app = service
        .logs
        .line("app.log", |line| line["request_id"] == "twice")
        .await;
    assert_eq!(access, app);
    let lines = service.logs.lines("access.log");
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["request_id"] == "twice")
            .count(),
        1
    );
}

#[tokio::test]
async fn probes_are_in_the_access_log_at_debug_only() {
    let home = Home::new(Database::Sqlite).await;
    let quiet = home.serve().await;
    quiet
        .http
        .with("x-request-id", "probe")
        .get("/health/")
        .await;
    quiet
        .http
        .with("x-request-id", "after")
        .get("/nowhere/")
        .await;
    quiet.logs.access("after").await;
    for file in ["access.log", "app.log"] {
        assert!(!quiet.logs.text(file).contains("/health/"), "{file}");
    }
    quiet.stop().await;

    let verbose = home
        .serve_with(&[("LOG_LEVEL", "debug"), ("LOG_DIR", "verbose")])
        .await;
    for (id, path) in [
        ("live", "/health/"),
        ("ready", "/health/ready"),
        ("db", "/health/db/"),
    ] {
        verbose.http.with("x-request-id", id).get(path).await;
        let line = verbose.logs.access(id).await;
        assert_eq!(line["level"], "DEBUG");
        assert_eq!(line["path"], path);
    }
}

#[tokio::test]
async fn the_level_is_for_the_application_log() {
    let home = Home::new(Database::Sqlite).await;
    let service = home
        .serve_with(&[("LOG_LEVEL", "error"), ("SLOW_QUERY_MS", "0")])
        .await;
    service.until_ready().await;
    service
        .http
        .with("x-request-id", "seen")
        .get("/nowhere/")
        .await;
    // Access and slow queries are what their files are for.
    service.logs.access("seen").await;
    service
        .logs
        .line("db.log", |line| line["name"] == "users.exist")
        .await;
    assert_eq!(service.logs.text("app.log"), "");
}

async fn slow_queries_are_in_the_database_log(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve_with(&[("SLOW_QUERY_MS", "0")]).await;
    service.until_ready().await;
    service
        .http
        .with("x-request-id", "asks")
        .sign_in("nobody", "N0-such-password")
        .await;
    let line = service
        .logs
        .line("db.log", |line| {
            line["request_id"] == "asks" && line["name"] == "users.find"
        })
        .await;
    assert!(line["duration_ms"].is_number(), "{line}");
    let query = line["query"].as_str().unwrap();
    assert!(
        query.contains("SELECT") && query.contains("users"),
        "{query}"
    );
    let placeholder = match database {
        Database::Sqlite => "?",
        Database::Postgres => "$1",
    };
    assert!(query.contains(placeholder), "{query}");
    assert!(!line.to_string().contains("nobody"), "a value: {line}");
    assert!(
        line["logger"].is_string() && line["message"].is_string(),
        "{line}"
    );
}

async fn a_failed_query_is_in_the_database_log_and_in_the_error_log(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.sql().execute("DROP TABLE agent_cards").await;
    let answer = session
        .with("x-request-id", "fails")
        .get("/api/ops/status/")
        .await;
    assert_eq!(answer.status, 200);
    let is_it = |line: &Value| line["request_id"] == "fails" && line["name"] == "statistics.count";
    for file in ["db.log", "error.log", "app.log"] {
        let line = service.logs.line(file, is_it).await;
        assert!(
            matches!(line["level"].as_str(), Some("WARNING" | "ERROR")),
            "{file}: {line}"
        );
        let chain = line["error"]
            .as_array()
            .unwrap_or_else(|| panic!("{file}: {line}"));
        assert!(
            chain.len() > 1 && chain.iter().all(Value::is_string),
            "{file}: {line}"
        );
        assert!(
            line["query"].as_str().unwrap().contains("agent_cards"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn the_error_log_takes_warnings_and_nothing_below() {
    let home = Home::new(Database::Sqlite).await;
    // A database that can never be opened.
    std::fs::create_dir_all(home.path("data/agent-source-db.sqlite3")).unwrap();
    let service = home.serve_with(&[]).await;
    service
        .http
        .with("x-request-id", "seen")
        .get("/nowhere/")
        .await;
    service.logs.access("seen").await;
    service
        .logs
        .line("error.log", |line| line["level"] == "WARNING")
        .await;
    for line in service.logs.lines("error.log") {
        assert!(
            matches!(line["level"].as_str(), Some("WARNING" | "ERROR")),
            "{line}"
        );
    }
    let in_app = service.logs.lines("app.log");
    let infos = in_app.iter().filter(|line| line["level"] == "INFO");
    assert!(infos.count() > 0);
}

#[tokio::test]
async fn files_are_continued_by_the_next_process() {
    let home = Home::new(Database::Sqlite).await;
    let first = home.serve().await;
    first
        .http
        .with("x-request-id", "first")
        .get("/nowhere/")
        .await;
    first.logs.access("first").await;
    first.kill().await;
    let second = home.serve().await;
    second
        .http
        .with("x-request-id", "second")
        .get("/nowhere/")
        .await;
    second.logs.access("second").await;
    second.logs.access("first").await;
}
