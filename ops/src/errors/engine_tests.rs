//! Hours of errors with a clock that is moved by hand: restarts, outages of the store, jumps.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::*;

use super::engine_fixture::{DAYS, Machine, errors, last, log, noon, only};
use super::*;
use crate::clock::Resolution;
use crate::series::InstanceFilter;

const HOUR: Duration = Duration::from_secs(3600);

fn counts(found: &Found) -> Vec<(&str, u64)> {
    let groups = found.groups.iter();
    groups
        .map(|group| (group.key.message.as_str(), group.count))
        .collect()
}

#[tokio::test]
async fn errors_come_together_by_what_they_are_the_most_frequent_first() {
    let machine = Machine::new();
    machine.fails("no card 17", 1);
    machine.fails("disk full", 3);
    machine.fails("no card 4", 1);
    machine.errors.absorb(b"no line of ours\n", 2);
    let found = machine.last_hours(1).await;
    assert_eq!(
        counts(&found),
        [("", 3), ("disk full", 3), ("no card <n>", 2)]
    );
    assert_eq!(found.total, 8);
    assert!(found.groups[0].key.is_other() && found.groups[0].example.is_none());
    assert!(found.store_error.is_none());
    let card = &found.groups[2];
    let example = card.example.as_ref().unwrap();
    assert_eq!(
        (example.text.as_str(), example.instance.as_str()),
        ("no card 4", "one")
    );
    assert!(example.request_id.as_ref().unwrap().starts_with("r-"));
    assert_eq!(
        (card.key.kind.as_str(), card.key.place.as_str()),
        ("a::b", "a::b")
    );
}

#[tokio::test]
async fn a_window_counts_by_the_minute_and_knows_when_it_began() {
    let machine = Machine::new();
    let minute = |time: SystemTime| {
        i64::try_from(time.duration_since(UNIX_EPOCH).unwrap().as_secs() / 60).unwrap()
    };
    for minutes in [0, 9, 10, 25] {
        machine
            .clock
            .set_now(noon() + Duration::from_secs(minutes * 60));
        machine.fails("a", minutes + 1);
    }
    let start = minute(noon());
    let window = Window {
        from: start + 1,
        end: start + 30,
        start,
        step_minutes: 10,
        steps: 3,
    };
    let found = machine.errors.groups(window, &InstanceFilter::All).await;
    assert_eq!(found.groups[0].steps, [10, 11, 26]);
    assert_eq!(found.groups[0].count, 47);
    // Ever, not within the window.
    assert_eq!(found.groups[0].first_ms, start * 60_000);
    assert_eq!(found.groups[0].last_ms, (start + 25) * 60_000);
}

#[tokio::test]
async fn counts_survive_a_restart_and_an_outage_exactly() {
    let mut machine = Machine::new();
    machine.fails("a 1", 5);
    machine.errors.tick().await;
    machine.restart();
    machine.fails("a 2", 2);
    machine.errors.tick().await;
    assert_eq!(counts(&*machine.last_hours(1).await), [("a <n>", 7)]);

    machine.store.set_away(true);
    machine.fails("a 3", 4);
    machine.fails("b", 1);
    machine.errors.tick().await;
    let alone = machine.last_hours(1).await;
    assert!(alone.store_error.is_some());
    assert_eq!(
        counts(&alone),
        [("a <n>", 6), ("b", 1)],
        "of this process, and said so"
    );
    machine.clock.advance(HOUR);
    machine.fails("a 3", 1);

    machine.store.set_away(false);
    machine.errors.tick().await;
    let all = machine.last_hours(24).await;
    assert!(all.store_error.is_none());
    assert_eq!(counts(&all), [("a <n>", 12), ("b", 1)]);
    machine.restart();
    assert_eq!(
        counts(&*machine.last_hours(24).await),
        [("a <n>", 12), ("b", 1)]
    );
}

#[tokio::test]
async fn a_store_that_is_back_is_noticed_though_nothing_waits() {
    let machine = Machine::new();
    machine.store.set_away(true);
    machine.fails("a", 1);
    machine.errors.tick().await;
    machine.store.set_away(false);
    machine.errors.tick().await;
    machine.store.set_away(true);
    assert!(machine.last_hours(1).await.store_error.is_some());
    machine.errors.tick().await;
    assert!(
        machine.last_hours(1).await.store_error.is_some(),
        "still away"
    );
    machine.store.set_away(false);
    machine.errors.tick().await;
    assert!(machine.last_hours(1).await.store_error.is_none());
}

#[tokio::test]
async fn instances_are_counted_together_and_apart() {
    let machine = Machine::new();
    let other = errors(("other", "1.0"), &machine.clock, &machine.store);
    machine.fails("a", 2);
    log(&other, &machine.clock, "a");
    log(&other, &machine.clock, "b");
    other.tick().await;
    let window = last(&machine.clock, 60);
    let all = machine.errors.groups(window, &InstanceFilter::All).await;
    assert_eq!(counts(&all), [("a", 3), ("b", 1)]);
    let of_other = machine.errors.groups(window, &only("other")).await;
    assert_eq!(counts(&of_other), [("a", 1), ("b", 1)]);
    let own = machine.errors.groups(window, &only("one")).await;
    assert_eq!(counts(&own), [("a", 2)]);
    let unknown = machine.errors.groups(window, &only("nobody")).await;
    assert!(unknown.groups.is_empty());
    // The log that has the line is this process's own, if there is one.
    assert_eq!(all.groups[0].example.as_ref().unwrap().instance, "one");
    assert_eq!(all.groups[1].example.as_ref().unwrap().instance, "other");
}

#[tokio::test]
async fn what_is_older_than_is_kept_goes_but_not_by_a_clock_that_jumped() {
    let machine = Machine::new();
    machine.fails("a", 1);
    machine.errors.tick().await;
    let kept = || machine.store.series.rows(ERRORS, Resolution::Hour).len();
    machine.clock.set_now(noon() + HOUR * 24 * (DAYS + 2));
    machine.errors.tick().await;
    assert_eq!(kept(), 1);
    for _ in 0..20 {
        machine.clock.advance(Duration::from_secs(60));
        machine.errors.tick().await;
    }
    assert_eq!(kept(), 0);
}

#[derive(Clone, Debug)]
enum Event {
    Fails(u8, u8),
    Ticks,
    Passes(u16),
    GoesAway,
    ComesBack,
    /// In good order: what it counted is written first, if that is possible at all.
    Restarts,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0_u8..4, 1_u8..9).prop_map(|(which, times)| Event::Fails(which, times)),
        3 => Just(Event::Ticks),
        2 => (1_u16..60).prop_map(Event::Passes),
        1 => Just(Event::GoesAway),
        1 => Just(Event::ComesBack),
        1 => Just(Event::Restarts),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_every_error_is_counted_once(events in vec(event(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut machine = Machine::new();
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for event in events {
                match event {
                    Event::Fails(which, times) => {
                        let message = ["a", "b", "c", "d"][usize::from(which)];
                        machine.fails(message, u64::from(times));
                        *expected.entry(message.to_owned()).or_default() += u64::from(times);
                    }
                    Event::Ticks => machine.errors.tick().await,
                    Event::Passes(minutes) => {
                        machine.clock.advance(Duration::from_secs(60) * u32::from(minutes));
                    }
                    Event::GoesAway => machine.store.set_away(true),
                    Event::ComesBack => machine.store.set_away(false),
                    Event::Restarts => {
                        machine.store.set_away(false);
                        machine.errors.tick().await;
                        machine.restart();
                    }
                }
            }
            machine.store.set_away(false);
            machine.errors.tick().await;
            let found = machine.last_hours(41).await;
            let found: BTreeMap<String, u64> =
                found.groups.iter().map(|group| (group.key.message.clone(), group.count)).collect();
            prop_assert_eq!(found, expected);
            Ok(())
        })?;
    }
}
