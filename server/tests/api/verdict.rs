//! What is wrong, in one word and line by line: the same on the page and as JSON.

use serde_json::Value;

use crate::support::html::text_of;
use crate::support::json::utc;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, eventually};

on_both_databases![requests_that_fail_are_told_in_the_first_line_though_it_is_ready];

async fn verdict(session: &Http) -> Value {
    let answer = session.get("/api/ops/status/").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let verdict = answer.json()["verdict"].clone();
    utc(&verdict["since"]);
    verdict
}

async fn requests_that_fail_are_told_in_the_first_line_though_it_is_ready(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let calm = verdict(&session).await;
    let findings = calm["findings"].as_array().unwrap();
    // How full its disks are is this machine's own affair.
    let all_are_of_disks = findings.iter().all(|it| it["id"] == "disk_used");
    assert!(all_are_of_disks, "{calm}");
    let state = if findings.is_empty() { "ok" } else { "warning" };
    assert_eq!(calm["state"], state, "{calm}");

    home.sql()
        .execute("ALTER TABLE namespaces RENAME COLUMN description TO something_else")
        .await;
    for _ in 0..10 {
        let answer = service.http.get("/api/namespaces/").await;
        assert_eq!(answer.status, 500, "{}", answer.body);
    }
    assert_eq!(service.http.get("/health/ready/").await.status, 200);
    let failing = eventually("the route is named", SOON, async || {
        let verdict = verdict(&session).await;
        let findings = verdict["findings"].as_array().unwrap().clone();
        let named = findings.iter().any(|it| it["id"] == "route_fails");
        named.then_some(verdict)
    })
    .await;
    assert_eq!(failing["state"], "failing", "{failing}");
    let findings = failing["findings"].as_array().unwrap();
    let of = |id: &str| findings.iter().find(|it| it["id"] == id).unwrap();
    let all = of("requests_fail");
    assert_eq!(all["evidence"]["errors"], 10, "{all}");
    assert_eq!(all["severity"], "critical");
    assert_eq!(all["subject"], "traffic");
    let route = of("route_fails");
    assert_eq!(route["subject"], "GET /api/namespaces/");
    assert_eq!(route["url"], "/admin/routes/GET/api/namespaces/");
    utc(&route["since"]);

    let page = session.get("/admin/system-status/").await.body;
    let line = text_of(&page, "verdict").unwrap();
    let text = route["text"].as_str().unwrap();
    assert!(line.contains(text), "{text} in {line}");
    assert!(line.contains("All 3 checks pass."), "{line}");
}
