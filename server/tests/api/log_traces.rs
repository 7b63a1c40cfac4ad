//! What ties the lines of a request together beyond its id: the caller's trace, wherever they are
//! written from; and which queries are worth a line.

use serde_json::Value;

use crate::support::registry::add_namespace;
use crate::support::{Database, Home, PASSWORD, USERNAME};

on_both_databases![a_slow_query_says_how_many_rows_it_returned_or_changed];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

#[tokio::test]
async fn every_line_of_a_request_names_the_callers_trace() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("SLOW_QUERY_MS", "0")]).await;
    service.until_ready().await;
    let http = service
        .http
        .with("x-request-id", "traced")
        .with("traceparent", &format!("00-{TRACE}-{SPAN}-01"));
    assert_eq!(http.sign_in(USERNAME, PASSWORD).await.status, 303);
    service.logs.access("traced").await;
    // Written by a task on another runtime.
    let is_query = |line: &Value| line["request_id"] == "traced" && line["name"] == "users.find";
    service.logs.line("db.log", is_query).await;
    let lines =
        ["app.log", "access.log", "error.log", "db.log"].map(|file| service.logs.lines(file));
    let lines = lines.concat();
    let traced: Vec<&Value> = lines
        .iter()
        .filter(|l| l["request_id"] == "traced")
        .collect();
    assert!(traced.len() > 3);
    for line in traced {
        assert_eq!(
            (&line["trace_id"], &line["span_id"]),
            (&TRACE.into(), &SPAN.into()),
            "{line}"
        );
        assert_eq!(line["route"], "/admin/login/", "{line}");
    }
}

#[tokio::test]
async fn a_traceparent_that_breaks_the_rules_leaves_no_trace() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let http = service.http.with("x-request-id", "untraced");
    http.with("traceparent", &format!("00-{TRACE}\"-{SPAN}-01"))
        .get("/nowhere/")
        .await;
    let line = service.logs.access("untraced").await;
    assert!(
        line.get("trace_id").is_none() && line.get("span_id").is_none(),
        "{line}"
    );
}

#[tokio::test]
async fn a_query_may_have_a_threshold_of_its_own() {
    let home = Home::new(Database::Sqlite).await;
    let service = home
        .serve_with(&[("SLOW_QUERY_MS", "3600000,users.find=0")])
        .await;
    service.until_ready().await;
    service.signed_in().await;
    let line = service
        .logs
        .line("db.log", |line| line["name"] == "users.find")
        .await;
    assert_eq!(line["message"], "slow query users.find");
    let lines = service.logs.lines("db.log");
    assert!(
        lines.iter().all(|line| line["name"] == "users.find"),
        "{lines:?}"
    );
}

async fn a_slow_query_says_how_many_rows_it_returned_or_changed(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve_with(&[("SLOW_QUERY_MS", "0")]).await;
    service.until_ready().await;
    let writer = service.writer().await.with("x-request-id", "creating");
    for id in ["a", "b", "c"] {
        add_namespace(&writer, id).await;
    }
    let reader = service.http.with("x-request-id", "listing");
    reader.get("/api/namespaces/").await;
    reader.get("/api/namespaces/nobody/").await;
    for (request_id, name, rows) in [
        // The namespace, and its line in the audit.
        ("creating", "namespaces.create", 2),
        ("listing", "namespaces.list", 3),
        ("listing", "namespaces.find", 0),
    ] {
        let is_it = |line: &Value| line["request_id"] == request_id && line["name"] == name;
        let line = service.logs.line("db.log", is_it).await;
        assert_eq!(line["rows"], rows, "{line}");
    }
}
