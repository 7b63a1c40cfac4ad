#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::db::migrate::{self, Schema};
use crate::db::url::DatabaseUrl;

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
async fn a_late_write_undoes_nothing_and_what_is_too_old_goes() {
    let (_directory, ops) = empty_store().await;
    for (first, last) in [(50, 90), (40, 80), (60, 70)] {
        write(&ops, vec![group("g", first, last)]).await.unwrap();
    }
    write(&ops, vec![group("old", 1, 20)]).await.unwrap();
    let mut expected = group("g", 50, 90);
    expected.first_ms = 40;
    let names = || ["g", "old", "unknown"].map(str::to_owned).to_vec();
    let mut found = read(&ops, names()).await.unwrap();
    found.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
    assert_eq!(found, [expected.clone(), group("old", 1, 20)]);
    trim(&ops, 90).await.unwrap();
    assert_eq!(read(&ops, names()).await.unwrap(), [expected]);
}
