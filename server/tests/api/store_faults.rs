//! The desk's own store broken, while the registry is well.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::disk::Disk;
use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Home, Http, Service, eventually};

const STORE: &str = "data/ops.sqlite3";
const WRITTEN: &str = "SELECT CAST(COALESCE(SUM(count), 0) AS TEXT) AS line FROM series \
     WHERE kind = 'traffic' AND resolution = 1";

fn set_aside(home: &Home) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.path("data")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with("ops.sqlite3.corrupt-") && name.ends_with('Z')
        })
        .collect()
}

async fn status(session: &Http) -> Value {
    let answer = session.get("/api/ops/status/").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
    answer.json()
}

/// Until a fresh store takes what is counted.
async fn until_stored(home: &Home, session: &Http, requests: &str) {
    eventually("a fresh store has the traffic", 3 * SOON, async || {
        let status = status(session).await;
        let written = home.ops_sql().try_lines(WRITTEN).await.ok()?;
        (status["traffic_24h_error"].is_null() && written == [requests]).then_some(())
    })
    .await;
}

/// A session, and one request that counts.
async fn visited(service: &Service) -> Http {
    assert_eq!(service.http.get("/").await.status, 302);
    service.signed_in().await
}

async fn told(service: &Service) {
    let line = service
        .logs
        .line("error.log", |line| line["set_aside"].is_string())
        .await;
    assert_eq!(line["level"], "ERROR");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_database_gives_way_to_a_fresh_one() {
    let home = Home::on(None);
    let garbage = "this was a database once\n".repeat(999);
    fs::create_dir_all(home.path("data")).unwrap();
    fs::write(home.path(STORE), &garbage).unwrap();
    let service = home.serve().await;
    told(&service).await;
    let aside = set_aside(&home);
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(fs::read_to_string(&aside[0]).unwrap(), garbage);
    let session = visited(&service).await;
    until_stored(&home, &session, "1").await;
    assert_eq!(set_aside(&home).len(), 1, "a sound file stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_that_shows_in_the_middle_of_work_is_mended_without_a_restart() {
    let home = Home::on(None);
    let service = home.serve().await;
    service.stop().await;
    // Its first page and that of the migrations are well, so that the damage shows later.
    let page = home
        .ops_sql()
        .lines("SELECT CAST(rootpage AS TEXT) AS line FROM sqlite_schema WHERE name = 'series'")
        .await;
    let page: u64 = page[0].parse().unwrap();
    let file = fs::File::options()
        .write(true)
        .open(home.path(STORE))
        .unwrap();
    file.write_all_at(&[0xA5; 4096], (page - 1) * 4096).unwrap();
    drop(file);

    let service = home.serve().await;
    told(&service).await;
    assert_eq!(set_aside(&home).len(), 1);
    // What was counted meanwhile waited in memory.
    let session = visited(&service).await;
    until_stored(&home, &session, "1").await;
    assert!(service.logs.text("error.log").lines().count() < 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_store_is_told_of_and_then_catches_up() {
    let home = Home::on(None);
    let service = home.serve().await;
    let session = visited(&service).await;
    let held = home.ops_sql().lock("").await;
    eventually("the store's trouble is told", 3 * SOON, async || {
        let status = status(&session).await;
        assert_eq!(status["traffic_24h"]["requests"], 1);
        status["traffic_24h_error"].is_string().then_some(())
    })
    .await;
    drop(held);
    until_stored(&home, &session, "1").await;
    assert!(
        set_aside(&home).is_empty(),
        "a busy file is not a damaged one"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_a_disk_that_turned_read_only_is_told_of_and_then_catches_up() {
    let home = Home::on(None);
    let Some(disk) = Disk::mount(home.path("disk")) else {
        return;
    };
    let store = [("OPS_DATABASE_URL", "sqlite://disk/ops.sqlite3")];
    let service = home.serve_with(&store).await;
    service.until_ready().await;
    service.stop().await;
    disk.set_read_only(true);

    let service = home.serve_with(&store).await;
    let session = visited(&service).await;
    eventually("the store's trouble is told", 3 * SOON, async || {
        let status = status(&session).await;
        assert_eq!(status["traffic_24h"]["requests"], 1);
        status["traffic_24h_error"].is_string().then_some(())
    })
    .await;
    disk.set_read_only(false);
    let sql = Sql::Sqlite(home.path("disk/ops.sqlite3"));
    eventually("it is written", 3 * SOON, async || {
        let status = status(&session).await;
        let written = sql.try_lines(WRITTEN).await.ok()?;
        (status["traffic_24h_error"].is_null() && written == ["1"]).then_some(())
    })
    .await;
    // Before the disk goes.
    service.stop().await;
}
