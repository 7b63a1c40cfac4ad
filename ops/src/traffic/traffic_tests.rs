//! Days of traffic with a clock that is moved by hand: restarts, outages of the store, jumps.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::clock::{Clock, ManualClock, Minute, Resolution};
use crate::series::{
    InstanceFilter, MemoryStore, Payload as _, RETENTION_MINUTES, Retention, Row, Run, StoreError,
};

const MINUTE: Duration = Duration::from_secs(60);

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000) + MINUTE / 2
}

/// One machine with one store, on which the service is started again and again.
struct Machine {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    traffic: Traffic,
}

fn traffic(instance: &str, clock: &Arc<ManualClock>, store: &Arc<MemoryStore>) -> Traffic {
    let run = Run::new(instance.to_owned(), clock.now());
    let (clock, store) = (Arc::clone(clock), Arc::clone(store));
    Traffic::new(run, clock, store, Retention::default())
}

impl Machine {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(noon()));
        let store = Arc::new(MemoryStore::default());
        let traffic = traffic("one", &clock, &store);
        Self {
            clock,
            store,
            traffic,
        }
    }

    fn serve(&self, status: u16, times: u64) {
        serve(&self.traffic, status, times);
    }

    /// As after kill -9: what was not written is gone.
    fn restart(&mut self) {
        self.clock.advance(Duration::from_secs(1));
        self.traffic = traffic("one", &self.clock, &self.store);
    }

    async fn minutes_pass(&self, minutes: u32) {
        for _ in 0..minutes {
            self.clock.advance(MINUTE);
            self.traffic.tick().await;
        }
    }

    fn jump(&self, minutes: i64) {
        let distance = MINUTE * u32::try_from(minutes.unsigned_abs()).unwrap();
        let now = self.clock.now();
        self.clock.set_now(if minutes < 0 {
            now - distance
        } else {
            now + distance
        });
    }

    fn minutes(&self) -> Vec<Row> {
        self.store.rows(TRAFFIC, Resolution::Minute)
    }

    fn stored(&self) -> u64 {
        let mut of_routes: BTreeMap<(Minute, Run), u64> = BTreeMap::new();
        for row in self.store.rows(ROUTES, Resolution::Minute) {
            *of_routes.entry((row.start, row.run)).or_default() += row.count;
        }
        let minutes = self.minutes();
        for row in &minutes {
            let of_minute = of_routes.remove(&(row.start, row.run.clone()));
            assert_eq!(of_minute.unwrap_or_default(), row.count);
            let mut tally = Tally::default();
            tally.merge_encoded(&row.payload, row.start).unwrap();
            assert_eq!(tally.durations.count(), tally.requests());
            assert_eq!(tally.requests(), row.count);
        }
        assert!(of_routes.is_empty(), "no route without a total");
        minutes.iter().map(|row| row.count).sum()
    }
}

fn serve(traffic: &Traffic, status: u16, times: u64) {
    for _ in 0..times {
        traffic.recorder().started("GET");
        traffic.recorder().finished(&Sample {
            method: "GET",
            route: "/api/agentcards/",
            status,
            duration: Duration::from_millis(10),
            database: Duration::from_millis(4),
            bytes: 3,
            request_id: "one",
            trace: None,
        });
    }
}

#[tokio::test]
async fn the_running_minute_counts_at_once() {
    let machine = Machine::new();
    let idle = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!(idle.points.len(), 1);
    assert_eq!((idle.points[0].average, idle.points[0].p95), (None, None));

    machine.serve(200, 7);
    machine.serve(404, 2);
    machine.serve(503, 1);
    for _ in 0..2 {
        let day = machine.traffic.last_day(&InstanceFilter::All).await;
        assert_eq!(day.tally.requests(), 10);
        assert_eq!(day.tally.bytes, 30);
        let point = day.points[0];
        assert_eq!(
            (
                point.requests(),
                point.by_class.errors,
                point.by_class.client_errors
            ),
            (10, 1, 2)
        );
        assert_eq!(point.average, Some(Duration::from_millis(10)));
        assert_eq!(point.start, Minute::of(noon()));
        // Written or not makes no difference.
        machine.traffic.tick().await;
    }
}

#[tokio::test]
async fn time_without_a_process_is_a_gap_and_an_idle_minute_is_not() {
    let mut machine = Machine::new();
    machine.serve(200, 1);
    machine.traffic.tick().await;
    machine.minutes_pass(4).await;
    machine.clock.advance(MINUTE * 10);
    machine.restart();
    machine.traffic.tick().await;

    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    let first = Minute::of(noon()).number();
    let covered: Vec<_> = day
        .points
        .iter()
        .map(|point| point.start.number() - first)
        .collect();
    assert_eq!(covered, [0, 1, 2, 3, 4, 14]);
    assert_eq!(day.tally.requests(), 1);
}

#[tokio::test]
async fn a_day_is_1440_minutes_and_then_they_go() {
    let machine = Machine::new();
    machine.serve(200, 5);
    machine.minutes_pass(1439).await;
    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!((day.points.len(), day.tally.requests()), (1440, 5));
    machine.minutes_pass(1).await;
    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!((day.points.len(), day.tally.requests()), (1440, 0));

    assert_eq!(machine.minutes().len(), 1441);
    machine.minutes_pass(2 * RETENTION_MINUTES).await;
    assert_eq!(machine.minutes().len() as u32, RETENTION_MINUTES + 1);
}

#[tokio::test]
async fn what_came_before_a_restart_is_there_from_the_first_look() {
    let mut machine = Machine::new();
    for _ in 0..3 {
        machine.serve(200, 10);
        machine.traffic.tick().await;
        // Within the same minute as well: each run has rows of its own.
        machine.restart();
    }
    machine.serve(200, 1);
    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!((day.tally.requests(), day.points.len()), (31, 1));
}

#[tokio::test]
async fn a_restart_loses_only_what_came_after_the_last_write() {
    let mut machine = Machine::new();
    machine.serve(200, 10);
    machine.traffic.tick().await;
    machine.serve(200, 3);
    machine.restart();
    assert_eq!(
        machine
            .traffic
            .last_day(&InstanceFilter::All)
            .await
            .tally
            .requests(),
        10
    );
}

#[tokio::test]
async fn told_to_stop_it_writes_what_is_left() {
    let machine = Machine::new();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let pulse = crate::task::Pulse::unwatched();
    let running = machine
        .traffic
        .run_until(&pulse, async { _ = stopped.await });
    let serving = async {
        tokio::task::yield_now().await;
        machine.serve(200, 4);
        drop(stop);
    };
    tokio::join!(running, serving);
    assert_eq!(machine.stored(), 4);
}

#[tokio::test]
async fn instances_that_share_a_store_are_one_service() {
    let machine = Machine::new();
    let other = traffic("two", &machine.clock, &machine.store);
    for _ in 0..5 {
        machine.serve(200, 1);
        serve(&other, 500, 2);
        other.tick().await;
        machine.minutes_pass(1).await;
    }
    other.tick().await;
    machine.traffic.tick().await;
    for traffic in [&machine.traffic, &other] {
        let day = traffic.last_day(&InstanceFilter::All).await;
        assert_eq!((day.tally.requests(), day.tally.by_class.errors), (15, 10));
        assert_eq!(day.points.len(), 6);
    }
}

#[tokio::test]
async fn without_a_store_minutes_are_shown_from_memory_and_wait_there() {
    let mut machine = Machine::new();
    machine.serve(200, 1);
    machine.traffic.tick().await;
    machine.restart();
    machine.store.set_away(true);
    for _ in 0..100 {
        machine.serve(200, 2);
        machine.minutes_pass(1).await;
    }
    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!((day.tally.requests(), day.points.len()), (200, 101));
    assert!(matches!(
        day.store_error.as_deref(),
        Some(StoreError::Failed(_))
    ));
    assert_eq!(machine.stored(), 1);

    machine.store.set_away(false);
    machine.traffic.tick().await;
    assert_eq!(machine.stored(), 201);
    let day = machine.traffic.last_day(&InstanceFilter::All).await;
    assert_eq!((day.tally.requests(), day.points.len()), (201, 101));
    assert!(day.store_error.is_none());
}

#[tokio::test]
async fn what_waits_is_bounded_and_what_is_dropped_is_counted() {
    let machine = Machine::new();
    machine.store.set_away(true);
    machine.minutes_pass(RETENTION_MINUTES + 5).await;
    assert_eq!(machine.traffic.dropped_minutes(), 5);
    machine.store.set_away(false);
    machine.traffic.tick().await;
    assert_eq!(machine.minutes().len() as u32, RETENTION_MINUTES + 1);
}

#[tokio::test]
async fn a_clock_that_is_set_far_ahead_for_a_while_deletes_nothing() {
    let machine = Machine::new();
    machine.serve(200, 9);
    machine.traffic.tick().await;
    machine.jump(60 * 24 * 365);
    machine.minutes_pass(5).await;
    assert_eq!(
        machine
            .traffic
            .last_day(&InstanceFilter::All)
            .await
            .tally
            .requests(),
        0
    );
    machine.jump(-60 * 24 * 365);
    machine.minutes_pass(5).await;
    assert_eq!(
        machine
            .traffic
            .last_day(&InstanceFilter::All)
            .await
            .tally
            .requests(),
        9
    );
    assert_eq!(machine.stored(), 9);
}

#[derive(Clone, Debug)]
enum Event {
    Serve(u64),
    MinutesPass(u32),
    Jump(i64),
    StoreAway(bool),
    Restart,
    Look,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (1..20_u64).prop_map(Event::Serve),
        4 => (1..30_u32).prop_map(Event::MinutesPass),
        1 => (-120..120_i64).prop_map(Event::Jump),
        1 => any::<bool>().prop_map(Event::StoreAway),
        1 => Just(Event::Restart),
        2 => Just(Event::Look),
    ];
    vec(event, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_each_request_is_stored_once(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut machine = Machine::new();
            let mut served = 0;
            for event in events {
                match event {
                    Event::Serve(times) => {
                        machine.serve(200, times);
                        served += times;
                    }
                    Event::MinutesPass(minutes) => machine.minutes_pass(minutes).await,
                    Event::Jump(minutes) => machine.jump(minutes),
                    Event::StoreAway(is_away) => machine.store.set_away(is_away),
                    Event::Restart => {
                        // What a crash loses is another test's business.
                        machine.store.set_away(false);
                        machine.traffic.tick().await;
                        machine.restart();
                    }
                    Event::Look => drop(machine.traffic.last_day(&InstanceFilter::All).await),
                }
            }
            machine.store.set_away(false);
            machine.traffic.tick().await;
            assert_eq!(machine.stored(), served);
            assert_eq!(machine.traffic.dropped_minutes(), 0);

            // A process that was there all along and one that has just come see the same.
            let newcomer = traffic("two", &machine.clock, &machine.store);
            let (here, there) = (machine.traffic.last_day(&InstanceFilter::All).await, newcomer.last_day(&InstanceFilter::All).await);
            assert_eq!(here.tally, there.tally);
            assert_eq!(here.points, there.points);
        });
    }
}
