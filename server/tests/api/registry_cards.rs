//! `/api/agentcards/{id}/`, and what A2A clients are served.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::json::{keys, utc};
use crate::support::registry::{add_card, add_namespace, card, in_namespace, problem};
use crate::support::{Database, Home};

on_both_databases![
    a_card_lives_from_its_creation_to_its_end,
    a_card_is_kept_as_it_was_written,
    what_is_wrong_with_a_card_is_named,
    an_a2a_client_is_served_the_default_version_by_its_name,
];

async fn a_card_lives_from_its_creation_to_its_end(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let (writer, anybody) = (service.writer().await, &service.http);
    add_namespace(&writer, "a").await;
    add_namespace(&writer, "b").await;
    let body = in_namespace("a", card("Planner", "1.0"));
    let created = writer
        .send_json(Method::POST, "/api/agentcards/", &body)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    let added = created.json();
    let fields = [
        "card",
        "created_at",
        "created_by",
        "id",
        "is_active",
        "is_default_version",
        "name",
        "namespace",
        "protocol",
        "updated_at",
        "validity",
        "version",
    ];
    assert_eq!(keys(&added), fields);
    let path = format!("/api/agentcards/{}/", added["id"].as_i64().unwrap());
    assert_eq!(created.location(), path);
    assert_eq!(added["namespace"], "a");
    assert_eq!(
        (&added["name"], &added["version"]),
        (&json!("Planner"), &json!("1.0"))
    );
    assert_eq!(
        (&added["is_active"], &added["is_default_version"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(added["validity"], json!({"valid": true, "errors": []}));
    assert_eq!(added["created_by"], "admin");
    assert_eq!(added["card"], body["card"]);
    utc(&added["created_at"]);
    let read = anybody.get(&path).await;
    assert_eq!(read.json(), added);
    problem(
        &writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await,
        409,
    );

    // Nothing new for who has it already.
    let tag = read.header("etag").to_owned();
    let unchanged = anybody.with("if-none-match", &tag).get(&path).await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    assert_eq!(unchanged.header("etag"), tag);

    // What was read can be sent back; a list's row is the same without the card.
    let mut changed = added.clone();
    changed["namespace"] = json!("b");
    changed["card"]["version"] = json!("2.0");
    changed["is_default_version"] = json!(true);
    let replaced = writer.send_json(Method::PUT, &path, &changed).await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    let replaced = replaced.json();
    assert_eq!(
        (&replaced["namespace"], &replaced["version"]),
        (&json!("b"), &json!("2.0"))
    );
    assert_eq!(replaced["created_at"], added["created_at"]);
    assert!(utc(&replaced["updated_at"]) >= utc(&added["updated_at"]));
    assert_eq!(
        anybody.with("if-none-match", &tag).get(&path).await.status,
        200
    );
    let mut row = anybody.get("/api/agentcards/").await.json()["results"][0].clone();
    assert!(row.get("card").is_none());
    row["card"] = replaced["card"].clone();
    assert_eq!(row, replaced);

    let patch = json!({"is_active": false, "card": {"url": null, "x": {"y": 1}}});
    let patched = writer.send_json(Method::PATCH, &path, &patch).await.json();
    assert_eq!(patched["is_active"], false);
    assert_eq!(patched["is_default_version"], true);
    assert_eq!(patched["card"]["x"], json!({"y": 1}));
    assert_eq!(patched["validity"]["errors"][0]["path"], "/url");
    // Onto another's place it can't be moved.
    add_card(&writer, "a", card("Planner", "2.0")).await;
    problem(
        &writer
            .send_json(Method::PATCH, &path, &json!({"namespace": "a"}))
            .await,
        409,
    );
    let deleted = writer.send(Method::DELETE, &path).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    problem(&anybody.get(&path).await, 404);
    assert_eq!(home.sql().count("agent_card_terms").await, 0);
}

/// Keys in an order of their own, a number that no float holds, escapes, fields that nobody knows.
const ODD: &str = r#"{"version":"1","z":1.50,"name":"Odd","big":123456789012345678901234567890,"esc":"\u0000\ud83e\udd80","a":{"y":null,"x":[]}}"#;

async fn a_card_is_kept_as_it_was_written(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let body = format!(r#"{{"card": {ODD}, "namespace": "a", "is_default_version": true}}"#);
    let created = writer
        .send_as(Method::POST, "/api/agentcards/", "application/json", body)
        .await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert!(created.body.contains(ODD), "{}", created.body);
    assert!(
        service
            .http
            .get(created.location())
            .await
            .body
            .contains(ODD)
    );
    let served = service.http.get("/a/Odd/.well-known/agent-card.json").await;
    assert_eq!(served.body, ODD);
    // A patch leaves alone what it does not name.
    let patch = json!({"card": {"version": "2"}});
    let patched = writer
        .send_json(Method::PATCH, created.location(), &patch)
        .await;
    let expected = ODD.replace(r#""version":"1""#, r#""version":"2""#);
    assert!(patched.body.contains(&expected), "{}", patched.body);
    assert_eq!(patched.json()["version"], "2");
}

async fn what_is_wrong_with_a_card_is_named(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let added = add_card(&writer, "a", card("A", "1")).await;
    let path = format!("/api/agentcards/{}/", added["id"]);
    let draft = |name: Value, version: Value| json!({"namespace": "a", "card": {"name": name, "version": version}});
    for (body, fields) in [
        (json!({}), vec!["namespace", "card"]),
        (json!({"namespace": "a"}), vec!["card"]),
        (json!({"namespace": "a", "card": "{}"}), vec!["card"]),
        (json!({"namespace": "a", "card": []}), vec!["card"]),
        (json!({"namespace": "a", "card": null}), vec!["card"]),
        (
            json!({"namespace": "a", "card": {}}),
            vec!["card.name", "card.version"],
        ),
        (
            json!({"namespace": 1, "card": card("B", "1")}),
            vec!["namespace"],
        ),
        (
            json!({"namespace": "nowhere", "card": card("B", "1")}),
            vec!["namespace"],
        ),
        (
            json!({"namespace": "a\u{0}", "card": card("B", "1")}),
            vec!["namespace"],
        ),
        (draft(json!(""), json!("1")), vec!["card.name"]),
        (draft(json!("  "), json!("1")), vec!["card.name"]),
        (draft(json!(7), json!("1")), vec!["card.name"]),
        (draft(json!(null), json!("1")), vec!["card.name"]),
        (draft(json!("a\u{0}"), json!("1")), vec!["card.name"]),
        (draft(json!("x".repeat(513)), json!("1")), vec!["card.name"]),
        (draft(json!("B"), json!(1.0)), vec!["card.version"]),
        (
            draft(json!("B"), json!("x".repeat(256))),
            vec!["card.version"],
        ),
        (
            json!({"namespace": "a", "card": card("B", "1"), "is_active": 1}),
            vec!["is_active"],
        ),
        (
            json!({"namespace": "a", "card": card("B", "1"), "is_default_version": null}),
            vec!["is_default_version"],
        ),
        (
            json!({"namespace": "a", "card": card("B", "1"), "default": true}),
            vec!["default"],
        ),
    ] {
        for (method, path) in [
            (Method::POST, "/api/agentcards/"),
            (Method::PUT, path.as_str()),
        ] {
            let answer = writer.send_json(method, path, &body).await;
            assert_eq!(problem(&answer, 400), fields, "{body}");
        }
    }
    for (patch, fields) in [
        (json!({"namespace": "nowhere"}), vec!["namespace"]),
        (json!({"card": null}), vec!["card"]),
        (json!({"card": {"name": null}}), vec!["card.name"]),
        (json!({"card": 3}), vec!["card"]),
    ] {
        let answer = writer.send_json(Method::PATCH, &path, &patch).await;
        assert_eq!(problem(&answer, 400), fields, "{patch}");
    }
    assert_eq!(service.http.get(&path).await.json(), added);
    // The longest that are let in do fit into the indexes.
    let longest = card(&"ü".repeat(256), &"团".repeat(255));
    add_card(&writer, "a", longest).await;
}

async fn an_a2a_client_is_served_the_default_version_by_its_name(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    for (name, encoded) in [
        ("Currency Agent", "Currency%20Agent"),
        ("50 % off/on?", "50%20%25%20off%2Fon%3F"),
        ("机票 ü", "%E6%9C%BA%E7%A5%A8%20%C3%BC"),
    ] {
        let path = format!("/a/{encoded}/.well-known/agent-card.json");
        let first = add_card(&writer, "a", card(name, "1")).await;
        assert_eq!(
            service.http.get(&path).await.status,
            404,
            "none is the default yet"
        );
        let body = json!({"namespace": "a", "card": card(name, "2"), "is_default_version": true});
        let second = writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await;
        assert_eq!(second.status, 201);
        let served = service.http.get(&path).await;
        assert_eq!(served.status, 200, "{path}");
        assert_eq!(served.header("content-type"), "application/json");
        assert_eq!(served.json(), card(name, "2"));
        let tag = served.header("etag").to_owned();
        assert_eq!(
            service
                .http
                .with("if-none-match", &tag)
                .get(&path)
                .await
                .status,
            304
        );
        // The default moves.
        let first = format!("/api/agentcards/{}/", first["id"]);
        let make_default = json!({"is_default_version": true});
        assert_eq!(
            writer
                .send_json(Method::PATCH, &first, &make_default)
                .await
                .status,
            200
        );
        assert_eq!(service.http.get(&path).await.json()["version"], "1");
        assert_eq!(
            service.http.get(second.location()).await.json()["is_default_version"],
            false
        );
        // One that is off is served to nobody.
        writer
            .send_json(Method::PATCH, &first, &json!({"is_active": false}))
            .await;
        assert_eq!(service.http.get(&path).await.status, 404);
    }
}
