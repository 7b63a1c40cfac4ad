//! `X-Request-ID`: on every response, and in every line that the request caused.

use reqwest::Method;

use crate::support::{Answer, Database, Home, PASSWORD, USERNAME};

/// One of each kind: a page, a redirect, health, what is not there, what is not allowed.
const REQUESTS: [(Method, &str, u16); 9] = [
    (Method::GET, "/admin/login/", 200),
    (Method::GET, "/admin/", 302),
    (Method::GET, "/health/", 200),
    (Method::GET, "/health/ready/", 200),
    (Method::POST, "/health/", 405),
    (Method::GET, "/nowhere/", 404),
    (Method::GET, "/api/nowhere/", 404),
    (Method::GET, "/static/nothing.js", 404),
    (Method::GET, "/api/ops/status/", 401),
];

#[tokio::test]
async fn a_valid_id_of_the_client_comes_back_on_every_kind_of_response() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let longest = "x".repeat(64);
    for id in ["a", "0", "Az09._-", "---", &longest] {
        let http = service.http.with("x-request-id", id);
        for (method, path, status) in REQUESTS {
            let answer = http.send(method.clone(), path).await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(answer.header("x-request-id"), id, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn any_other_id_is_replaced_by_a_new_one() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let too_long = "x".repeat(65);
    for id in ["", "a b", "a/b", "a\"b", "ä", "a,b", &too_long] {
        let http = service.http.with("x-request-id", id);
        for (method, path, status) in REQUESTS {
            let answer = http.send(method.clone(), path).await;
            assert_eq!(answer.status, status, "{method} {path}");
            assert_ne!(answer.header("x-request-id"), id);
            assert_is_uuid_v7(&answer);
        }
    }
    let first = service.http.get("/nowhere/").await;
    let second = service.http.get("/nowhere/").await;
    assert_is_uuid_v7(&first);
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn every_line_that_a_request_causes_has_its_id() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("SLOW_QUERY_MS", "0")]).await;
    service.until_ready().await;
    let http = service.http.with("x-request-id", "the-sign-in");
    assert_eq!(http.sign_in(USERNAME, PASSWORD).await.status, 303);
    let access = service.logs.access("the-sign-in").await;
    assert_eq!(access["path"], "/admin/login/");
    // The queries, though they ran elsewhere; and what the handler said.
    let query = |line: &serde_json::Value| {
        line["request_id"] == "the-sign-in" && line["name"] == "users.find"
    };
    service.logs.line("db.log", query).await;
    let said = |line: &serde_json::Value| {
        line["request_id"] == "the-sign-in" && line["message"] == "signed in"
    };
    service.logs.line("app.log", said).await;
}

fn assert_is_uuid_v7(answer: &Answer) {
    let id = answer.header("x-request-id");
    let parsed: uuid::Uuid = id.parse().unwrap_or_else(|_| panic!("{id} is no UUID"));
    assert_eq!(parsed.get_version_num(), 7, "{id}");
    assert_eq!(parsed.hyphenated().to_string(), id);
}
