//! The desk without its own store, and without the users' one.

use std::fs;
use std::time::Duration;

use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Database, Home, eventually};

const LONG: Duration = Duration::from_secs(30);

fn set_aside(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path("data")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let kept = |name: &String| name.starts_with("ops.sqlite3.corrupt-") && name.ends_with('Z');
    names.filter(kept).collect()
}

async fn stored(home: &Home) -> Option<u64> {
    let query = "SELECT CAST(COALESCE(SUM(requests), 0) AS TEXT) AS line FROM traffic_totals \
                 WHERE span = 1";
    let lines = home.ops_sql().try_lines(query).await.ok()?;
    lines.first()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrupt_store_is_set_aside_at_the_start() {
    let home = Home::new(Database::Sqlite).await;
    fs::create_dir_all(home.path("data")).unwrap();
    fs::write(
        home.path("data/ops.sqlite3"),
        "no database at all ".repeat(500),
    )
    .unwrap();
    let service = home.serve().await;
    let session = service.signed_in().await;
    service.http.get("/").await;
    eventually("a fresh store takes what is counted", LONG, async || {
        (stored(&home).await == Some(1)).then_some(())
    })
    .await;
    let aside = set_aside(&home);
    assert_eq!(aside.len(), 1, "{aside:?}");
    let kept = fs::read_to_string(home.path("data").join(&aside[0])).unwrap();
    assert!(kept.starts_with("no database at all"));
    let errors = session.get("/api/ops/status/").await.json()["recent_errors"].to_string();
    assert!(errors.contains("set aside"), "{errors}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_breaks_while_the_service_runs_is_set_aside_too() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    service.http.get("/").await;
    eventually("it is written", SOON, async || {
        (stored(&home).await == Some(1)).then_some(())
    })
    .await;
    for file in ["ops.sqlite3", "ops.sqlite3-wal"] {
        let path = home.path("data").join(file);
        let bytes = fs::metadata(&path).unwrap().len().max(100_000);
        fs::write(&path, vec![0x55; usize::try_from(bytes).unwrap()]).unwrap();
    }
    service.http.get("/").await;
    let page = session.get("/admin/system-status/").await;
    assert_eq!(page.status, 200);
    // Memory remembers the whole minute.
    eventually("a fresh store takes what is counted", LONG, async || {
        (stored(&home).await.is_some_and(|requests| requests >= 1)).then_some(())
    })
    .await;
    assert_eq!(set_aside(&home).len(), 1);
    let status = session.get("/api/ops/status/").await.json();
    assert_eq!(status["traffic_24h"]["requests"], 2, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_code_opens_the_desk_for_reading_while_nobody_can_sign_in() {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    let issue = async || {
        let finished = home.run(&["access-code"], &[]).await;
        assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
        finished.stdout.last().unwrap().clone()
    };
    let code = issue().await;
    // With the users at hand it opens nothing.
    let refused = service.http.sign_in("access-code", &code).await;
    assert_eq!(refused.status, 401);

    home.postgres().stop().await;
    eventually("the failure is seen", SOON, async || {
        (service.http.get("/health/ready/").await.status == 503).then_some(())
    })
    .await;
    let answer = service.http.sign_in("access-code", &code).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let session = service
        .http
        .with("cookie", &answer.session_cookie().unwrap());
    for path in [
        "/admin/system-status/",
        "/admin/routes/",
        "/api/ops/status/",
    ] {
        assert_eq!(session.get(path).await.status, 200, "{path}");
    }
    let written = session.same_origin().post("/api/agentcards/", &[]).await;
    assert_eq!(written.status, 403, "{}", written.body);
    assert!(written.body.contains("reading only"), "{}", written.body);

    let again = service.http.sign_in("access-code", &code).await;
    assert_eq!(again.status, 503, "{}", again.body);
    assert!(
        again.body.contains("access-code"),
        "it says how to get a new one"
    );
    let forged = service.http.sign_in("access-code", "v1.bm8.bm8").await;
    assert_eq!(forged.status, 503);
    let line = eventually("it is in the log", SOON, async || {
        let lines = service.logs.lines("error.log");
        lines.into_iter().find(|line| {
            line["message"]
                .as_str()
                .is_some_and(|text| text.contains("access code"))
        })
    })
    .await;
    assert_eq!(line["level"], "WARNING");

    home.postgres().come_up().await;
    eventually("it ends when the users are back", SOON, async || {
        (session.get("/api/ops/status/").await.status == 401).then_some(())
    })
    .await;
}
