//! The databases from within: `/admin/database/`, and the same as JSON.

use serde_json::Value;

use crate::support::json::{keys, utc};
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, eventually};

on_both_databases![
    both_databases_are_shown_with_what_their_queries_cost,
    the_sessions_of_a_new_database_are_not_asked_for_before_it_has_tables,
    strangers_are_refused,
];

const PATH: &str = "/api/ops/database/";

async fn report(session: &Http) -> Value {
    let answer = session.get(PATH).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

async fn both_databases_are_shown_with_what_their_queries_cost(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let body = report(&session).await;
    assert_eq!(keys(&body), ["counted_since", "generated_at", "stores"]);
    utc(&body["generated_at"]);
    utc(&body["counted_since"]);
    let stores = body["stores"].as_array().unwrap();
    let roles: Vec<&Value> = stores.iter().map(|store| &store["role"]).collect();
    assert_eq!(roles, ["registry", "ops"]);
    let vendor = match database {
        Database::Sqlite => "sqlite",
        Database::Postgres => "postgresql",
    };
    assert_eq!(stores[0]["vendor"], vendor);
    assert_eq!(stores[0]["inside"]["vendor"], vendor);
    assert_eq!(stores[1]["inside"]["journal_mode"], "wal");
    assert!(
        stores[1]["inside"]["file_bytes"].as_u64().unwrap() > 0,
        "{body}"
    );
    if database == Database::Postgres {
        assert!(
            stores[0]["inside"]["connections"].as_u64().unwrap() >= 1,
            "{body}"
        );
        assert!(
            stores[0]["inside"]["size_bytes"].as_u64().unwrap() > 0,
            "{body}"
        );
    }

    let calls = |body: &Value| {
        let queries = body["stores"][0]["queries"].as_array().unwrap();
        let found = queries
            .iter()
            .find(|query| query["name"] == "sessions.find");
        found.map_or(0, |query| query["count"].as_u64().unwrap())
    };
    let before = calls(&body);
    assert!(before >= 1, "{body}");
    report(&session).await;
    assert!(calls(&report(&session).await) >= before + 2);

    let page = session.get("/admin/database/").await;
    assert_eq!(page.status, 200);
    for piece in [
        "data-testid=\"store-registry\"",
        "sessions.find",
        "data-testid=\"finding\"",
    ] {
        assert!(page.body.contains(piece), "{piece} in {}", page.body);
    }
}

async fn the_sessions_of_a_new_database_are_not_asked_for_before_it_has_tables(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let failures = |body: &Value, store: usize, name: &str| {
        let mut queries = body["stores"][store]["queries"].as_array().unwrap().iter();
        let found = queries.find(|query| query["name"] == name)?;
        found["failures"].as_u64()
    };
    let found = eventually("the standing sessions are read", SOON, async || {
        let body = report(&session).await;
        let standing = failures(&body, 0, "sessions.standing")?;
        Some([standing, failures(&body, 1, "known_sessions.all")?])
    })
    .await;
    assert_eq!(found, [0, 0]);
}

async fn strangers_are_refused(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    assert_eq!(service.http.get(PATH).await.status, 401);
    let answer = service.http.get("/admin/database/").await;
    assert_eq!(answer.location(), "/admin/login/?next=/admin/database/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_lock_and_for_whom_is_told_while_it_lasts() {
    let home = Home::new(Database::Postgres).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let other = service.signed_in().await;
    let held = home.sql().lock("sessions").await;
    let leaving = tokio::spawn(async move {
        // Waits for the lock, until its own deadline at the latest.
        other.same_origin().post("/admin/logout/", &[]).await
    });
    let body = eventually("the one that waits is shown", SOON, async || {
        let body = report(&session).await;
        let inside = &body["stores"][0]["inside"];
        let is_shown = inside["blocked"]
            .as_array()
            .is_some_and(|blocked| !blocked.is_empty())
            && inside["statements"]
                .as_array()
                .is_some_and(|found| !found.is_empty());
        is_shown.then_some(body)
    })
    .await;
    let inside = &body["stores"][0]["inside"];
    assert_eq!(inside["blocked"][0]["relation"], "sessions");
    // The test's own statement belongs to another client, so its text stays unseen.
    let statements = inside["statements"].as_array().unwrap();
    let of_others = statements
        .iter()
        .filter(|found| found["application"] != "agent-source-db");
    for statement in of_others {
        assert!(statement["sql"].is_null(), "{statement}");
    }
    let page = session.get("/admin/database/").await;
    assert!(page.body.contains("for a lock"), "{}", page.body);
    drop(held);
    leaving.await.unwrap();
}
