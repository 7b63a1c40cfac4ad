#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use ops::errors::{Change, Entry, EntryKind};
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
        news_ms: last_ms,
        first_version: Some("1.0".to_owned()),
        last_version: Some("1.0".to_owned()),
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

fn at(place: &str, first_ms: i64, last_ms: i64) -> GroupRow {
    let mut row = group(place, first_ms, last_ms);
    row.key.place = place.to_owned();
    row
}

fn entry(kind: EntryKind, at_ms: i64) -> Entry {
    Entry {
        at_ms,
        kind,
        by: Some("ada".to_owned()),
        text: "because".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_one_group_wherever_it_shows_and_what_was_said_ends_with_it() {
    let (_directory, ops) = empty_store().await;
    write(&ops, vec![at("/a", 50, 90), at("/b", 40, 80)])
        .await
        .unwrap();
    let cause = at("/a", 0, 0).key.cause().fingerprint();
    let places = of_cause(&ops, cause.clone()).await.unwrap();
    assert_eq!(places.len(), 2);
    // As an earlier version wrote them.
    ops.run(
        "test.forget",
        query!(conn => diesel::update(error_groups::table)
            .set(error_groups::cause.eq(""))
            .execute(conn)
            .await),
    )
    .await
    .unwrap();
    assert!(of_cause(&ops, cause.clone()).await.unwrap().is_empty());
    assert!(!complete(&ops).await.unwrap());
    assert_eq!(of_cause(&ops, cause.clone()).await.unwrap().len(), 2);

    let new = arrivals(&ops, 30, 100).await.unwrap();
    assert_eq!(new.len(), 1, "{new:?}");
    let news = News {
        at_ms: 40,
        is_back: false,
    };
    assert_eq!(
        new.as_slice().first().map(|new| (&new.id, new.news)),
        Some((&cause, news))
    );

    let resolve = error_states::change(
        &ops,
        cause.clone(),
        Change::Resolve,
        entry(EntryKind::Resolved, 95),
    );
    resolve.await.unwrap();
    assert_eq!(arrivals(&ops, 30, 100).await.unwrap(), []);
    // Another place of it: what was resolved is back.
    write(&ops, vec![at("/c", 120, 120)]).await.unwrap();
    let states = error_states::read(&ops, vec![cause.clone()]).await.unwrap();
    let back = states.get(&cause).and_then(|state| state.came_back());
    assert_eq!(
        back.map(|back| (back.at_ms, back.version.as_deref())),
        Some((120, Some("1.0")))
    );
    let news = arrivals(&ops, 100, 130).await.unwrap();
    assert!(
        news.iter().all(|one| one.news.is_back) && news.len() == 1,
        "{news:?}"
    );
    write(&ops, vec![at("/c", 120, 125)]).await.unwrap();
    let kinds = |entries: Vec<Entry>| entries.iter().map(|entry| entry.kind).collect::<Vec<_>>();
    let said = error_states::entries(&ops, cause.clone()).await.unwrap();
    assert_eq!(kinds(said), [EntryKind::Back, EntryKind::Resolved], "once");

    let mute = Change::Mute { until_ms: None };
    let mute = error_states::change(&ops, cause.clone(), mute, entry(EntryKind::Muted, 130));
    mute.await.unwrap();
    assert_eq!(arrivals(&ops, 0, 130).await.unwrap(), []);
    trim(&ops, 200).await.unwrap();
    assert!(
        error_states::read(&ops, vec![cause.clone()])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(error_states::entries(&ops, cause).await.unwrap(), []);
}
