//! Errors by what they are: on the page, as JSON, and in the desk's own store.

use serde_json::Value;

use crate::support::html::text_of;
use crate::support::json::utc;
use crate::support::postgres::Postgres;
use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![errors_are_grouped_by_what_they_are_and_survive_a_restart];

const WRITTEN: &str =
    "SELECT CAST(COALESCE(SUM(count), 0) AS TEXT) AS line FROM series WHERE kind = 'errors'";

/// From now on whoever reads a namespace fails.
pub async fn break_namespaces(home: &Home) {
    home.sql()
        .execute("ALTER TABLE namespaces RENAME COLUMN description TO something_else")
        .await;
}

pub async fn fail(service: &Service, path: &str, times: u32) {
    for number in 1..=times {
        let http = service
            .http
            .with("x-request-id", &format!("failed-{number}"));
        assert_eq!(http.get(path).await.status, 500, "{path}");
    }
}

pub async fn groups(session: &Http) -> Value {
    let answer = session.get("/api/ops/errors/?period=1h").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Until so many are grouped; a line takes a moment to the log, and from there.
pub async fn until_grouped(session: &Http, errors: u64) -> Value {
    eventually(&format!("{errors} errors are grouped"), SOON, async || {
        let found = groups(session).await;
        assert!(found["errors"].as_u64().unwrap() <= errors, "{found}");
        (found["errors"] == errors).then_some(found)
    })
    .await
}

pub async fn until_written(sql: &Sql, errors: &str) {
    eventually("they are written", SOON, async || {
        let lines = sql.try_lines(WRITTEN).await.ok()?;
        (lines == [errors]).then_some(())
    })
    .await;
}

fn counts(found: &Value) -> Vec<(&str, u64)> {
    let groups = found["groups"].as_array().unwrap().iter();
    groups
        .map(|group| {
            let steps = group["steps"].as_array().unwrap().iter();
            let errors = group["errors"].as_u64().unwrap();
            assert_eq!(steps.filter_map(Value::as_u64).sum::<u64>(), errors);
            (group["place"].as_str().unwrap(), errors)
        })
        .collect()
}

async fn errors_are_grouped_by_what_they_are_and_survive_a_restart(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    assert_eq!(groups(&session).await["groups"], Value::Array(vec![]));
    break_namespaces(&home).await;
    fail(&service, "/api/namespaces/one/", 2).await;
    fail(&service, "/api/namespaces/", 4).await;

    let found = until_grouped(&session, 6).await;
    // One cause is one group, with its routes.
    assert_eq!(counts(&found), [("/api/namespaces/", 6)]);
    let places = serde_json::json!([
        {"place": "/api/namespaces/", "errors": 4},
        {"place": "/api/namespaces/{id}/", "errors": 2},
    ]);
    assert_eq!(found["groups"][0]["places"], places);
    let group = &found["groups"][0];
    let message = group["message"].as_str().unwrap();
    assert!(message.contains("namespaces.description"), "{message}");
    assert!(
        group["kind"].as_str().unwrap().contains("errors"),
        "{group}"
    );
    assert!(utc(&group["first_seen"]) <= utc(&group["last_seen"]));
    let example = &group["example"];
    assert_eq!(example["request_id"], "failed-4");
    assert_eq!(example["at"], group["last_seen"]);
    let line = service
        .logs
        .line("error.log", |line| line["error_id"] == example["error_id"])
        .await;
    assert_eq!(line["timestamp"], example["at"]);

    let page = session.get("/admin/system-status/?period=1h").await;
    let shown = text_of(&page.body, "group-count").unwrap();
    assert_eq!(shown, "6");
    assert!(page.body.contains("href=\"/admin/requests/failed-4/\""));
    let route = session
        .get("/admin/routes/GET/api/namespaces/?period=1h")
        .await;
    let last = route
        .body
        .split("data-testid=\"last-errors\"")
        .nth(1)
        .unwrap();
    for number in 1..=4 {
        let link = format!("href=\"/admin/requests/failed-{number}/\"");
        assert!(last.contains(&link), "{link} in {last}");
    }

    assert_eq!(service.stop().await.code(), 0);
    // At once, long before the next regular write.
    assert_eq!(home.ops_sql().lines(WRITTEN).await, ["6"]);
    let service = home.serve().await;
    let session = service.signed_in().await;
    assert_eq!(groups(&session).await["errors"], 6);
    fail(&service, "/api/namespaces/", 1).await;
    let found = until_grouped(&session, 7).await;
    assert_eq!(counts(&found), [("/api/namespaces/", 7)]);
    assert_eq!(found["groups"][0]["first_seen"], group["first_seen"]);
    assert_eq!(found["groups"][0]["id"], group["id"]);
    assert_eq!(home.ops_sql().count("error_groups").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_the_store_loses_no_error_and_counts_none_twice() {
    let mut postgres = Postgres::down();
    let url = postgres.url("ops");
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("OPS_DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let session = service.signed_in().await;
    break_namespaces(&home).await;
    fail(&service, "/api/namespaces/", 3).await;
    let found = until_grouped(&session, 3).await;
    assert!(
        found["error"].is_string(),
        "of memory, and says so: {found}"
    );
    assert_eq!(counts(&found), [("/api/namespaces/", 3)]);

    postgres.come_up().await;
    until_written(&postgres.sql("ops"), "3").await;
    eventually("the store answers again", SOON, async || {
        groups(&session).await["error"].is_null().then_some(())
    })
    .await;

    postgres.stop().await;
    fail(&service, "/api/namespaces/", 4).await;
    let found = until_grouped(&session, 7).await;
    assert_eq!(counts(&found), [("/api/namespaces/", 7)]);
    let page = session.get("/admin/system-status/").await;
    assert_eq!(page.status, 200);
    postgres.come_up().await;
    until_written(&postgres.sql("ops"), "7").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_is_for_staff_and_says_what_it_does_not_understand() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    for path in ["/api/ops/errors/", "/api/ops/instances/"] {
        assert_eq!(service.http.get(path).await.status, 401, "{path}");
        let refused = session.get(&format!("{path}?period=2h")).await;
        assert_eq!(refused.status, 400, "{path}");
        assert_eq!(session.get(path).await.header("cache-control"), "no-store");
    }
    for path in ["errors", "traffic", "routes"] {
        let refused = session
            .get(&format!("/api/ops/{path}/?instance=nobody"))
            .await;
        assert_eq!(refused.status, 400, "{path}");
        assert!(refused.body.contains("nobody"), "{}", refused.body);
        let all = session.get(&format!("/api/ops/{path}/?instance=")).await;
        assert_eq!(all.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_a_database_away_fails_are_errors_everywhere() {
    let mut home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.postgres().stop().await;
    let http = service.http.with("x-request-id", "away");
    assert_eq!(http.get("/api/namespaces/").await.status, 503);
    let line = service
        .logs
        .line("error.log", |line| {
            line["request_id"] == "away" && line["status"] == 503
        })
        .await;
    assert_eq!(line["level"], "WARNING");
    assert_eq!(line["path"], "/api/namespaces/");
    let found = until_grouped(&session, 1).await;
    assert_eq!(counts(&found), [("/api/namespaces/", 1)]);

    let status = session.get("/api/ops/status/").await.json();
    let rows = status["recent_errors"].as_array().unwrap();
    let of_it = rows.iter().filter(|row| row["request_id"] == "away");
    assert_eq!(of_it.count(), 1, "one failure is one row: {rows:?}");
    let page = session.get("/admin/system-status/").await.body;
    assert!(!page.contains("No errors on record"), "{page}");
}
