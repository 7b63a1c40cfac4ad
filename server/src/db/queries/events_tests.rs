#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::db::migrate::{self, Schema};
use crate::db::url::DatabaseUrl;

async fn empty_store() -> (TempDir, Db) {
    let directory = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite {
        path: directory.path().join("ops.sqlite3"),
    };
    migrate::apply(Schema::Ops, &url, &Handle::current())
        .await
        .unwrap();
    let ops = Db::new(url, 2, Duration::from_secs(1), Handle::current());
    (directory, ops)
}

fn run(instance: &str) -> Run {
    Run::new(instance.to_owned(), UNIX_EPOCH)
}

fn event(instance: &str, number: u32, at_ms: i64, kind: EventKind) -> Event {
    Event {
        run: run(instance),
        number,
        at_ms,
        kind,
        detail: format!("{instance} {number}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_kept_once_found_by_time_and_trimmed() {
    const DAY: i64 = TRIM_EVENTS_MS;
    let (_directory, ops) = empty_store().await;
    let old = event("one", 0, 5, EventKind::Start);
    let stop = event("one", 1, DAY + 7, EventKind::Stop);
    let start = event("two", 0, 3 * DAY, EventKind::Start);
    let all = vec![old.clone(), stop.clone(), start.clone()];
    for _ in 0..2 {
        write(&ops, all.clone()).await.unwrap();
    }
    let found = async |from| {
        let mut found = since(&ops, from).await.unwrap();
        found.sort_by_key(|event| event.at_ms);
        found
    };
    assert_eq!(found(0).await, all);
    assert_eq!(found(6).await, [stop.clone(), start.clone()]);
    assert_eq!(start_before(&ops, &start).await.unwrap(), Some(old.clone()));
    assert_eq!(start_before(&ops, &old).await.unwrap(), None);

    for left in [&all[1..], &all[2..], &all[2..]] {
        trim(&ops, 2 * DAY).await.unwrap();
        assert_eq!(found(0).await, left);
    }
}
