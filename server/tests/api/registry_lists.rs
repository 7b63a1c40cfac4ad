//! Lists: pages, filters, orders.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::registry::{add_card, add_namespace, card, problem};
use crate::support::{Database, Home, Http};

on_both_databases![
    a_list_has_pages_that_are_followed_by_their_links,
    cards_are_found_by_what_they_are,
    many_cards_are_listed_by_the_page,
];

async fn a_list_has_pages_that_are_followed_by_their_links(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    for number in 0..45 {
        add_namespace(&writer, &format!("n{number:02}")).await;
    }
    let base = format!("http://{}", service.http.address());
    let get = async |path: &str| service.http.get(path).await;
    let first = get("/api/namespaces/").await.json();
    assert_eq!(first["count"], 45);
    assert_eq!(first["results"].as_array().unwrap().len(), 20);
    assert_eq!(first["previous"], Value::Null);
    assert_eq!(first["next"], format!("{base}/api/namespaces/?page=2"));
    let mut seen = Vec::new();
    let mut next = Some("/api/namespaces/?is_active=true&page_size=7".to_owned());
    while let Some(path) = next {
        let page = get(&path).await.json();
        for namespace in page["results"].as_array().unwrap() {
            seen.push(namespace["id"].as_str().unwrap().to_owned());
        }
        next = page["next"]
            .as_str()
            .map(|link| link.strip_prefix(&base).unwrap().to_owned());
    }
    let expected: Vec<String> = (0..45).map(|number| format!("n{number:02}")).collect();
    assert_eq!(seen, expected);
    let last = get("/api/namespaces/?page=3").await.json();
    assert_eq!(last["results"].as_array().unwrap().len(), 5);
    assert_eq!(last["next"], Value::Null);
    assert_eq!(last["previous"], format!("{base}/api/namespaces/?page=2"));
    let whole = get("/api/namespaces/?page_size=1000").await.json();
    assert_eq!(whole["results"].as_array().unwrap().len(), 45);
    for path in ["/api/namespaces/", "/api/schemas/", "/api/agentcards/"] {
        for page in ["0", "-1", "x", "", "1.5", "0x1", "%00"] {
            let answer = get(&format!("{path}?page={page}")).await;
            assert_eq!(problem(&answer, 400), ["page"], "{page}");
        }
        problem(&get(&format!("{path}?page=4")).await, 404);
        problem(&get(&format!("{path}?page=9223372036854775807")).await, 404);
        problem(
            &get(&format!("{path}?page=99999999999999999999")).await,
            404,
        );
        for size in ["0", "x", "-5"] {
            let answer = get(&format!("{path}?page_size={size}")).await;
            assert_eq!(problem(&answer, 400), ["page_size"], "{size}");
        }
        let answer = get(&format!("{path}?is_active=maybe&is_actve=1")).await;
        assert_eq!(problem(&answer, 400), ["is_active", "is_actve"]);
    }
    // An empty list has a first page.
    assert_eq!(get("/api/schemas/?page=1").await.status, 200);
    assert_eq!(get("/api/agentcards/?page=1&name=x").await.status, 200);
}

/// The names of the cards that a query finds, in their order.
async fn names(http: &Http, query: &str) -> Vec<String> {
    let answer = http.get(&format!("/api/agentcards/{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let results = body["results"].as_array().unwrap();
    assert_eq!(body["count"], results.len());
    let name = |card: &Value| {
        let [name, version] = ["name", "version"].map(|key| card[key].as_str().unwrap());
        format!("{name} {version}")
    };
    results.iter().map(name).collect()
}

async fn cards_are_found_by_what_they_are(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "one").await;
    add_namespace(&writer, "two").await;
    let mut skilled = card("Ärger 100%_ok", "1");
    skilled["skills"] = json!([
        {"id": "book_hotel", "name": "Book Hotels", "description": "", "tags": ["Reise", "HOTEL", "旅行"]},
    ]);
    add_card(&writer, "one", skilled).await;
    let draft = json!({"name": "Zeta", "version": "1"});
    add_card(&writer, "two", draft).await;
    let body = json!({"namespace": "one", "card": card("beta", "2"), "is_active": false, "is_default_version": true});
    assert_eq!(
        writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await
            .status,
        201
    );
    add_card(&writer, "one", card("beta", "10")).await;
    // A row that somebody made by hand is found as well as it can be.
    home.sql()
        .execute(
            "INSERT INTO agent_cards (namespace_id, name, version) VALUES ('two', 'By HAND', '1')",
        )
        .await;
    let http = &service.http;
    let all = [
        "Ärger 100%_ok 1",
        "Zeta 1",
        "beta 2",
        "beta 10",
        "By HAND 1",
    ];
    for (query, expected) in [
        ("", all.to_vec()),
        ("?ordering=id", all.to_vec()),
        ("?namespace=", all.to_vec()),
        ("?namespace=%20&tag=%E3%80%80", all.to_vec()),
        ("?ordering=id,id,id,id,id,id,name", all.to_vec()),
        ("?namespace=one", vec![all[0], all[2], all[3]]),
        ("?namespace=none", vec![]),
        ("by-namespace/two/", vec![all[1], all[4]]),
        ("by-namespace/two/?valid=false&name=z", vec![all[1]]),
        ("?name=%C3%84RGER", vec![all[0]]),
        ("?name=%C3%A4r", vec![all[0]]),
        ("?name=100%25_", vec![all[0]]),
        ("?name=%25", vec![all[0]]),
        ("?name=_", vec![all[0]]),
        ("?name=%5C", vec![]),
        ("?name=hand", vec![all[4]]),
        ("?name=eta", vec![all[1], all[2], all[3]]),
        ("?skill=book_hotel", vec![all[0]]),
        ("?skill=book%20hotels", vec![all[0]]),
        ("?skill=book", vec![]),
        ("?tag=hotel", vec![all[0]]),
        ("?tag=%E6%97%85%E8%A1%8C", vec![all[0]]),
        ("?tag=hotel&skill=none", vec![]),
        ("?is_active=false", vec![all[2]]),
        ("?is_active=&valid=", all.to_vec()),
        ("?is_active=1&namespace=one", vec![all[0], all[3]]),
        ("?is_default_version=true", vec![all[2]]),
        ("?valid=true", vec![all[0], all[2], all[3]]),
        ("?valid=false", vec![all[1], all[4]]),
        (
            "?ordering=-id",
            vec![all[4], all[3], all[2], all[1], all[0]],
        ),
        (
            "?ordering=-created_at&valid=true",
            vec![all[3], all[2], all[0]],
        ),
        (
            "?ordering=name,-version&name=eta",
            vec![all[1], all[2], all[3]],
        ),
        (
            "?ordering=-namespace,id&valid=true",
            vec![all[0], all[2], all[3]],
        ),
    ] {
        assert_eq!(names(http, query).await, expected, "{query}");
    }
    for (query, field) in [
        ("?ordering=card", "ordering"),
        ("?ordering=id;drop", "ordering"),
        ("?ordering=id,id,id,id,id,id,card,card", "ordering"),
        ("?ordering=%20", "ordering"),
        ("?valid=maybe", "valid"),
        ("?name=%00", "name"),
        ("?namespace=a%00", "namespace"),
        ("?tag=%00", "tag"),
        ("?skill=%09", "skill"),
        ("?skills=x", "skills"),
    ] {
        let answer = http.get(&format!("/api/agentcards/{query}")).await;
        assert_eq!(problem(&answer, 400), [field], "{query}");
    }
}

async fn many_cards_are_listed_by_the_page(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    let rows: Vec<String> = (0..250)
        .map(|number| format!("('a', 'card', '{number}')"))
        .collect();
    let insert = format!(
        "INSERT INTO agent_cards (namespace_id, name, version) VALUES {}",
        rows.join(",")
    );
    home.sql().execute(&insert).await;
    for ordering in ["", "&ordering=name", "&ordering=-created_at"] {
        let mut seen = std::collections::BTreeSet::new();
        for page in 1..=3 {
            let path = format!("/api/agentcards/?page={page}&page_size=100{ordering}");
            let body = service.http.get(&path).await.json();
            assert_eq!(body["count"], 250);
            for card in body["results"].as_array().unwrap() {
                assert!(seen.insert(card["id"].as_i64().unwrap()), "on two pages");
            }
        }
        assert_eq!(seen.len(), 250, "{ordering}");
    }
}
