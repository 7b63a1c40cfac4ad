//! What people say of groups, over stores in memory.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use super::engine_fixture::{Machine, errors, last, log, only};
use super::*;
use crate::clock::{Clock as _, unix_millis};
use crate::series::InstanceFilter;

const MUTE: Change = Change::Mute { until_ms: None };

async fn the_group(machine: &Machine) -> Group {
    machine.last_hours(24).await.groups[0].clone()
}

fn care(machine: &Machine, group: &Group) -> Care {
    let now_ms = unix_millis(machine.clock.now());
    group.state.care(group.last_ms, now_ms)
}

#[tokio::test]
async fn a_resolved_group_is_back_with_its_next_error_and_says_in_which_version() {
    let mut machine = Machine::new();
    machine.fails("no card 1", 2);
    let id = the_group(&machine).await.fingerprint;
    let resolve = machine
        .errors
        .change(&id, Change::Resolve, "ada", "fixed by 1.1");
    resolve.await.unwrap();
    let group = the_group(&machine).await;
    assert_eq!(care(&machine, &group), Care::Resolved);
    assert_eq!(group.state.said.unwrap().reason, "fixed by 1.1");

    machine.version = "1.1";
    machine.restart();
    machine.clock.advance(Duration::from_secs(60));
    let back_ms = unix_millis(machine.clock.now());
    machine.fails("no card 2", 1);
    machine.clock.advance(Duration::from_secs(5));
    machine.fails("no card 3", 1);
    let group = the_group(&machine).await;
    assert_eq!(care(&machine, &group), Care::Open);
    let back = group.state.back.clone().unwrap();
    assert_eq!(
        (back.at_ms, back.version.as_deref()),
        (back_ms, Some("1.1"))
    );
    assert_eq!(group.first_version.as_deref(), Some("1.0"));
    assert_eq!(group.last_version.as_deref(), Some("1.1"));

    let window = last(&machine.clock, 60);
    let told = machine.errors.told(&id, window, &InstanceFilter::All).await;
    let told = told.unwrap().unwrap();
    let entries: Vec<(EntryKind, &str)> = told
        .entries
        .iter()
        .map(|entry| (entry.kind, entry.text.as_str()))
        .collect();
    assert_eq!(entries, [(EntryKind::Resolved, "fixed by 1.1")]);
    let runs: Vec<u64> = told.runs.iter().map(|(_, count)| *count).collect();
    assert_eq!(runs, [2, 2], "each run's own");
}

#[tokio::test]
async fn a_muted_group_is_counted_on_whatever_the_store_does() {
    let machine = Machine::new();
    machine.fails("a", 1);
    let id = the_group(&machine).await.fingerprint;
    machine
        .errors
        .change(&id, MUTE, "ada", "known")
        .await
        .unwrap();
    machine
        .errors
        .add_note(&id, "bob", "see the ticket")
        .await
        .unwrap();
    machine.fails("a", 4);
    let group = the_group(&machine).await;
    assert_eq!((group.count, care(&machine, &group)), (5, Care::Muted));

    machine.store.set_away(true);
    machine.errors.tick().await;
    let group = the_group(&machine).await;
    assert_eq!((group.count, care(&machine, &group)), (5, Care::Muted));
    let window = last(&machine.clock, 60);
    let told = machine.errors.told(&id, window, &InstanceFilter::All).await;
    let told = told.unwrap().unwrap();
    assert!(told.store_error.is_some() && told.group.count == 5);
    let refused = machine.errors.change(&id, Change::Unmute, "ada", "").await;
    assert!(matches!(refused, Err(Unchanged::Away(_))));
    let unknown = machine
        .errors
        .told("0000", window, &InstanceFilter::All)
        .await;
    assert!(unknown.is_err(), "nobody can say whether there is one");
}

#[tokio::test]
async fn what_nobody_has_seen_is_none_and_takes_no_word() {
    let machine = Machine::new();
    let window = last(&machine.clock, 60);
    let told = machine
        .errors
        .told("0000", window, &InstanceFilter::All)
        .await;
    assert!(told.unwrap().is_none());
    for refused in [
        machine.errors.change("0000", MUTE, "ada", "known").await,
        machine.errors.add_note("0000", "ada", "what?").await,
    ] {
        assert!(matches!(refused, Err(Unchanged::Unknown)));
    }
}

#[tokio::test]
async fn a_group_is_told_of_all_instances_or_of_one() {
    let machine = Machine::new();
    let other = errors(("other", "1.0"), &machine.clock, &machine.store);
    machine.fails("a", 2);
    log(&other, &machine.clock, "a");
    other.tick().await;
    let id = the_group(&machine).await.fingerprint;
    let window = last(&machine.clock, 60);
    for (filter, expected) in [
        (InstanceFilter::All, 3),
        (only("other"), 1),
        (only("nobody"), 0),
    ] {
        let told = machine.errors.told(&id, window, &filter).await;
        let told = told.unwrap().unwrap();
        let runs: u64 = told.runs.iter().map(|(_, count)| count).sum();
        assert_eq!((told.group.count, runs), (expected, expected), "{filter:?}");
    }
}
