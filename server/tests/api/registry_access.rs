//! Who may write, what bodies are taken, and how the API refuses: the same for all resources.

use reqwest::Method;
use serde_json::json;

use crate::support::registry::{add_card, add_namespace, card, in_namespace, problem};
use crate::support::{Database, Home, Http};

on_both_databases![
    reading_is_public_and_writing_is_not,
    cards_of_an_inactive_namespace_are_for_those_who_may_write,
];

const WRITES: [(Method, &str); 12] = [
    (Method::POST, "/api/namespaces/"),
    (Method::PUT, "/api/namespaces/a/"),
    (Method::PATCH, "/api/namespaces/a/"),
    (Method::DELETE, "/api/namespaces/a/"),
    (Method::POST, "/api/schemas/"),
    (Method::PUT, "/api/schemas/1/"),
    (Method::PATCH, "/api/schemas/1/"),
    (Method::DELETE, "/api/schemas/1/"),
    (Method::POST, "/api/agentcards/"),
    (Method::PUT, "/api/agentcards/1/"),
    (Method::PATCH, "/api/agentcards/1/"),
    (Method::DELETE, "/api/agentcards/1/"),
];

async fn reading_is_public_and_writing_is_not(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    add_namespace(&session.same_origin(), "a").await;
    add_card(&session.same_origin(), "a", card("A", "1")).await;
    let strangers = [
        service.http.clone(),
        service.http.same_origin(),
        service.http.with("authorization", "Bearer asd_nosuchtoken"),
        service.http.with("authorization", "Basic YTpi"),
        service.http.with("cookie", "session=v1.x.y").same_origin(),
    ];
    for (method, path) in &WRITES {
        for stranger in &strangers {
            let answer = stranger.send_json(method.clone(), path, &json!({})).await;
            problem(&answer, 401);
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer",
                "{method} {path}"
            );
        }
        // A session alone could be another site's doing.
        for foreign in [
            session.clone(),
            session.with("origin", "https://evil.example"),
            session.with("sec-fetch-site", "cross-site"),
            session.with("origin", "null"),
        ] {
            problem(
                &foreign.send_json(method.clone(), path, &json!({})).await,
                403,
            );
        }
    }
    home.sql()
        .execute("UPDATE users SET is_staff = FALSE")
        .await;
    let answer = session
        .same_origin()
        .send_json(Method::POST, "/api/namespaces/", &json!({}))
        .await;
    problem(&answer, 403);
    for path in [
        "/api/namespaces/",
        "/api/namespaces/a/",
        "/api/schemas/",
        "/api/schemas/catalog/",
        "/api/agentcards/",
        "/api/agentcards/1/",
        "/api/agentcards/by-namespace/a/",
        "/api/agentcards/1/standard-json/",
    ] {
        assert_eq!(service.http.get(path).await.status, 200, "{path}");
        assert_eq!(
            service.http.send(Method::HEAD, path).await.status,
            200,
            "{path}"
        );
    }
    assert_eq!(home.sql().count("namespaces").await, 1);
    assert_eq!(home.sql().count("agent_cards").await, 1);
}

async fn cards_of_an_inactive_namespace_are_for_those_who_may_write(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    for id in ["on", "off"] {
        add_namespace(&writer, id).await;
        let mut body = in_namespace(id, card("A", "1"));
        body["is_default_version"] = json!(true);
        let added = writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await;
        assert_eq!(added.status, 201);
    }
    let off = json!({"is_active": false});
    writer
        .send_json(Method::PATCH, "/api/namespaces/off/", &off)
        .await;
    let count = async |http: &Http, query: &str| {
        http.get(&format!("/api/agentcards/{query}")).await.json()["count"].clone()
    };
    let paths = ["2/", "2/standard-json/", "by-namespace/off/"];
    for (http, visible) in [(&service.http, 0), (&writer, 1)] {
        assert_eq!(count(http, "").await, 1 + visible);
        assert_eq!(count(http, "?namespace=off").await, visible);
        for path in paths {
            let answer = http.get(&format!("/api/agentcards/{path}")).await;
            assert_eq!(
                answer.status,
                if visible == 1 { 200 } else { 404 },
                "{path}"
            );
        }
    }
    // An A2A client is served what is on, whoever it is.
    assert_eq!(
        writer.get("/on/A/.well-known/agent-card.json").await.status,
        200
    );
    assert_eq!(
        writer
            .get("/off/A/.well-known/agent-card.json")
            .await
            .status,
        404
    );
    // The namespace itself says of itself that it is off.
    assert_eq!(
        service.http.get("/api/namespaces/off/").await.json()["is_active"],
        false
    );
}

#[tokio::test]
async fn bodies_of_another_kind_or_too_large_are_refused() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    for (method, path) in WRITES
        .iter()
        .filter(|(method, _)| *method != Method::DELETE)
    {
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "json",
            "",
        ] {
            let answer = writer.send_as(method.clone(), path, kind, "{}").await;
            problem(&answer, 415);
        }
        let zipped = writer.with("content-encoding", "gzip");
        problem(
            &zipped.send_json(method.clone(), path, &json!({})).await,
            415,
        );
        let large = format!("{{\"x\": \"{}\"}}", "x".repeat(1024 * 1024));
        let answer = writer
            .send_as(method.clone(), path, "application/json", large)
            .await;
        problem(&answer, 413);
        for broken in ["", "{", "{\"a\":}", "nul", "\u{feff}{"] {
            let answer = writer
                .send_as(method.clone(), path, "application/json", broken)
                .await;
            // What is not there can't be changed, whatever is sent.
            if answer.status != 404 {
                assert_eq!(
                    problem(&answer, 400),
                    ["body"],
                    "{method} {path} {broken:?}"
                );
            }
        }
        let bytes = vec![b'"', 0xff, b'"'];
        let answer = writer
            .send_as(method.clone(), path, "application/json", bytes)
            .await;
        assert_eq!(problem(&answer, 400), ["body"]);
    }
    // A merge patch is for PATCH.
    let kind = "application/merge-patch+json";
    problem(
        &writer
            .send_as(Method::PUT, "/api/namespaces/a/", kind, "{}")
            .await,
        415,
    );
    // Deep enough to overflow a stack that trusts its input.
    for deep in ["[", "{\"a\":"] {
        let body = deep.repeat(300_000 / deep.len());
        let answer = writer
            .send_as(Method::POST, "/api/agentcards/", "application/json", body)
            .await;
        assert_eq!(problem(&answer, 400), ["body"]);
    }
    // Just below the limit is fine.
    let mut big = card("Big", "1");
    big["x"] = json!("x".repeat(1024 * 1024 - 1000));
    add_card(&writer, "a", big).await;
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_done_405() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for path in [
        "/api/",
        "/api/nothing/",
        "/api/agentcards/1/x/",
        "/api/agentcards/0/",
        "/api/agentcards/-1/",
        "/api/agentcards/x/",
        "/api/agentcards/1.5/",
        "/api/agentcards/99999999999999999999/",
        "/api/agentcards/1/standard-json/",
        "/api/agentcards/by-namespace/nothing/",
        "/api/agentcards/by-namespace/a%00b/",
        "/api/schemas/x/",
        "/api/schemas/7/",
        "/api/namespaces/nothing/",
        "/api/namespaces/a%2Fb/",
        "/api/namespaces/%00/",
        "/api/namespaces/%ff/",
        "/api/x/.well-known/agent-card.json",
    ] {
        problem(&service.http.get(path).await, 404);
    }
    for path in [
        "/nothing/A/.well-known/agent-card.json",
        "/a/%00/.well-known/agent-card.json",
        "/admin/x/.well-known/agent-card.json",
        "/static/x/.well-known/agent-card.json",
        "/health/x/.well-known/agent-card.json",
    ] {
        assert_eq!(service.http.get(path).await.status, 404, "{path}");
    }
    let writer = service.writer().await;
    for (method, path, allow) in [
        (Method::PUT, "/api/namespaces/", "GET, HEAD, POST"),
        (Method::DELETE, "/api/schemas/", "GET, HEAD, POST"),
        (Method::PATCH, "/api/agentcards/", "GET, HEAD, POST"),
        (
            Method::POST,
            "/api/namespaces/a/",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        (
            Method::POST,
            "/api/schemas/1/",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        (
            Method::POST,
            "/api/agentcards/1/",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        (
            Method::OPTIONS,
            "/api/agentcards/1/",
            "GET, HEAD, PUT, PATCH, DELETE",
        ),
        (Method::POST, "/api/schemas/catalog/", "GET, HEAD"),
        (Method::POST, "/api/agentcards/by-namespace/a/", "GET, HEAD"),
        (
            Method::POST,
            "/api/agentcards/1/standard-json/",
            "GET, HEAD",
        ),
        (Method::POST, "/api/ops/status/", "GET, HEAD"),
    ] {
        let answer = writer.send_json(method.clone(), path, &json!({})).await;
        problem(&answer, 405);
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn with_its_database_down_the_api_says_so() {
    let mut home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    home.postgres().stop().await;
    for path in [
        "/api/namespaces/",
        "/api/schemas/catalog/",
        "/api/agentcards/1/",
    ] {
        let answer = service.http.get(path).await;
        problem(&answer, 503);
        assert!(!answer.header("retry-after").is_empty());
        assert!(answer.json()["error_id"].is_null());
    }
}
