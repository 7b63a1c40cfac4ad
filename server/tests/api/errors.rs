//! What a client sees of what goes wrong.

use reqwest::Method;

use crate::support::json::keys;
use crate::support::{Database, Home, PASSWORD, USERNAME};

on_both_databases![an_error_that_nobody_expected_has_an_id_that_leads_to_its_line];

#[tokio::test]
async fn nothing_there_is_a_problem_under_api_and_a_page_elsewhere() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for path in ["/api/nowhere/", "/api/", "/api/ops/nowhere/"] {
        let answer = service.http.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        let body = answer.json();
        assert_eq!(
            keys(&body),
            ["detail", "request_id", "status", "title", "type"],
            "{path}"
        );
        assert_eq!(body["status"], 404);
        assert_eq!(body["title"], "Not Found");
        assert_eq!(body["request_id"], answer.header("x-request-id"));
    }
    for path in [
        "/nowhere/",
        "/admin/nowhere/",
        "/apis/",
        "/%ff",
        "/..%2f..%2fetc/passwd",
    ] {
        let answer = service.http.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{path}"
        );
        assert!(answer.body.contains("404"), "{path}: {}", answer.body);
        assert_eq!(answer.header("x-error-id"), "", "{path}");
    }
}

#[tokio::test]
async fn methods_that_are_not_there_are_405() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for (method, path) in [
        (Method::DELETE, "/admin/login/"),
        (Method::PUT, "/api/ops/status/"),
        (Method::GET, "/admin/logout/"),
    ] {
        let answer = service.http.send(method.clone(), path).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_no_form_is_the_clients_mistake() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let http = service.http.with("content-type", "application/json");
    let answer = http.send(Method::POST, "/admin/login/").await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(answer.header("x-error-id"), "");
}

async fn an_error_that_nobody_expected_has_an_id_that_leads_to_its_line(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    home.sql()
        .execute("ALTER TABLE users RENAME COLUMN password_hash TO something_else")
        .await;
    let http = service.http.with("x-request-id", "broken");
    let answer = http.sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 500);
    let id = answer.header("x-error-id");
    assert!(
        id.len() == 8 && id.chars().all(|c| matches!(c, '0'..='9' | 'A'..='F')),
        "{id}"
    );
    assert!(answer.body.contains(id), "{}", answer.body);
    assert!(
        !answer.body.contains("password_hash"),
        "the error's own text: {}",
        answer.body
    );
    let line = service
        .logs
        .line("error.log", |line| line["error_id"] == id)
        .await;
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["request_id"], "broken");
    let chain = line["error"].as_array().unwrap();
    assert!(
        chain
            .iter()
            .any(|cause| cause.to_string().contains("password_hash")),
        "{line}"
    );
    // What failed, not that something did; and to whom, where.
    assert_eq!(line["message"], *chain.last().unwrap());
    assert_eq!(line["method"], "POST");
    assert_eq!(line["path"], "/admin/login/");
    assert_eq!(line["route"], "/admin/login/");
    assert_eq!(line["status"], 500);
    assert!(line.as_object().unwrap().contains_key("user"), "{line}");
    let failed_query =
        |line: &serde_json::Value| line["request_id"] == "broken" && line["name"] == "users.find";
    let query = service.logs.line("error.log", failed_query).await;
    assert_eq!(query["path"], "/admin/login/");
    let message = query["message"].as_str().unwrap();
    assert!(message.contains("password_hash"), "{query}");
    let lines = service.logs.lines("error.log");
    assert_eq!(
        lines.iter().filter(|line| line["error_id"] == id).count(),
        1
    );
    assert_eq!(service.logs.access("broken").await["status"], 500);
}
