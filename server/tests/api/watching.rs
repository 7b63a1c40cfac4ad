//! Looking at the desk costs the registry nothing, least of all when it has trouble.

use serde_json::Value;

use crate::support::registry::add_namespace;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

/// What viewers keep asking for.
const FACES: [&str; 4] = [
    "/admin/system-status/",
    "/api/ops/status/",
    "/admin/database/",
    "/api/ops/database/",
];
const VIEWERS: usize = 4;
const ROUNDS: usize = 6;

async fn watch(viewer: Http) {
    for _ in 0..ROUNDS {
        for face in FACES {
            let answer = viewer.get(face).await;
            assert_eq!(answer.status, 200, "{face}: {}", answer.body);
        }
    }
}

async fn inside(staff: &Http) -> Value {
    let report = staff.get("/api/ops/database/").await.json();
    report["stores"][0].clone()
}

/// Who waits for `relation`, if the desk says so.
fn waits_for<'a>(store: &'a Value, relation: &str) -> Option<&'a Value> {
    let blocked = store["inside"]["blocked"].as_array()?;
    blocked.iter().find(|one| one["relation"] == relation)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_table_locked_viewers_hold_up_no_request_and_are_told_why() {
    let home = Home::new(Database::Postgres).await;
    // Each viewer could exhaust it alone.
    let service = home.serve_with(&[("DATABASE_POOL_MAX", "2")]).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    add_namespace(&staff.same_origin(), "a").await;
    let known = staff.get("/api/ops/status/").await.json();
    assert_eq!(known["data"]["namespaces"]["total"], 1, "{known}");
    assert!(known["data_measured_at"].is_null(), "{known}");
    let held = home.sql().lock("agent_cards").await;

    let viewers: Vec<_> = (0..VIEWERS)
        .map(|_| tokio::spawn(watch(staff.clone())))
        .collect();
    while !viewers.iter().all(tokio::task::JoinHandle::is_finished) {
        let answer = service.http.get("/api/namespaces/").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let health = service.http.get("/health/db/").await;
        assert_eq!(health.status, 200, "{}", health.body);
        // A check may be under way, and nothing else is.
        let active = &health.json()["database"]["pool"]["active"];
        assert!(active.as_u64().unwrap() <= 1, "{}", health.body);
        let ready = service.http.get("/health/ready/").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
    }
    for viewer in viewers {
        viewer.await.unwrap();
    }

    // What was known before the lock, and since when.
    let status = staff.get("/api/ops/status/").await.json();
    assert_eq!(status["data"], known["data"], "{status}");
    assert_eq!(status["data_error"], "timeout", "{status}");
    assert!(status["data_measured_at"].is_string(), "{status}");
    let page = staff.get("/admin/system-status/").await.body;
    assert!(page.contains("data-testid=\"last-known\""), "{page}");
    let blocked = eventually("the lock is shown", SOON, async || {
        let store = inside(&staff).await;
        waits_for(&store, "agent_cards").cloned()
    })
    .await;
    assert!(blocked["by_pid"].is_i64(), "{blocked}");
    let told = service.logs.lines("error.log");
    let own = told
        .iter()
        .filter(|line| line["name"] == "statistics.count")
        .count();
    assert!(own <= 1, "the desk's own trouble floods the log: {own}");

    drop(held);
    eventually("it is counted again", SOON, async || {
        let status = staff.get("/api/ops/status/").await.json();
        status["data_error"].is_null().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_pool_exhausted_the_desk_says_who_waits_for_whom() {
    let home = Home::new(Database::Postgres).await;
    let service = home.serve_with(&[("DATABASE_POOL_MAX", "2")]).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    let held = home.sql().lock("agent_cards").await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let http = service.http.clone();
            tokio::spawn(async move { http.get("/api/agentcards/").await })
        })
        .collect();
    eventually("requests have taken the pool", SOON, async || {
        let store = inside(&staff).await;
        let is_full = store["pool"]["active"] == 2;
        assert!(!is_full || store["inside_error"].is_null(), "{store}");
        (is_full && waits_for(&store, "agent_cards").is_some()).then_some(())
    })
    .await;
    let page = staff.get("/admin/database/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("agent_cards"), "{}", page.body);
    drop(held);
    for answer in waiting {
        answer.await.unwrap();
    }
    is_well(&service).await;
}

async fn is_well(service: &Service) {
    service.until_ready().await;
    assert_eq!(service.http.get("/api/agentcards/").await.status, 200);
}
