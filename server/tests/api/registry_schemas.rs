//! `/api/schemas/`, and what schemas do to the cards that use them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::json::keys;
use crate::support::registry::{add_card, add_namespace, card, problem};
use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

on_both_databases![
    a_schema_lives_from_its_creation_to_its_end,
    what_is_wrong_with_a_schema_is_named,
    cards_are_checked_against_the_schemas_of_their_extensions,
];

fn pager() -> Value {
    json!({
        "schema_uri": "https://ext.example/pager", "schema_type": "pager", "version": "1",
        "schema": {"type": "object", "required": ["level"], "properties": {"level": {"type": "integer"}}},
        "example": {"level": 3},
    })
}

async fn a_schema_lives_from_its_creation_to_its_end(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let (writer, anybody) = (service.writer().await, &service.http);
    let created = writer
        .send_json(Method::POST, "/api/schemas/", &pager())
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let schema = created.json();
    assert_eq!(
        keys(&schema),
        [
            "created_at",
            "description",
            "example",
            "id",
            "is_active",
            "schema",
            "schema_type",
            "schema_uri",
            "updated_at",
            "version"
        ]
    );
    let path = created.location().to_owned();
    assert_eq!(path, format!("/api/schemas/{}/", schema["id"]));
    let read = anybody.get(&path).await;
    assert_eq!(read.json(), schema);
    assert_eq!(schema["example"], json!({"level": 3}));
    let tag = read.header("etag").to_owned();
    assert_eq!(
        anybody.with("if-none-match", &tag).get(&path).await.status,
        304
    );

    problem(
        &writer
            .send_json(Method::POST, "/api/schemas/", &pager())
            .await,
        409,
    );
    let mut same_uri = pager();
    same_uri["version"] = json!("2");
    problem(
        &writer
            .send_json(Method::POST, "/api/schemas/", &same_uri)
            .await,
        409,
    );
    let mut same_version = pager();
    same_version["schema_uri"] = json!("urn:other");
    problem(
        &writer
            .send_json(Method::POST, "/api/schemas/", &same_version)
            .await,
        409,
    );
    let mut other = same_uri;
    other["schema_uri"] = json!("urn:other");
    let second = writer
        .send_json(Method::POST, "/api/schemas/", &other)
        .await;
    assert_eq!(second.status, 201);
    problem(
        &writer
            .send_json(Method::PUT, second.location(), &pager())
            .await,
        409,
    );

    let patch = json!({"description": "x", "example": null});
    let patched = writer.send_json(Method::PATCH, &path, &patch).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    assert_eq!(patched.json()["example"], Value::Null);
    assert_eq!(patched.json()["schema"], schema["schema"]);
    assert_ne!(patched.header("etag"), tag);
    let mut sent_back = patched.json();
    sent_back["is_active"] = json!(false);
    let replaced = writer.send_json(Method::PUT, &path, &sent_back).await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    let list = async |query: &str| {
        anybody.get(&format!("/api/schemas/{query}")).await.json()["count"].clone()
    };
    assert_eq!(list("").await, 2);
    assert_eq!(list("?is_active=true").await, 1);
    assert_eq!(list("?schema_type=pager").await, 2);
    assert_eq!(list("?schema_uri=urn:other").await, 1);
    assert_eq!(writer.send(Method::DELETE, &path).await.status, 204);
    problem(&anybody.get(&path).await, 404);
}

async fn what_is_wrong_with_a_schema_is_named(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    let with = |field: &str, value: Value| {
        let mut schema = pager();
        schema[field] = value;
        schema
    };
    for (body, fields) in [
        (
            json!({}),
            vec!["schema_uri", "schema_type", "version", "schema"],
        ),
        (with("schema_uri", json!("a b")), vec!["schema_uri"]),
        (
            with("schema_uri", json!("x".repeat(1025))),
            vec!["schema_uri"],
        ),
        (
            with("schema_uri", json!("旅".repeat(342))),
            vec!["schema_uri"],
        ),
        (with("version", json!(1)), vec!["version"]),
        (with("schema", json!("{}")), vec!["schema"]),
        (with("schema", json!(true)), vec!["schema"]),
        (
            with("schema", json!({"type": "objet"})),
            vec!["schema/type"],
        ),
        (
            with("schema", json!({"$ref": "http://127.0.0.1:1/x"})),
            vec!["schema"],
        ),
        (
            with(
                "schema",
                json!({"$schema": "http://json-schema.org/draft-04/schema#"}),
            ),
            vec!["schema/$schema"],
        ),
        (
            with("example", json!({"level": "high"})),
            vec!["example/level"],
        ),
        (with("example", json!({})), vec!["example/level"]),
        (with("name", json!("x")), vec!["name"]),
    ] {
        let answer = writer.send_json(Method::POST, "/api/schemas/", &body).await;
        assert_eq!(problem(&answer, 400), fields, "{body}");
    }
    for draft in [
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/draft-07/schema#",
    ] {
        let mut schema = pager();
        schema["schema"]["$schema"] = json!(draft);
        schema["schema_uri"] = json!(draft);
        schema["version"] = json!(draft);
        let answer = writer
            .send_json(Method::POST, "/api/schemas/", &schema)
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
}

async fn cards_are_checked_against_the_schemas_of_their_extensions(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let with_level = |name: &str, params: Value| {
        let mut card = card(name, "1");
        let extension = json!({"uri": "https://ext.example/pager", "params": params});
        card["capabilities"] = json!({"extensions": [extension, {"uri": "urn:unregistered"}]});
        card
    };
    let early = add_card(&writer, "a", with_level("early", json!({"level": "high"}))).await;
    assert_eq!(
        early["validity"]["valid"], true,
        "nobody knows the extension yet"
    );
    let early = format!("/api/agentcards/{}/", early["id"]);
    let errors = async |path: &str| {
        let body = service.http.get(path).await.json();
        let errors = body["validity"]["errors"].as_array().cloned().unwrap();
        assert_eq!(body["validity"]["valid"], errors.is_empty());
        errors
            .iter()
            .map(|error| error["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let level = ["/capabilities/extensions/0/params/level"];
    let until = async |path: &str, expected: &[&str]| {
        eventually("it is checked again", SOON, async || {
            (errors(path).await == expected).then_some(())
        })
        .await;
    };

    let schema = writer
        .send_json(Method::POST, "/api/schemas/", &pager())
        .await;
    assert_eq!(schema.status, 201);
    until(&early, &level).await;
    let late = add_card(&writer, "a", with_level("late", json!({"level": 1}))).await;
    assert_eq!(late["validity"]["valid"], true);
    let late = format!("/api/agentcards/{}/", late["id"]);
    let patch = json!({"card": {"capabilities": null}});
    let none = writer.send_json(Method::PATCH, &late, &patch).await.json();
    assert_eq!(none["validity"]["errors"][0]["path"], "/capabilities");

    let catalog = service.http.get("/api/schemas/catalog/").await.json();
    assert_eq!(catalog[0]["schema_type"], "pager");
    assert_eq!(catalog[0]["schemas"][0]["uses"], 1);
    problem(&writer.send(Method::DELETE, schema.location()).await, 409);
    // What the schema demands may change, and it may be switched off.
    let looser = json!({"schema": {"required": null, "properties": null}, "example": null});
    assert_eq!(
        writer
            .send_json(Method::PATCH, schema.location(), &looser)
            .await
            .status,
        200
    );
    until(&early, &[]).await;
    let strict = json!({"schema": {"required": ["team"]}});
    assert_eq!(
        writer
            .send_json(Method::PATCH, schema.location(), &strict)
            .await
            .status,
        200
    );
    until(&early, &["/capabilities/extensions/0/params/team"]).await;
    let off = json!({"is_active": false});
    assert_eq!(
        writer
            .send_json(Method::PATCH, schema.location(), &off)
            .await
            .status,
        200
    );
    until(&early, &[]).await;
    assert_eq!(
        service.http.get("/api/schemas/catalog/").await.json(),
        json!([])
    );
    eventually("nothing is left to do", SOON, async || {
        (home.sql().count("revalidations").await == 0).then_some(())
    })
    .await;
}
