//! Samples and events on their way through memory and a store that comes and goes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use proptest::collection::vec;
use proptest::prelude::*;

use super::hanging_store_tests::host;
use super::*;
use crate::clock::{ManualClock, Minute, Period, Resolution};
use crate::events::{Event, EventKind, EventStore, MemoryEvents};
use crate::series::{InstanceFilter, MemoryStore, RETENTION_MINUTES, Row, SeriesStore};

/// 2026-01-01, where a day begins.
const START: Duration = Duration::from_secs(1_767_225_600);

/// Tells what the test says.
#[derive(Default)]
struct Dial(Mutex<Option<u64>>);

impl Dial {
    fn set(&self, value: Option<u64>) {
        *self.0.lock().unwrap() = value;
    }
}

#[async_trait]
impl Source for Dial {
    async fn read(&self) -> Sample {
        let mut sample = Sample::default();
        sample.set(Gauge::Threads, *self.0.lock().unwrap());
        sample
    }
}

struct Machine {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    events: Arc<MemoryEvents>,
    dial: Arc<Dial>,
    host: Host,
}

impl Machine {
    fn set_away(&self, is_away: bool) {
        self.store.set_away(is_away);
        self.events.set_away(is_away);
    }

    fn rows(&self, resolution: Resolution) -> Vec<Row> {
        self.store.rows(HOST, resolution)
    }

    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(UNIX_EPOCH + START));
        Self::on(clock, Arc::default(), Arc::default(), "one", "1.0")
    }

    fn on(
        clock: Arc<ManualClock>,
        store: Arc<MemoryStore>,
        events: Arc<MemoryEvents>,
        instance: &str,
        version: &str,
    ) -> Self {
        let dial = Arc::new(Dial::default());
        let host = host(
            instance,
            version,
            vec![Arc::clone(&dial) as Arc<dyn Source>],
            &clock,
            Arc::clone(&store) as Arc<dyn SeriesStore>,
            Arc::clone(&events) as Arc<dyn EventStore>,
        );
        Self {
            clock,
            store,
            events,
            dial,
            host,
        }
    }

    /// The next start of the same service.
    fn restarted(&self, version: &str) -> Self {
        Self::on(
            Arc::clone(&self.clock),
            Arc::clone(&self.store),
            Arc::clone(&self.events),
            "two",
            version,
        )
    }

    async fn look(&self, value: u64) {
        self.dial.set(Some(value));
        self.host.sample().await;
    }

    /// A look in each, and one exchange with the store.
    async fn minutes_pass(&self, minutes: u32, value: u64) {
        for _ in 0..minutes {
            self.look(value).await;
            self.host.tick().await;
            self.clock.advance(Duration::from_secs(60));
        }
    }

    async fn levels(&self, period: Period) -> Vec<(i64, Option<Level>)> {
        let summary = self.host.summary(period, &InstanceFilter::All).await;
        let points = summary.levels.points.iter().map(|point| {
            let minute = point.start.since(summary.levels.start).unwrap();
            (i64::from(minute), point.value.get(Gauge::Threads).copied())
        });
        points.collect()
    }

    async fn total(&self, minutes: u32) -> Level {
        let levels = self.levels(Period::total(minutes)).await;
        levels[0].1.unwrap()
    }
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_minute_knows_how_often_how_much_and_what_came_last() {
    let machine = Machine::new();
    for value in [5, 9, 1, 3] {
        machine.look(value).await;
        machine.clock.advance(Duration::from_secs(10));
    }
    let expected = Level {
        count: 4,
        sum: 18,
        min: 1,
        max: 9,
        last: 3,
        last_at: i64::try_from(START.as_secs()).unwrap() + 30,
    };
    assert_eq!(machine.total(60).await, expected);
    machine.host.tick().await;
    assert_eq!(
        machine.total(60).await,
        expected,
        "stored, and counted once"
    );
    assert_eq!(machine.restarted("1.0").total(60).await, expected);
}

#[tokio::test]
async fn what_cannot_be_read_is_absent_and_its_minute_is_covered() {
    let machine = Machine::new();
    machine.dial.set(None);
    machine.host.sample().await;
    assert_eq!(machine.levels(Period::of(60, 1)).await, [(59, None)]);
}

#[tokio::test]
async fn a_gap_is_a_gap_and_survives_a_restart() {
    let machine = Machine::new();
    machine.minutes_pass(2, 4).await;
    machine.clock.advance(Duration::from_secs(5 * 60));
    let later = machine.restarted("1.0");
    later.minutes_pass(1, 8).await;
    later.look(8).await;
    let found = later.levels(Period::of(10, 1)).await;
    let minutes: Vec<_> = found.iter().map(|(minute, _)| *minute).collect();
    assert_eq!(minutes, [1, 2, 8, 9], "{found:?}");
    for (filter, minutes) in [
        (InstanceFilter::All, 4),
        (InstanceFilter::Instance("two".to_owned()), 2),
    ] {
        let summary = later.host.summary(Period::of(10, 1), &filter).await;
        assert_eq!(
            (summary.levels.covered_minutes, summary.levels.steps),
            (minutes, 10)
        );
    }
}

#[tokio::test]
async fn while_the_store_is_away_memory_knows_and_it_is_written_later() {
    let machine = Machine::new();
    machine.set_away(true);
    let versions = "1,2".to_owned();
    machine.host.note_event(EventKind::Migration, versions);
    machine.minutes_pass(90, 7).await;
    machine.look(7).await;
    let summary = machine
        .host
        .summary(Period::of(120, 1), &InstanceFilter::All)
        .await;
    assert_eq!(summary.levels.covered_minutes, 91);
    assert!(summary.levels.store_error.is_some() && summary.read_at.is_none());
    assert_eq!(
        kinds(&summary.events),
        [EventKind::Start, EventKind::Migration]
    );

    machine.set_away(false);
    machine.host.tick().await;
    assert_eq!(machine.rows(Resolution::Minute).len(), 91);
    assert_eq!(kinds(&machine.events.all()), kinds(&summary.events));
    assert_eq!(machine.total(120).await.count, 91);
    let summary = machine
        .host
        .summary(Period::of(120, 1), &InstanceFilter::All)
        .await;
    assert!(summary.levels.store_error.is_none() && summary.read_at.is_some());
    let hours = machine.rows(Resolution::Hour);
    assert_eq!(hours.len(), 1, "the hour that is over");
}

#[tokio::test]
async fn memory_is_bounded_however_long_the_store_is_away() {
    let machine = Machine::new();
    machine.set_away(true);
    for _ in 0..RETENTION_MINUTES + 5 {
        machine.look(1).await;
        machine.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(machine.host.dropped_minutes(), 4);
    for _ in 0..300 {
        machine.host.note_event(EventKind::Migration, String::new());
    }
    assert!(machine.host.events_since(Minute::from_number(0)).len() <= 200);
}

#[tokio::test]
async fn another_version_is_told_once_by_whichever_instance_starts() {
    let machine = Machine::new();
    machine.minutes_pass(1, 1).await;
    let same = machine.restarted("1.0");
    same.minutes_pass(1, 1).await;
    assert_eq!(kinds(&same.events.all()), [EventKind::Start; 2]);

    // Started while nobody could say what had run before.
    same.set_away(true);
    let other = same.restarted("1.1");
    other.minutes_pass(3, 1).await;
    other.set_away(false);
    other.minutes_pass(3, 1).await;
    let events = other.events.all();
    let expected = [
        EventKind::Start,
        EventKind::Start,
        EventKind::Start,
        EventKind::VersionChange,
    ];
    assert_eq!(kinds(&events), expected);
    assert_eq!(events[3].detail, "1.0 → 1.1");
    assert_eq!(events[3].at_ms, events[2].at_ms);
    assert_eq!(other.host.events_since(Minute::from_number(0)), events);
}

#[tokio::test(start_paused = true)]
async fn a_clean_stop_is_noted_after_the_last_sample() {
    let machine = Machine::new();
    machine.dial.set(Some(1));
    let stop = tokio::time::sleep(Duration::from_secs(3));
    machine
        .host
        .run_until(&crate::task::Pulse::unwatched(), stop)
        .await;
    assert_eq!(
        kinds(&machine.events.all()),
        [EventKind::Start, EventKind::Stop]
    );
    assert_eq!(machine.rows(Resolution::Minute).len(), 1);
}

#[tokio::test]
async fn days_later_hours_and_days_are_kept_and_minutes_are_not() {
    let machine = Machine::new();
    machine.minutes_pass(4 * 24 * 60, 2).await;
    let minutes = machine.rows(Resolution::Minute);
    assert!(
        minutes.len() <= RETENTION_MINUTES as usize + 1,
        "{}",
        minutes.len()
    );
    assert_eq!(machine.rows(Resolution::Hour).len(), 4 * 24 - 1);
    let days = machine.rows(Resolution::Day);
    assert_eq!(days.len(), 3);
    assert!(days.iter().all(|day| day.count == 24 * 60));
    // Out of minutes and hours together, nothing twice.
    let week = machine.levels(Period::of(7 * 24 * 60, 60)).await;
    let counts: u64 = week.iter().map(|(_, level)| level.unwrap().count).sum();
    assert_eq!(counts, 4 * 24 * 60);
}

#[tokio::test]
async fn what_a_crashed_process_left_is_rolled_up_by_the_next_one() {
    let machine = Machine::new();
    machine.minutes_pass(30, 6).await;
    machine.clock.advance(Duration::from_secs(3600 * 30));
    let next = machine.restarted("1.0");
    next.minutes_pass(1, 6).await;
    let hours = next.rows(Resolution::Hour);
    assert_eq!((hours.len(), hours[0].count), (1, 30));
    assert_eq!(hours[0].covered.bits(), (1 << 30) - 1);
    assert_eq!(next.rows(Resolution::Day).len(), 1);
}

#[tokio::test]
async fn a_clock_that_goes_back_replaces_nothing() {
    let machine = Machine::new();
    machine.minutes_pass(3, 5).await;
    machine.clock.set_now(UNIX_EPOCH + START);
    machine.minutes_pass(3, 9).await;
    machine.host.tick().await;
    let total = machine.total(60).await;
    assert_eq!((total.count, total.min, total.max), (6, 5, 9));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn over_tiers_and_instances_nothing_is_lost_or_counted_twice(
        values in vec((0..2_usize, 0..1_000_u64, 1..40_u64), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let one = Machine::new();
            let two = one.restarted("1.0");
            let machines = [&one, &two];
            for (which, value, minutes) in &values {
                machines[*which].look(*value).await;
                one.clock.advance(Duration::from_secs(minutes * 60));
                for machine in machines {
                    machine.host.tick().await;
                }
            }
            let newcomer = one.restarted("1.0");
            newcomer.host.tick().await;
            let numbers = || values.iter().map(|(_, value, _)| *value);
            for step in [60, 24 * 60] {
                let levels = newcomer.levels(Period::of(4 * 24 * 60, step)).await;
                let mut levels = levels.into_iter().filter_map(|(_, level)| level);
                let mut all = levels.next().unwrap();
                levels.for_each(|level| all.merge(&level));
                prop_assert_eq!(all.count, values.len() as u64);
                prop_assert_eq!(all.sum, numbers().sum::<u64>());
                prop_assert_eq!(Some(all.min), numbers().min());
                prop_assert_eq!(Some(all.max), numbers().max());
            }
            Ok(())
        })?;
    }
}
