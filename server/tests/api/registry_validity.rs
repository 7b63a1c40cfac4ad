//! What keeps the sample cards from being valid: looked up by hand in A2A's definition.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::registry::{add_namespace, in_namespace, problem};
use crate::support::{Database, Home};

on_both_databases![every_sample_card_is_taken_and_its_faults_are_told];

/// The file, the version of A2A, the places that are wrong.
const SAMPLES: [(&str, &str, &[&str]); 5] = [
    ("air_ticketing_agent", "0.3.0", &["/protocolVersion"]),
    // Its input modes name `text`, which the definition, asking for texts, has nothing against.
    ("currency_agent", "0.3.0", &[]),
    ("hotel_booking_agent", "0.3.0", &["/protocolVersion"]),
    ("planner_agent", "0.3.0", &["/protocolVersion"]),
    ("skills_agent_v1", "1.0", &[]),
];

async fn every_sample_card_is_taken_and_its_faults_are_told(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let writer = service.writer().await;
    add_namespace(&writer, "a").await;
    add_namespace(&writer, "v1").await;
    for (file, protocol, paths) in SAMPLES {
        let path = format!(
            "{}/../samples/agentcards/{file}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let card: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let namespace = if protocol == "1.0" { "v1" } else { "a" };
        let body = in_namespace(namespace, card.clone());
        let created = writer
            .send_json(Method::POST, "/api/agentcards/", &body)
            .await;
        assert_eq!(created.status, 201, "{}", created.body);
        let read = created.json();
        assert_eq!(read["protocol"], protocol, "{file}");
        let errors = read["validity"]["errors"].as_array().unwrap();
        let found: Vec<&str> = errors
            .iter()
            .map(|error| error["path"].as_str().unwrap())
            .collect();
        assert_eq!(found, paths, "{file}");
        assert_eq!(read["validity"]["valid"], paths.is_empty());
        for error in errors {
            assert_eq!(
                error["message"],
                "\"protocolVersion\" is a required property"
            );
        }
        let standard = service
            .http
            .get(&format!("{}standard-json/", created.location()))
            .await;
        if paths.is_empty() {
            assert_eq!(standard.status, 200);
            assert_eq!(standard.json(), card);
            assert_eq!(standard.header("content-type"), "application/json");
        } else {
            assert_eq!(problem(&standard, 409), paths);
        }
    }
    // As the definition asks for, one fault after the other is mended.
    let patch = json!({"card": {"protocolVersion": "0.3.0"}});
    let mended = writer
        .send_json(Method::PATCH, "/api/agentcards/1/", &patch)
        .await
        .json();
    assert_eq!(mended["validity"], json!({"valid": true, "errors": []}));
}
