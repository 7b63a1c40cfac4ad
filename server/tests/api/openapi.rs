//! The API's description of itself, and the page to read it.

use serde_json::Value;

use crate::support::{Database, Home};

#[tokio::test]
async fn the_document_is_the_same_from_the_service_and_the_command() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let served = service.http.get("/api/openapi.json").await;
    assert_eq!(served.status, 200);
    assert_eq!(served.header("content-type"), "application/json");
    let document = served.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let printed = home.run(&["openapi"], &[]).await;
    assert_eq!(printed.code(), 0);
    let printed: Value = serde_json::from_str(&printed.stdout.join("\n")).unwrap();
    assert_eq!(printed, document);
    for path in [
        "/api/namespaces/",
        "/api/namespaces/{id}/",
        "/api/schemas/",
        "/api/schemas/catalog/",
        "/api/schemas/{id}/",
        "/api/agentcards/",
        "/api/agentcards/by-namespace/{id}/",
        "/api/agentcards/{id}/",
        "/api/agentcards/{id}/standard-json/",
        "/{namespace}/{name}/.well-known/agent-card.json",
        "/api/ops/status/",
        "/api/ops/traffic/",
        "/api/ops/errors/",
        "/api/ops/instances/",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
}

#[tokio::test]
async fn the_page_is_made_here_and_needs_no_script() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let page = service.http.get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    for absent in ["<script", "style=\"", "http://", "https://"] {
        assert!(!page.body.contains(absent), "{absent}");
    }
    for shown in [
        "/api/agentcards/{id}/standard-json/",
        "is_default_version",
        "If-Match",
        "412",
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
    let chinese = service
        .http
        .with("accept-language", "zh")
        .get("/api/docs/")
        .await;
    assert!(chinese.body.contains("接口文档"));
}
