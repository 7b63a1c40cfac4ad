#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::db::migrate::{self, Schema};
use crate::db::url::DatabaseUrl;

const KIND: Kind = Kind("test");

fn row(resolution: Resolution, start: i64, count: u64) -> Row {
    Row {
        kind: KIND,
        resolution,
        start: Minute::from_number(start),
        run: Run::new("one".to_owned(), UNIX_EPOCH),
        key: Arc::from(""),
        covered: Covered::MINUTE,
        count,
        payload: Box::from(count.to_be_bytes()),
    }
}

fn minute(start: i64, count: u64) -> Row {
    row(Resolution::Minute, start, count)
}

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

async fn all(ops: &Db, kind: Kind, resolution: Resolution) -> Vec<Row> {
    let range = Minute::EARLIEST..Minute::LATEST;
    let mut found = read(ops, kind, resolution, range).await.unwrap();
    found.sort_by_key(|row| (row.start, row.run.clone(), Arc::clone(&row.key)));
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_write_undoes_nothing_and_trimming_goes_in_steps() {
    let (_directory, ops) = empty_store().await;
    let first = vec![minute(10, 1), minute(69, 2), minute(70, 3), minute(500, 4)];
    write(&ops, first).await.unwrap();
    for count in [6, 5] {
        write(&ops, vec![minute(500, count)]).await.unwrap();
    }
    let written = [minute(10, 1), minute(69, 2), minute(70, 3), minute(500, 6)];
    assert_eq!(all(&ops, KIND, Resolution::Minute).await, written);

    let before = Minute::from_number(400);
    for left in [&written[2..], &written[3..], &written[3..]] {
        trim(&ops, KIND, Resolution::Minute, before).await.unwrap();
        assert_eq!(all(&ops, KIND, Resolution::Minute).await, left);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinds_resolutions_runs_and_keys_do_not_disturb_each_other() {
    let (_directory, ops) = empty_store().await;
    let of_minute = minute(60, 1);
    let hour = Row {
        covered: Covered::from_bits(0b110),
        ..row(Resolution::Hour, 60, 8)
    };
    let later_run = Row {
        run: Run::new("one".to_owned(), UNIX_EPOCH + Duration::from_millis(1)),
        ..hour.clone()
    };
    let of_key = Row {
        key: Arc::from("GET /a/{id} 2"),
        ..hour.clone()
    };
    let other = Row {
        kind: Kind("other"),
        ..hour.clone()
    };
    let less_covered = Row {
        covered: Covered::from_bits(0b100),
        ..hour.clone()
    };
    let rows = [
        &other,
        &later_run,
        &of_key,
        &hour,
        &of_minute,
        &less_covered,
    ];
    write(&ops, rows.map(Row::clone).to_vec()).await.unwrap();
    write(&ops, vec![less_covered]).await.unwrap();
    assert_eq!(all(&ops, KIND, Resolution::Minute).await, [of_minute]);
    let hours = [hour, of_key, later_run];
    assert_eq!(all(&ops, KIND, Resolution::Hour).await, hours);
    assert_eq!(all(&ops, other.kind, Resolution::Hour).await, [other]);
    assert_eq!(all(&ops, KIND, Resolution::Day).await, []);
    let at = Minute::from_number;
    let within = read(&ops, KIND, Resolution::Hour, at(61)..at(120)).await;
    assert_eq!(within.unwrap(), []);
    trim(&ops, KIND, Resolution::Minute, at(100)).await.unwrap();
    assert_eq!(all(&ops, KIND, Resolution::Minute).await, []);
    assert_eq!(all(&ops, KIND, Resolution::Hour).await, hours);
}
