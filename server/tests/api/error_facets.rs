//! Whom an error group hits.

use serde_json::{Value, json};

use crate::error_groups::{break_namespaces, until_grouped};
use crate::support::alerting::get;
use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_or_everybody_is_told_with_how_much_was_looked_at() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    break_namespaces(&home).await;
    let by = service.http.with("user-agent", "robot/1");
    for number in 0..3 {
        let http = by.with("x-request-id", &format!("robot-{number}"));
        assert_eq!(http.get("/api/namespaces/team-a/").await.status, 500);
    }
    let person = session
        .with("user-agent", "person/2")
        .with("x-request-id", "person");
    assert_eq!(person.get("/api/namespaces/").await.status, 500);
    let found = until_grouped(&session, 4).await;
    let path = format!(
        "/api/ops/errors/{}/",
        found["groups"][0]["id"].as_str().unwrap()
    );
    let report = eventually("the requests' lines are written", SOON, async || {
        let report = get(&session, &format!("{path}?period=1h")).await;
        (report["looked_at"]["requests"] == 4).then_some(report)
    })
    .await;
    let looked_at = &report["looked_at"];
    assert_eq!(
        (&looked_at["lines"], &looked_at["of"]),
        (&json!(4), &json!(4))
    );
    assert_eq!(looked_at["stopped_early"], false);
    let values = |name: &str| -> Vec<(Value, u64)> {
        let facets = report["facets"].as_array().unwrap();
        let facet = facets.iter().find(|facet| facet["name"] == name);
        let facet = facet.unwrap_or_else(|| panic!("{name} in {report}"));
        let values = facet["values"].as_array().unwrap().iter();
        values
            .map(|value| (value["value"].clone(), value["errors"].as_u64().unwrap()))
            .collect()
    };
    assert_eq!(
        values("route"),
        [
            (json!("/api/namespaces/{id}/"), 3),
            (json!("/api/namespaces/"), 1)
        ]
    );
    assert_eq!(values("user"), [(Value::Null, 3), (json!("admin"), 1)]);
    assert_eq!(
        values("namespace"),
        [(json!("team-a"), 3), (Value::Null, 1)]
    );
    assert_eq!(
        values("user_agent"),
        [(json!("robot/1"), 3), (json!("person/2"), 1)]
    );
    assert_eq!(values("address"), [(json!("127.0.0.1"), 4)]);
    assert_eq!(values("status"), [(json!("500"), 4)]);
    assert_eq!(values("instance").len(), 1);
    assert_eq!(
        values("version"),
        [(report["group"]["last_version"].clone(), 4)]
    );
    let examples = report["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 4);
    assert_eq!(examples[0]["request_id"], "person", "newest first");
    let page = path.replace("/api/ops/", "/admin/");
    let page = session.get(&page).await.body;
    assert!(page.contains("href=\"/admin/requests/person/\""), "{page}");
    assert!(page.contains("team-a") && page.contains("robot/1"));
}
