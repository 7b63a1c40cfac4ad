#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::UNIX_EPOCH;

use ops::host::{Gauge, Levels, Sample};
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

fn row(span: Span, start: i64, samples: u64) -> HostRow {
    let start = Minute::from_number(start);
    let mut sample = Sample::default();
    sample.set(Gauge::Threads, Some(samples));
    let mut levels = Levels::default();
    levels.record(&sample, start.start());
    HostRow {
        span,
        start,
        run: run("one"),
        covered: Covered::MINUTE,
        samples,
        levels: EncodedLevels::of(&levels, start),
    }
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

async fn rows(ops: &Db, span: Span) -> Vec<HostRow> {
    let first = Minute::from_number(i64::MIN);
    let mut found = rows_since(ops, span, first).await.unwrap();
    found.sort_by_key(|row| row.start);
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_write_undoes_nothing_and_trimming_goes_in_steps() {
    let (_directory, ops) = empty_store().await;
    let minute = |start, samples| row(Span::Minute, start, samples);
    let first = vec![minute(10, 1), minute(69, 2), minute(70, 3), minute(500, 4)];
    write(&ops, first, Vec::new()).await.unwrap();
    for samples in [6, 5] {
        write(&ops, vec![minute(500, samples)], Vec::new())
            .await
            .unwrap();
    }
    let hour = row(Span::Hour, 60, 8);
    write(&ops, vec![hour.clone()], Vec::new()).await.unwrap();
    let written = [minute(10, 1), minute(69, 2), minute(70, 3), minute(500, 6)];
    assert_eq!(rows(&ops, Span::Minute).await, written);

    let oldest = Minute::from_number(400);
    for left in [&written[2..], &written[3..], &written[3..]] {
        trim(&ops, Span::Minute, oldest).await.unwrap();
        assert_eq!(rows(&ops, Span::Minute).await, left);
    }
    assert_eq!(rows(&ops, Span::Hour).await, [hour]);
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
        write(&ops, Vec::new(), all.clone()).await.unwrap();
    }
    let found = async |from| {
        let mut found = events_since(&ops, from).await.unwrap();
        found.sort_by_key(|event| event.at_ms);
        found
    };
    assert_eq!(found(0).await, all);
    assert_eq!(found(6).await, [stop.clone(), start.clone()]);
    assert_eq!(start_before(&ops, &start).await.unwrap(), Some(old.clone()));
    assert_eq!(start_before(&ops, &old).await.unwrap(), None);

    for left in [&all[1..], &all[2..], &all[2..]] {
        trim_events(&ops, 2 * DAY).await.unwrap();
        assert_eq!(found(0).await, left);
    }
}
