//! `/api/namespaces/`

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::json::{keys, utc};
use crate::support::registry::{add_card, add_namespace, card, problem};
use crate::support::{Database, Home};

on_both_databases![
    a_namespace_lives_from_its_creation_to_its_end,
    what_is_wrong_with_a_namespace_is_named,
    a_namespace_with_cards_stays,
];

async fn a_namespace_lives_from_its_creation_to_its_end(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let (writer, anybody) = (service.writer().await, &service.http);
    let empty = anybody.get("/api/namespaces/").await;
    assert_eq!(empty.status, 200);
    assert_eq!(
        empty.json(),
        json!({"count": 0, "next": null, "previous": null, "results": []})
    );

    let body = json!({"id": "Team_1-a", "name": "Ünï 团队", "description": "one\ntwo"});
    let created = writer
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.location(), "/api/namespaces/Team_1-a/");
    let namespace = created.json();
    assert_eq!(
        keys(&namespace),
        [
            "created_at",
            "description",
            "id",
            "is_active",
            "name",
            "updated_at"
        ]
    );
    assert_eq!(namespace["name"], "Ünï 团队");
    assert_eq!(namespace["is_active"], true);
    utc(&namespace["created_at"]);
    let path = created.location().to_owned();
    let read = anybody.get(&path).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.json(), namespace);
    assert_eq!(read.header("etag"), created.header("etag"));
    assert_eq!(anybody.send(Method::HEAD, &path).await.status, 200);
    let again = writer
        .send_json(Method::POST, "/api/namespaces/", &body)
        .await;
    problem(&again, 409);

    // A reader may send back what it was given.
    let mut replacement = namespace.clone();
    replacement["name"] = json!("B");
    replacement["is_active"] = json!(false);
    let replaced = writer.send_json(Method::PUT, &path, &replacement).await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    assert_eq!(replaced.json()["name"], "B");
    assert_eq!(replaced.json()["created_at"], namespace["created_at"]);
    assert_ne!(replaced.header("etag"), read.header("etag"));
    // What is left out takes its default.
    let replaced = writer
        .send_json(Method::PUT, &path, &json!({"name": "C"}))
        .await;
    assert_eq!(replaced.json()["description"], "");
    assert_eq!(replaced.json()["is_active"], true);
    for kind in [
        "application/merge-patch+json",
        "application/json; charset=utf-8",
    ] {
        let patch = r#"{"is_active": false, "description": null}"#;
        let patched = writer.send_as(Method::PATCH, &path, kind, patch).await;
        assert_eq!(patched.status, 200, "{}", patched.body);
        assert_eq!(patched.json()["name"], "C");
        assert_eq!(patched.json()["is_active"], false);
    }

    let listed = |query: &'static str| async move {
        let list = anybody
            .get(&format!("/api/namespaces/{query}"))
            .await
            .json();
        list["count"].as_i64().unwrap()
    };
    assert_eq!(listed("").await, 1);
    assert_eq!(listed("?is_active=true").await, 0);
    assert_eq!(listed("?is_active=false").await, 1);
    let deleted = writer.send(Method::DELETE, &path).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    problem(&anybody.get(&path).await, 404);
    problem(&writer.send(Method::DELETE, &path).await, 404);
    problem(
        &writer
            .send_json(Method::PUT, &path, &json!({"name": "C"}))
            .await,
        404,
    );
    problem(
        &writer.send_json(Method::PATCH, &path, &json!({})).await,
        404,
    );
    let actions = home
        .sql()
        .lines("SELECT action AS line FROM audit_log WHERE object = 'namespace' ORDER BY id")
        .await;
    assert_eq!(
        actions,
        ["create", "update", "update", "update", "update", "delete"]
    );
    let by = "SELECT DISTINCT actor || ' ' || ip || ' ' || object || ' ' || object_id AS line FROM audit_log WHERE object = 'namespace'";
    assert_eq!(
        home.sql().lines(by).await,
        ["admin 127.0.0.1 namespace Team_1-a"]
    );
}

async fn what_is_wrong_with_a_namespace_is_named(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "there").await;
    let long = "x".repeat(129);
    for (body, fields) in [
        (json!({}), vec!["id", "name"]),
        (json!({"id": "x"}), vec!["name"]),
        (json!({"id": "", "name": ""}), vec!["id", "name"]),
        (json!({"id": "a b", "name": "x"}), vec!["id"]),
        (json!({"id": "a/b", "name": "x"}), vec!["id"]),
        (json!({"id": "é", "name": "x"}), vec!["id"]),
        (json!({"id": long, "name": "x"}), vec!["id"]),
        (json!({"id": "api", "name": "x"}), vec!["id"]),
        (json!({"id": 7, "name": "x"}), vec!["id"]),
        (json!({"id": "x", "name": "a\u{0}b"}), vec!["name"]),
        (json!({"id": "x", "name": "x".repeat(256)}), vec!["name"]),
        (
            json!({"id": "x", "name": "x", "description": null}),
            vec!["description"],
        ),
        (
            json!({"id": "x", "name": "x", "description": "\u{0}"}),
            vec!["description"],
        ),
        (
            json!({"id": "x", "name": "x", "is_active": "yes"}),
            vec!["is_active"],
        ),
        (
            json!({"id": "x", "name": "x", "is_actve": true}),
            vec!["is_actve"],
        ),
        (json!([]), vec!["body"]),
        (json!("x"), vec!["body"]),
    ] {
        let answer = writer
            .send_json(Method::POST, "/api/namespaces/", &body)
            .await;
        assert_eq!(problem(&answer, 400), fields, "{body}");
    }
    for (body, fields) in [
        (json!({"id": "other", "name": "x"}), vec!["id"]),
        (json!({"description": "x"}), vec!["name"]),
    ] {
        let answer = writer
            .send_json(Method::PUT, "/api/namespaces/there/", &body)
            .await;
        assert_eq!(problem(&answer, 400), fields, "{body}");
    }
    for (patch, fields) in [
        (r#"{"name": null}"#, vec!["name"]),
        (r#"{"nam": "x"}"#, vec!["nam"]),
        (r#"{"nam": null}"#, vec!["nam"]),
        (r#"{"id": null}"#, vec!["id"]),
        (r#"{"id": "other"}"#, vec!["id"]),
        ("[]", vec!["body"]),
        ("{", vec!["body"]),
        ("", vec!["body"]),
    ] {
        let kind = "application/merge-patch+json";
        let answer = writer
            .send_as(Method::PATCH, "/api/namespaces/there/", kind, patch)
            .await;
        assert_eq!(problem(&answer, 400), fields, "{patch}");
    }
    let stored: Value = service.http.get("/api/namespaces/there/").await.json();
    assert_eq!(stored["name"], "there");
    // Characters count, not bytes.
    let longest = json!({"id": "x".repeat(128), "name": "团".repeat(255), "description": "队".repeat(10_000)});
    let created = writer
        .send_json(Method::POST, "/api/namespaces/", &longest)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
}

async fn a_namespace_with_cards_stays(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let added = add_card(&writer, "a", card("A", "1")).await;
    problem(
        &writer.send(Method::DELETE, "/api/namespaces/a/").await,
        409,
    );
    let path = format!("/api/agentcards/{}/", added["id"]);
    assert_eq!(writer.send(Method::DELETE, &path).await.status, 204);
    assert_eq!(
        writer
            .send(Method::DELETE, "/api/namespaces/a/")
            .await
            .status,
        204
    );
}
