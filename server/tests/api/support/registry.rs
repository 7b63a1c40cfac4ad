//! Things to put into the registry, and looking at its refusals.

use reqwest::Method;
use serde_json::{Value, json};

use super::http::{Answer, Http};

/// A card that is valid by A2A 0.3.0.
pub fn card(name: &str, version: &str) -> Value {
    json!({
        "name": name, "version": version, "protocolVersion": "0.3.0", "description": "",
        "url": "https://agent.example/", "capabilities": {}, "skills": [],
        "defaultInputModes": ["text/plain"], "defaultOutputModes": ["text/plain"],
    })
}

/// The body that puts a card into a namespace.
pub fn in_namespace(namespace: &str, card: Value) -> Value {
    json!({"namespace": namespace, "card": card})
}

pub async fn add_namespace(writer: &Http, id: &str) {
    let body = json!({"id": id, "name": id});
    let answer = writer
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// The new card as it is read.
pub async fn add_card(writer: &Http, namespace: &str, card: Value) -> Value {
    let body = in_namespace(namespace, card);
    let answer = writer
        .send_json(Method::POST, "/api/agentcards/", &body)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

/// An error as every error under `/api/` is; gives what it complains of.
pub fn problem(answer: &Answer, status: u16) -> Vec<String> {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], status);
    assert!(
        body["title"].is_string() && body["detail"].is_string(),
        "{body}"
    );
    assert!(body["request_id"].is_string(), "{body}");
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            assert!(!error["message"].as_str().unwrap().is_empty(), "{body}");
            error["field"].as_str().unwrap().to_owned()
        })
        .collect()
}
