#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use ops::errors::{Example, GroupKey, GroupRow, HourRow, MinuteCounts};
use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::db::migrate::{self, Schema};
use crate::db::url::DatabaseUrl;

const HOUR_MS: i64 = 3_600_000;

fn group(fingerprint: &str, first_ms: i64, last_ms: i64) -> GroupRow {
    GroupRow {
        fingerprint: fingerprint.to_owned(),
        key: GroupKey {
            kind: "a::b".to_owned(),
            message: "no card <n>".to_owned(),
            place: "/a/{id}".to_owned(),
        },
        first_ms,
        last_ms,
        example: Some(Example {
            at_ms: last_ms,
            text: format!("no card {last_ms}"),
            request_id: Some("r".to_owned()),
            error_id: None,
            instance: "one".to_owned(),
        }),
    }
}

fn hour(hour: i64, instance: &str, fingerprint: &str, errors: u64) -> HourRow {
    let mut minutes = MinuteCounts::default();
    minutes.add(7, errors);
    HourRow {
        hour,
        instance: instance.to_owned(),
        run: 1,
        fingerprint: fingerprint.to_owned(),
        minutes,
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_write_undoes_nothing() {
    let (_directory, ops) = empty_store().await;
    let at = |first, last, errors| {
        (
            vec![group("g", first, last)],
            vec![hour(5, "one", "g", errors)],
        )
    };
    for (groups, hours) in [at(50, 90, 4), at(40, 80, 3), at(60, 70, 4)] {
        write(&ops, groups, hours).await.unwrap();
    }
    let found = read(&ops, 0, None, 10).await.unwrap();
    assert_eq!(found.hours, [hour(5, "one", "g", 4)]);
    let mut expected = group("g", 50, 90);
    expected.first_ms = 40;
    assert_eq!(found.groups, [expected]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_most_frequent_come_with_their_hours_and_the_rest_is_counted() {
    let (_directory, ops) = empty_store().await;
    let groups = ["a", "b", "c"].map(|name| group(name, 1, 5 * HOUR_MS));
    let hours = vec![
        hour(4, "one", "a", 100),
        hour(5, "one", "a", 1),
        hour(5, "one", "b", 5),
        hour(5, "other", "b", 2),
        hour(6, "other", "c", 3),
    ];
    write(&ops, groups.to_vec(), hours).await.unwrap();
    let names = |found: &StoredErrors| -> Vec<String> {
        found
            .groups
            .iter()
            .map(|row| row.fingerprint.clone())
            .collect()
    };
    let all = read(&ops, 5, None, 1).await.unwrap();
    assert_eq!(names(&all), ["b"]);
    assert_eq!(
        all.hours,
        [hour(5, "one", "b", 5), hour(5, "other", "b", 2)]
    );
    assert_eq!((all.more_groups, all.more_errors), (2, 4));
    let of_other = read(&ops, 0, Some("other".to_owned()), 10).await.unwrap();
    assert_eq!(of_other.hours.len(), 2);
    assert_eq!((of_other.more_groups, of_other.more_errors), (0, 0));
    let nothing = read(&ops, 0, None, 0).await.unwrap();
    assert_eq!((nothing.groups.len(), nothing.more_groups), (0, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_old_goes() {
    let (_directory, ops) = empty_store().await;
    let groups = vec![group("old", 1, 4 * HOUR_MS), group("young", 1, 5 * HOUR_MS)];
    let hours = vec![
        hour(4, "one", "old", 1),
        hour(4, "one", "young", 1),
        hour(5, "one", "young", 2),
    ];
    write(&ops, groups, hours).await.unwrap();
    trim(&ops, 5).await.unwrap();
    let found = read(&ops, 0, None, 10).await.unwrap();
    assert_eq!(found.hours, [hour(5, "one", "young", 2)]);
    assert_eq!(found.groups.len(), 1);
    let kept: i64 = ops
        .run(
            "errors.count",
            query!(conn => error_groups::table.count().get_result(conn).await),
        )
        .await
        .unwrap();
    assert_eq!(kept, 1);
}
