//! Addresses: what any origin may read, where older clients look, and paths without their slash.

use reqwest::Method;
use serde_json::json;

use crate::support::registry::{add_card, add_namespace, card};
use crate::support::{Database, Home};

on_both_databases![
    any_origin_reads_what_is_public_and_nothing_else,
    a_path_without_its_slash_leads_there,
];

async fn any_origin_reads_what_is_public_and_nothing_else(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let made = add_card(&writer, "a", card("A", "1")).await;
    let default = json!({"is_default_version": true});
    let path = format!("/api/agentcards/{}/", made["id"]);
    assert_eq!(
        writer
            .send_json(Method::PATCH, &path, &default)
            .await
            .status,
        200
    );

    let elsewhere = service.http.with("origin", "https://elsewhere.example");
    let card_paths = [
        "/a/A/.well-known/agent-card.json",
        "/a/A/.well-known/agent.json",
    ];
    let public = [
        "/api/agentcards/",
        &path,
        "/api/namespaces/",
        "/api/openapi.json",
        "/api/nowhere/",
        "/a/B/.well-known/agent-card.json",
    ];
    for path in card_paths.into_iter().chain(public) {
        for method in [Method::GET, Method::HEAD] {
            let answer = elsewhere.send(method, path).await;
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                "",
                "{path}"
            );
        }
        let preflight = elsewhere
            .with("access-control-request-method", "GET")
            .with("access-control-request-headers", "a2a-version")
            .send(Method::OPTIONS, path)
            .await;
        assert_eq!(preflight.status, 204, "{path}");
        assert_eq!(preflight.header("access-control-allow-origin"), "*");
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
        let methods = preflight.header("access-control-allow-methods");
        assert!(
            methods.contains("GET") && !methods.contains("POST"),
            "{methods}"
        );
        assert_ne!(preflight.header("access-control-allow-headers"), "");
    }
    let cards = [
        elsewhere.get(card_paths[0]).await,
        elsewhere.get(card_paths[1]).await,
    ];
    assert_eq!((cards[0].status, cards[1].status), (200, 200));
    assert_eq!(cards[0].body, cards[1].body);
    assert_eq!(cards[0].json(), card("A", "1"));

    for path in [
        "/api/ops/status/",
        "/admin/login/",
        "/admin/system-status/",
        "/health/",
    ] {
        let answer = elsewhere.get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        let preflight = elsewhere
            .with("access-control-request-method", "GET")
            .send(Method::OPTIONS, path)
            .await;
        assert_eq!(
            preflight.header("access-control-allow-origin"),
            "",
            "{path}"
        );
    }
    let written = elsewhere
        .send_json(
            Method::POST,
            "/api/namespaces/",
            &json!({"id": "b", "name": "B"}),
        )
        .await;
    assert_eq!(written.header("access-control-allow-origin"), "");
}

async fn a_path_without_its_slash_leads_there(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    for (path, there) in [
        ("/api/agentcards", "/api/agentcards/"),
        (
            "/api/agentcards?page=1&name=a%20b",
            "/api/agentcards/?page=1&name=a%20b",
        ),
        ("/api/agentcards/1", "/api/agentcards/1/"),
        (
            "/api/agentcards/by-namespace/a",
            "/api/agentcards/by-namespace/a/",
        ),
        ("/api/namespaces/a%2Db", "/api/namespaces/a%2Db/"),
        ("/api/schemas/catalog", "/api/schemas/catalog/"),
        ("/api/ops/status", "/api/ops/status/"),
        ("/api/docs", "/api/docs/"),
        ("/admin", "/admin/"),
        ("/admin/logs?text=x", "/admin/logs/?text=x"),
        (
            "/admin/login?next=/admin/logs/",
            "/admin/login/?next=/admin/logs/",
        ),
        ("/admin/system-status", "/admin/system-status/"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = service.http.send(method, path).await;
            assert_eq!((answer.status, answer.location()), (308, there), "{path}");
        }
    }
    for path in [
        "/api/nowhere",
        "/admin/nowhere",
        "/nowhere",
        "//example.com/admin/logs",
        "/a/A/.well-known/agent-card.json/",
    ] {
        assert_eq!(service.http.get(path).await.status, 404, "{path}");
    }
    let posted = service
        .http
        .send_json(Method::POST, "/api/agentcards", &json!({}))
        .await;
    assert_eq!(posted.status, 404);
    assert_eq!(service.http.get("/health").await.status, 200);
}
