//! What a body may be, beyond being JSON.

use std::fs;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::registry::{add_card, add_namespace, card, problem};
use crate::support::{Database, Home};

on_both_databases![
    a_member_that_is_there_twice_is_refused_wherever_it_is,
    a_byte_order_mark_is_passed_over,
    no_card_grows_past_a_megabyte_whatever_way_it_comes,
];

async fn a_member_that_is_there_twice_is_refused_wherever_it_is(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    add_card(&writer, "a", card("A", "1")).await;
    let cases = [
        (
            Method::POST,
            "/api/agentcards/",
            r#"{"namespace":"a","card":{"name":"evil","name":"C","version":"1"}}"#,
            "card/name",
        ),
        (
            Method::POST,
            "/api/agentcards/",
            r#"{"namespace":"a","namespace":"b","card":{"name":"C","version":"1"}}"#,
            "namespace",
        ),
        (
            Method::POST,
            "/api/agentcards/",
            r#"{"namespace":"a","card":{"name":"C","version":"1","skills":[{},{"tags":[],"t\u0061gs":[]}]}}"#,
            "card/skills/1/tags",
        ),
        (
            Method::PUT,
            "/api/agentcards/1/",
            r#"{"namespace":"a","card":{"name":"A","version":"1","version":"2"}}"#,
            "card/version",
        ),
        (
            Method::PATCH,
            "/api/agentcards/1/",
            r#"{"card":{"url":"https://a.example","url":"https://b.example"}}"#,
            "card/url",
        ),
        (
            Method::POST,
            "/api/schemas/",
            r#"{"schema_uri":"urn:a","schema_type":"a","version":"1","schema":{"type":"object","type":"array"}}"#,
            "schema/type",
        ),
        (
            Method::POST,
            "/api/namespaces/",
            r#"{"id":"b","id":"c","name":"B"}"#,
            "id",
        ),
    ];
    for (method, path, body, field) in cases {
        let answer = writer.send_as(method, path, "application/json", body).await;
        assert_eq!(problem(&answer, 400), [field], "{body}");
        assert!(answer.body.contains("twice"), "{}", answer.body);
    }
    let file = home.path("cards.ndjson");
    fs::write(
        &file,
        format!(
            "{}\n{}\n",
            card("B", "1"),
            r#"{"name":"evil","name":"C","version":"1"}"#
        ),
    )
    .unwrap();
    let imported = home.run(&["import", file.to_str().unwrap()], &[]).await;
    assert_eq!(imported.code(), 1);
    assert!(
        imported.stderr[0].contains("cards.ndjson:2: ") && imported.stderr[0].contains("name"),
        "{:?}",
        imported.stderr
    );
    assert_eq!(
        service.http.get("/api/agentcards/").await.json()["count"],
        1
    );
}

async fn a_byte_order_mark_is_passed_over(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    let namespace = writer
        .send_as(
            Method::POST,
            "/api/namespaces/",
            "application/json",
            "\u{feff}{\"id\":\"a\",\"name\":\"A\"}",
        )
        .await;
    assert_eq!(namespace.status, 201, "{}", namespace.body);
    let patched = writer
        .send_as(
            Method::PATCH,
            "/api/namespaces/a/",
            "application/json",
            "\u{feff}{\"name\":\"B\"}",
        )
        .await;
    assert_eq!(patched.json()["name"], "B");
    let file = home.path("card.json");
    fs::write(&file, format!("\u{feff}{}", card("A", "1"))).unwrap();
    let imported = home
        .run(&["import", file.to_str().unwrap(), "--namespace", "a"], &[])
        .await;
    assert_eq!(imported.code(), 0, "{:?}", imported.stderr);
    assert_eq!(
        service.http.get("/api/agentcards/1/").await.json()["card"],
        card("A", "1")
    );
}

async fn no_card_grows_past_a_megabyte_whatever_way_it_comes(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    add_card(&writer, "a", card("A", "1")).await;
    let part = |name: &str| json!({"card": {name: "x".repeat(600_000)}});
    let first = writer
        .send_json(Method::PATCH, "/api/agentcards/1/", &part("x-one"))
        .await;
    assert_eq!(first.status, 200);
    let second = writer
        .send_json(Method::PATCH, "/api/agentcards/1/", &part("x-two"))
        .await;
    assert_eq!(problem(&second, 413), ["card"]);
    let read = service.http.get("/api/agentcards/1/").await.json();
    assert!(read["card"].get("x-two").is_none());

    let mut large = card("B", "1");
    large["x-large"] = Value::from("x".repeat(1_100_000));
    let file = home.path("cards.ndjson");
    fs::write(&file, format!("{}\n{large}\n", card("C", "1"))).unwrap();
    let imported = home
        .run(&["import", file.to_str().unwrap(), "--namespace", "a"], &[])
        .await;
    assert_eq!(imported.code(), 1);
    assert!(
        imported.stderr[0].contains(":2: card: is too large"),
        "{:?}",
        imported.stderr
    );

    // A patch that takes out very many is no work for long.
    let nulls: Map<String, Value> = (0..9_000).map(|it| (it.to_string(), Value::Null)).collect();
    let removed = writer
        .send_json(Method::PATCH, "/api/agentcards/1/", &json!({"card": nulls}))
        .await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert!(
        removed.elapsed < Duration::from_secs(10),
        "{:?}",
        removed.elapsed
    );
    let too_many: Map<String, Value> = (0..20_000)
        .map(|it| (it.to_string(), Value::Null))
        .collect();
    let refused = writer
        .send_json(
            Method::PATCH,
            "/api/agentcards/1/",
            &json!({"card": too_many}),
        )
        .await;
    assert_eq!(problem(&refused, 400), ["card"]);
}
