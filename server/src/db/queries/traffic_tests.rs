#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use ops::traffic::{
    ByClass, Covered, EncodedHistogram, Histogram, Run, SeriesKey, SeriesTotals, StatusClass,
    Totals,
};
use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::db::migrate::{self, Schema};
use crate::db::url::DatabaseUrl;

fn rows(start: i64, requests: u64) -> Rows {
    let mut durations = Histogram::default();
    for _ in 0..requests {
        durations.record(Duration::from_millis(3));
    }
    let durations = EncodedHistogram::of(&durations);
    Rows {
        span: Span::Minute,
        start: Minute::from_number(start),
        run: Run::new("one".to_owned(), UNIX_EPOCH),
        covered: Covered::MINUTE,
        totals: Totals {
            by_class: ByClass {
                success: requests,
                ..ByClass::default()
            },
            bytes: 7,
            database_us: 11,
            durations: durations.clone(),
        },
        series: vec![SeriesTotals {
            key: Arc::new(SeriesKey::new(
                "GET",
                "/a/{id}".to_owned(),
                StatusClass::Success,
            )),
            requests,
            bytes: 7,
            database_us: 11,
            durations,
        }],
    }
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

async fn requests(ops: &Db, span: Span) -> Vec<(i64, u64)> {
    let first = Minute::from_number(i64::MIN);
    let mut found: Vec<_> = totals_since(ops, span, first)
        .await
        .unwrap()
        .iter()
        .map(|row| {
            let tally = row.totals.to_tally().unwrap();
            assert_eq!(tally.durations.count(), tally.requests());
            (row.start.number(), tally.requests())
        })
        .collect();
    found.sort_unstable();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_write_undoes_nothing_and_trimming_goes_in_steps() {
    let (_directory, ops) = empty_store().await;
    let first = vec![rows(10, 1), rows(69, 2), rows(70, 3), rows(500, 4)];
    write(&ops, first).await.unwrap();
    write(&ops, vec![rows(500, 6)]).await.unwrap();
    write(&ops, vec![rows(500, 5)]).await.unwrap();
    let written = [(10, 1), (69, 2), (70, 3), (500, 6)];
    assert_eq!(requests(&ops, Span::Minute).await, written);

    let oldest = Minute::from_number(400);
    for left in [&[(70, 3), (500, 6)][..], &[(500, 6)], &[(500, 6)]] {
        trim(&ops, Span::Minute, oldest).await.unwrap();
        assert_eq!(requests(&ops, Span::Minute).await, left);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_do_not_disturb_each_other_and_come_back_with_their_series() {
    let (_directory, ops) = empty_store().await;
    let hour = Rows {
        span: Span::Hour,
        covered: Covered::from_bits(0b110),
        ..rows(60, 8)
    };
    let less_covered = Rows {
        covered: Covered::from_bits(0b100),
        ..hour.clone()
    };
    write(&ops, vec![rows(60, 1), hour.clone()]).await.unwrap();
    write(&ops, vec![less_covered]).await.unwrap();
    let between = async |span, from, to| {
        let (from, to) = (Minute::from_number(from), Minute::from_number(to));
        rows_between(&ops, span, from, to).await.unwrap()
    };
    assert_eq!(between(Span::Minute, 60, 61).await, [rows(60, 1)]);
    assert_eq!(between(Span::Hour, 0, 61).await, [hour]);
    assert_eq!(between(Span::Hour, 0, 60).await, []);
    assert_eq!(between(Span::Hour, 61, 120).await, []);

    trim(&ops, Span::Minute, Minute::from_number(61))
        .await
        .unwrap();
    assert_eq!(requests(&ops, Span::Minute).await, []);
    assert_eq!(requests(&ops, Span::Hour).await, [(60, 8)]);
}
