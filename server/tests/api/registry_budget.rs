//! What can't be checked in time is refused, or kept unchecked, and holds up nobody.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::registry::{add_namespace, card, in_namespace, problem};
use crate::support::wait::{SOON, eventually};
use crate::support::{Database, Home};

on_both_databases![
    schemas_that_explode_are_refused_while_liveness_stays_quick,
    a_card_whose_check_would_explode_is_kept_unchecked,
    an_old_schema_that_explodes_costs_a_restart_nothing,
    a_revalidation_that_never_ends_is_given_up,
    many_findings_stay_few_in_cards_and_fewer_in_lists,
];

/// A probe that takes longer has failed.
const PROBE_LIMIT: Duration = Duration::from_millis(2500);

fn schema(uri: &str, document: Value) -> Value {
    json!({"schema_uri": uri, "schema_type": uri, "version": "1", "schema": document})
}

/// Each definition applies the next one twice: two to the power of `length` ways.
fn doubling(length: usize, apply: impl Fn(&str) -> Value) -> Value {
    let mut definitions = Map::new();
    for index in 0..length {
        let next = format!("#/$defs/a{}", index + 1);
        definitions.insert(format!("a{index}"), apply(&next));
    }
    definitions.insert(format!("a{length}"), json!({"type": "integer"}));
    json!({"$ref": "#/$defs/a0", "$defs": definitions})
}

fn explosive() -> Vec<Value> {
    let twice = |next: &str| json!([{"$ref": next}, {"$ref": next}]);
    let pattern = |index: usize| json!({"pattern": format!("{index}[\\pL\\pN]{{200}}")});
    let values = |count: usize| (0..count).map(|it| json!(it)).collect::<Vec<_>>();
    vec![
        doubling(40, |next| json!({"allOf": twice(next)})),
        doubling(40, |next| json!({"anyOf": twice(next)})),
        doubling(40, |next| json!({"oneOf": twice(next)})),
        doubling(
            40,
            |next| json!({"if": {"$ref": next}, "then": {"$ref": next}, "else": {"$ref": next}}),
        ),
        doubling(40, |next| json!({"not": {"not": {"allOf": twice(next)}}})),
        doubling(
            40,
            |next| json!({"dependentSchemas": {"a": {"$ref": next}, "b": {"$ref": next}}}),
        ),
        doubling(
            40,
            |next| json!({"properties": {"a": {"allOf": twice(next)}}}),
        ),
        doubling(
            40,
            |next| json!({"allOf": [{"$ref": next}, {"properties": {"a": {"$ref": next}}}]}),
        ),
        // The same by names instead of places.
        json!({"$dynamicRef": "#n0", "$defs": (0..40).map(|index| {
            let next = format!("#n{}", index + 1);
            (format!("d{index}"), json!({"$dynamicAnchor": format!("n{index}"), "allOf": [{"$dynamicRef": next}, {"$dynamicRef": next}]}))
        }).chain([("d40".to_owned(), json!({"$dynamicAnchor": "n40"}))]).collect::<Map<_, _>>()}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"allOf": (0..40).map(pattern).collect::<Vec<_>>()}),
        json!({"allOf": (0..200).map(|it| json!({"pattern": format!("^{it}$")})).collect::<Vec<_>>()}),
        json!({"enum": values(60_000)}),
        json!({"anyOf": vec![json!({"type": "string"}); 5_000]}),
        doubling(500, |next| json!({"$ref": next})),
    ]
}

async fn schemas_that_explode_are_refused_while_liveness_stays_quick(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    let sending = explosive()
        .into_iter()
        .enumerate()
        .map(|(index, document)| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut body = schema(&format!("urn:{index}"), document);
                // With an example, it would be checked at once.
                body["example"] = json!("x");
                loop {
                    let answer = writer.send_json(Method::POST, "/api/schemas/", &body).await;
                    // On a busy machine there may be no turn for it in time.
                    if answer.status != 503 {
                        return (index, answer);
                    }
                }
            })
        });
    let sending: Vec<_> = sending.collect();
    for _ in 0..20 {
        let alive = service.http.get("/health/").await;
        assert_eq!(alive.status, 200);
        assert!(alive.elapsed < PROBE_LIMIT, "{:?}", alive.elapsed);
    }
    for sent in sending {
        let (index, answer) = sent.await.unwrap();
        let fields = problem(&answer, 400);
        assert!(
            fields.iter().all(|field| field.starts_with("schema")),
            "{index}: {fields:?}"
        );
    }
    // What looks into itself as deep as a document goes is no such thing.
    let tree = json!({"$ref": "#/$defs/node", "$defs": {"node": {"properties": {
        "left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"},
        "children": {"items": {"$ref": "#/$defs/node"}},
    }}}});
    let filter = json!({"$defs": {"filter": {"oneOf": [
        {"required": ["and"], "properties": {"and": {"items": {"$ref": "#/$defs/filter"}}}},
        {"required": ["or"], "properties": {"or": {"items": {"$ref": "#/$defs/filter"}}}},
        {"required": ["not"], "properties": {"not": {"$ref": "#/$defs/filter"}}},
        {"required": ["field"], "properties": {"field": {"pattern": "^[\\w.]{1,64}$"}}},
    ]}}, "properties": {"filter": {"$ref": "#/$defs/filter"}}});
    for (uri, document, example) in [
        (
            "urn:tree",
            tree,
            json!({"left": {"children": [{}, {"right": {}}]}}),
        ),
        (
            "urn:filter",
            filter,
            json!({"filter": {"and": [{"field": "a"}, {"not": {"field": "b"}}]}}),
        ),
        (
            "urn:self",
            json!({"$ref": "https://json-schema.org/draft/2020-12/schema"}),
            json!({"type": "object"}),
        ),
    ] {
        let mut body = schema(uri, document);
        body["example"] = example;
        let answer = writer.send_json(Method::POST, "/api/schemas/", &body).await;
        assert_eq!(answer.status, 201, "{uri}: {}", answer.body);
    }
}

fn declaring(uri: &str, params: Value) -> Value {
    let mut card = card("A", "1");
    card["capabilities"] = json!({"extensions": [{"uri": uri, "params": params}]});
    card
}

async fn a_card_whose_check_would_explode_is_kept_unchecked(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    // How often this looks at a value doubles with each level of the value, not of the schema.
    let document = json!({"allOf": [
        {"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}},
    ]});
    let registered = writer
        .send_json(Method::POST, "/api/schemas/", &schema("urn:x", document))
        .await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let mut deep = json!({});
    for _ in 0..60 {
        deep = json!({"a": deep});
    }
    let body = in_namespace("a", declaring("urn:x", deep));
    let kept = writer
        .send_json(Method::POST, "/api/agentcards/", &body)
        .await;
    assert_eq!(kept.status, 201, "{}", kept.body);
    let validity = &kept.json()["validity"];
    assert_eq!(
        (&validity["checked"], &validity["valid"]),
        (&json!(false), &json!(false))
    );
    // Or, on a very busy machine, that it did not end.
    let reason = validity["errors"][0]["message"].as_str().unwrap();
    assert!(
        reason.contains("too long") || reason.contains("in time"),
        "{reason}"
    );
    let row = &service.http.get("/api/agentcards/").await.json()["results"][0];
    assert_eq!(&row["validity"], validity);
    let standard = service.http.get("/api/agentcards/1/standard-json/").await;
    problem(&standard, 409);

    let shallow = json!({"card": declaring("urn:x", json!({"a": {"a": {}}}))});
    let mended = writer
        .send_json(
            Method::PUT,
            "/api/agentcards/1/",
            &in_namespace("a", shallow["card"].clone()),
        )
        .await;
    assert_eq!(
        mended.json()["validity"],
        json!({"valid": true, "errors": []})
    );
}

async fn an_old_schema_that_explodes_costs_a_restart_nothing(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let registered = writer
        .send_json(Method::POST, "/api/schemas/", &schema("urn:x", json!({})))
        .await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let body = in_namespace("a", declaring("urn:x", json!({})));
    assert_eq!(
        writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await
            .status,
        201
    );
    // As an earlier version of this service would have taken it.
    let old = doubling(
        40,
        |next| json!({"allOf": [{"$ref": next}, {"$ref": next}]}),
    );
    home.sql()
        .execute(&format!(
            "UPDATE schemas SET schema = '{old}'; \
             INSERT INTO revalidations (schema_uri, requested_at) VALUES ('urn:x', '2026-01-01 00:00:00')"
        ))
        .await;
    service.kill().await;

    let service = home.serve().await;
    eventually("the card is unchecked", SOON, async || {
        let alive = service.http.get("/health/").await;
        assert!(alive.elapsed < PROBE_LIMIT, "{:?}", alive.elapsed);
        let read = service.http.get("/api/agentcards/1/").await.json();
        (read["validity"]["checked"] == false).then_some(())
    })
    .await;
    let left = "SELECT schema_uri AS line FROM revalidations";
    eventually("there is nothing left to do", SOON, async || {
        home.sql().lines(left).await.is_empty().then_some(())
    })
    .await;
}

async fn a_revalidation_that_never_ends_is_given_up(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let body = in_namespace("a", declaring("urn:x", json!({})));
    assert_eq!(
        writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await
            .status,
        201
    );
    service.stop().await;
    // What many processes that died over it leave behind.
    home.sql()
        .execute(
            "INSERT INTO revalidations (schema_uri, requested_at, attempts) \
             VALUES ('urn:x', '2026-01-01 00:00:00', 10)",
        )
        .await;
    let service = home.serve().await;
    let validity = eventually("it is given up", SOON, async || {
        let read = service.http.get("/api/agentcards/1/").await.json();
        let validity = read["validity"].clone();
        (validity["checked"] == false).then_some(validity)
    })
    .await;
    assert!(
        validity["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("10 attempts"),
        "{validity}"
    );
}

async fn many_findings_stay_few_in_cards_and_fewer_in_lists(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let demanding = schema("urn:x", json!({"required": ["a", "b", "c"]}));
    assert_eq!(
        writer
            .send_json(Method::POST, "/api/schemas/", &demanding)
            .await
            .status,
        201
    );
    // One extension very many times, and very many faults of the card's own.
    let mut many = card("A", "1");
    many["capabilities"] = json!({"extensions": (0..2000).map(|it| json!({"uri": "urn:x", "params": {"n": it}})).collect::<Vec<_>>()});
    many["defaultInputModes"] = json!(vec![1; 2000]);
    let kept = writer
        .send_json(Method::POST, "/api/agentcards/", &in_namespace("a", many))
        .await;
    assert_eq!(kept.status, 201);
    let errors = kept.json()["validity"]["errors"].as_array().unwrap().len();
    assert_eq!(errors, 101);
    let list = service.http.get("/api/agentcards/").await;
    let errors = list.json()["results"][0]["validity"]["errors"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(errors, 5);
    assert!(list.body.len() < 5000, "{}", list.body.len());
}
