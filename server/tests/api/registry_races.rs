//! Several who change the same thing at the same time.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::registry::{add_card, add_namespace, card, problem};
use crate::support::{Database, Home, Http};

on_both_databases![
    a_default_version_that_eight_move_at_once_ends_up_with_one,
    editors_who_read_the_same_never_overwrite_each_other_unseen,
    patches_of_different_fields_lose_nobodys_work,
    a_name_that_eight_want_at_once_is_given_once,
];

const CLIENTS: usize = 8;

async fn a_default_version_that_eight_move_at_once_ends_up_with_one(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    add_namespace(&writer, "b").await;
    let mut paths = Vec::new();
    for version in 0..CLIENTS {
        let added = add_card(&writer, "a", card("A", &version.to_string())).await;
        paths.push(format!("/api/agentcards/{}/", added["id"]));
    }
    let bystander = add_card(&writer, "b", card("A", "1")).await;
    let bystander = format!("/api/agentcards/{}/", bystander["id"]);
    let make_default = json!({"is_default_version": true});
    let made = writer
        .send_json(Method::PATCH, &bystander, &make_default)
        .await;
    assert_eq!(made.status, 200);
    for _ in 0..4 {
        let moves = paths
            .iter()
            .map(|path| writer.send_json(Method::PATCH, path, &make_default));
        for moved in join_all(moves).await {
            assert_eq!(moved.status, 200, "{}", moved.body);
        }
        let defaults = writer
            .get("/api/agentcards/?namespace=a&is_default_version=true")
            .await;
        assert_eq!(defaults.json()["count"], 1, "{}", defaults.body);
        let version = defaults.json()["results"][0]["version"].clone();
        let served = service.http.get("/a/A/.well-known/agent-card.json").await;
        assert_eq!(served.json()["version"], version);
    }
    assert_eq!(
        writer.get(&bystander).await.json()["is_default_version"],
        true
    );
    // Deactivated by its owner, it is no default of anybody any more.
    let none = json!({"is_default_version": false});
    for path in &paths {
        assert_eq!(
            writer.send_json(Method::PATCH, path, &none).await.status,
            200
        );
    }
    assert_eq!(
        service
            .http
            .get("/a/A/.well-known/agent-card.json")
            .await
            .status,
        404
    );
}

async fn editors_who_read_the_same_never_overwrite_each_other_unseen(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let added = add_card(&writer, "a", card("A", "1")).await;
    let cards = format!("/api/agentcards/{}/", added["id"]);
    let schema = json!({"schema_uri": "urn:a", "schema_type": "t", "version": "1", "schema": {}});
    assert_eq!(
        writer
            .send_json(Method::POST, "/api/schemas/", &schema)
            .await
            .status,
        201
    );
    for (path, text) in [
        (cards.as_str(), "card"),
        ("/api/namespaces/a/", "description"),
        ("/api/schemas/1/", "description"),
    ] {
        let tag = writer.get(path).await.header("etag").to_owned();
        let editor = writer.with("if-match", &tag);
        let patches: Vec<Value> = (0..CLIENTS)
            .map(|client| match text {
                "card" => json!({"card": {"editor": client}}),
                field => json!({field: client.to_string()}),
            })
            .collect();
        let edits = patches
            .iter()
            .map(|patch| editor.send_json(Method::PATCH, path, patch));
        let answers = join_all(edits).await;
        let won: Vec<usize> = (0..CLIENTS)
            .filter(|client| answers[*client].status == 200)
            .collect();
        assert_eq!(won.len(), 1, "{path}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            problem(answer, 412);
        }
        let stored = writer.get(path).await;
        let expected = won[0].to_string();
        let found = match text {
            "card" => stored.json()["card"]["editor"].to_string(),
            field => stored.json()[field].as_str().unwrap().to_owned(),
        };
        assert_eq!(found, expected, "{path}");
        assert_eq!(stored.header("etag"), answers[won[0]].header("etag"));
        // What was read before is of no use for deleting either; what is read now is.
        problem(&editor.send(Method::DELETE, path).await, 412);
        problem(&editor.send_json(Method::PUT, path, &json!({})).await, 412);
        let any = writer.with("if-match", "*");
        assert_eq!(
            any.send_json(Method::PATCH, path, &json!({})).await.status,
            200
        );
    }
    let tag = writer.get(&cards).await.header("etag").to_owned();
    let deleted = writer
        .with("if-match", &tag)
        .send(Method::DELETE, &cards)
        .await;
    assert_eq!(deleted.status, 204);
}

async fn patches_of_different_fields_lose_nobodys_work(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let added = add_card(&writer, "a", card("A", "1")).await;
    let path = format!("/api/agentcards/{}/", added["id"]);
    let edit = async |http: &Http, client: usize| {
        let patch = json!({"card": {format!("x-{client}"): client}});
        http.send_json(Method::PATCH, &path, &patch).await
    };
    for answer in join_all((0..CLIENTS).map(|client| edit(&writer, client))).await {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let card = writer.get(&path).await.json()["card"].clone();
    for client in 0..CLIENTS {
        assert_eq!(card[format!("x-{client}")], client, "{card}");
    }
}

async fn a_name_that_eight_want_at_once_is_given_once(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let body = json!({"namespace": "a", "card": card("A", "1"), "is_default_version": true});
    let wanted = (0..CLIENTS).map(|_| writer.send_json(Method::POST, "/api/agentcards/", &body));
    let mut statuses: Vec<u16> = join_all(wanted)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert_eq!(statuses[1..], [409; CLIENTS - 1]);
    assert_eq!(home.sql().count("agent_cards").await, 1);
}
