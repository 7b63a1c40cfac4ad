//! A week with a clock that is moved by hand: what was rolled up says the same as what was counted.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::clock::{Clock, ManualClock, Minute, Period, Resolution};
use crate::series::{InstanceFilter, MemoryStore, Payload as _, RETENTION_MINUTES, Retention, Run};

const MINUTE: Duration = Duration::from_secs(60);
const DAY_MINUTES: u32 = 24 * 60;

struct Machines {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    running: Vec<Traffic>,
    /// What was served, by the minute.
    served: BTreeMap<Minute, u64>,
}

impl Machines {
    fn new(instances: usize) -> Self {
        // A quarter past some hour.
        let start = UNIX_EPOCH + Duration::from_secs(1_800_000_900);
        let mut machines = Self {
            clock: Arc::new(ManualClock::new(start)),
            store: Arc::new(MemoryStore::default()),
            running: Vec::new(),
            served: BTreeMap::new(),
        };
        machines.running = (0..instances).map(|at| machines.start(at)).collect();
        machines
    }

    fn start(&self, at: usize) -> Traffic {
        let run = Run::new(format!("host:{at}"), self.clock.now());
        let (clock, store) = (Arc::clone(&self.clock), Arc::clone(&self.store));
        Traffic::new(run, clock, store, Retention::default())
    }

    fn serve(&mut self, at: usize, status: u16, times: u64) {
        let Some(traffic) = self.running.get(at) else {
            return;
        };
        for _ in 0..times {
            traffic.recorder().started("GET");
            traffic.recorder().finished(&Sample {
                method: "GET",
                route: if status < 500 { "/a" } else { "/b/{id}" },
                status,
                duration: Duration::from_millis(7),
                database: Duration::from_millis(3),
                bytes: 5,
                request_id: "one",
                trace: None,
            });
        }
        let minute = Minute::of(self.clock.now());
        *self.served.entry(minute).or_default() += times;
    }

    async fn minutes_pass(&self, minutes: u32) {
        for _ in 0..minutes {
            self.clock.advance(MINUTE);
            self.tick().await;
        }
    }

    /// Less often looked at: most minutes are gaps then, and a week is quick.
    async fn hour_passes(&self) {
        for _ in 0..4 {
            self.clock.advance(MINUTE * 15);
            self.tick().await;
        }
    }

    async fn tick(&self) {
        for traffic in &self.running {
            traffic.tick().await;
        }
    }

    /// Until nothing is left to be rolled up.
    async fn settle(&self) {
        self.minutes_pass(20).await;
    }

    /// What was served in the hours or days that are over.
    fn expected(&self, resolution: Resolution) -> BTreeMap<Minute, u64> {
        let running = resolution.start_of(Minute::of(self.clock.now()));
        let mut expected = BTreeMap::new();
        for (minute, times) in &self.served {
            let start = resolution.start_of(*minute);
            if start < running && *times > 0 {
                *expected.entry(start).or_default() += times;
            }
        }
        expected
    }

    fn rolled(&self, resolution: Resolution) -> BTreeMap<Minute, u64> {
        let mut rolled: BTreeMap<Minute, u64> = BTreeMap::new();
        let mut of_routes: BTreeMap<Minute, u64> = BTreeMap::new();
        for (kind, found) in [(TRAFFIC, &mut rolled), (ROUTES, &mut of_routes)] {
            for row in self.store.rows(kind, resolution) {
                let mut tally = Tally::default();
                tally.merge_encoded(&row.payload, row.start).unwrap();
                assert_eq!(row.count, tally.requests());
                assert_eq!(tally.durations.count(), tally.requests());
                assert_eq!(tally.bytes, 5 * tally.requests());
                assert_eq!(tally.database_us, 3000 * tally.requests());
                if tally.requests() > 0 {
                    *found.entry(row.start).or_default() += tally.requests();
                }
            }
        }
        assert_eq!(rolled, of_routes);
        rolled
    }

    fn assert_exact(&self) {
        for resolution in [Resolution::Hour, Resolution::Day] {
            assert_eq!(
                self.rolled(resolution),
                self.expected(resolution),
                "{resolution:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_week_with_restarts_an_outage_and_a_clock_jump_is_exact() {
    let mut machines = Machines::new(2);
    for hour in 0..7 * 24_u64 {
        machines.serve(0, 200, hour % 11);
        machines.serve(1, 503, hour % 3);
        machines.hour_passes().await;
        match hour {
            20 | 21 | 90 => {
                // What a crash loses is another test's business: it comes right after a write.
                machines.tick().await;
                machines.clock.advance(MINUTE / 60);
                let restarted = machines.start(0);
                machines.running.remove(0);
                machines.running.insert(0, restarted);
            }
            30 => machines.store.set_away(true),
            // Some of what waits is two days old by then, as old as minutes get.
            70 => machines.store.set_away(false),
            // Nobody is up.
            100 => machines.clock.advance(MINUTE * 200),
            // Summer time is nothing to UTC, but somebody sets the clock by hand.
            120 => machines.clock.set_now(machines.clock.now() - MINUTE * 60),
            125 => machines.clock.set_now(machines.clock.now() + MINUTE * 120),
            _ => {}
        }
        // A minute that runs when the clock is set takes what comes until it is looked at again.
        machines.tick().await;
    }
    machines.settle().await;
    machines.assert_exact();

    let total: u64 = machines.served.values().sum();
    let week = Period::of(31 * DAY_MINUTES, 6 * 60);
    let newcomer = machines.start(7);
    for traffic in machines.running.iter().chain([&newcomer]) {
        let summary = traffic.summary(week, &InstanceFilter::All).await;
        assert_eq!(summary.tally.requests(), total);
        assert_eq!(summary.tally.database_us, total * 3000);
        let of_points: u64 = summary.points.iter().map(Point::requests).sum();
        assert_eq!(of_points, total);
    }
    assert!(
        machines.store.rows(TRAFFIC, Resolution::Minute).len() < 3 * RETENTION_MINUTES as usize
    );
}

#[tokio::test]
async fn what_a_crashed_process_left_is_rolled_up_by_the_next_one_however_late() {
    let mut machines = Machines::new(1);
    machines.serve(0, 200, 9);
    machines.tick().await;
    machines.running.clear();
    machines.clock.advance(MINUTE * DAY_MINUTES * 10);
    machines.running = vec![machines.start(1)];
    machines.minutes_pass(60).await;
    machines.assert_exact();
    let recent = machines.store.rows(TRAFFIC, Resolution::Minute);
    assert!(recent.iter().all(|row| row.run.instance == "host:1"));
    assert_eq!(machines.running.len(), 1);
    let month = Period::of(30 * DAY_MINUTES, 6 * 60);
    for traffic in &machines.running {
        assert_eq!(
            traffic
                .summary(month, &InstanceFilter::All)
                .await
                .tally
                .requests(),
            9
        );
    }
}

#[tokio::test]
async fn hours_and_days_are_kept_as_long_as_configured() {
    let mut machines = Machines::new(1);
    machines.serve(0, 200, 9);
    machines.minutes_pass(120).await;
    machines.clock.advance(MINUTE * DAY_MINUTES * 89);
    machines.minutes_pass(120).await;
    assert!(machines.rolled(Resolution::Hour).values().eq(&[9]));
    machines.clock.advance(MINUTE * DAY_MINUTES * 2);
    machines.minutes_pass(60).await;
    assert!(machines.rolled(Resolution::Hour).is_empty());
    assert!(machines.rolled(Resolution::Day).values().eq(&[9]));
    machines.clock.advance(MINUTE * DAY_MINUTES * 320);
    machines.minutes_pass(60).await;
    assert!(machines.rolled(Resolution::Day).is_empty());
}

#[tokio::test]
async fn coverage_is_exact_however_many_processes_share_an_hour() {
    let mut machines = Machines::new(2);
    machines.minutes_pass(10).await;
    machines.running.clear();
    machines.clock.advance(MINUTE * 5);
    machines.running = vec![machines.start(2)];
    machines.minutes_pass(3 * DAY_MINUTES).await;
    let newcomer = machines.start(3);
    // 11 minutes of two processes, four of none, and the rest of one, the running one included.
    let summary = newcomer
        .summary(Period::of(4 * DAY_MINUTES, 60), &InstanceFilter::All)
        .await;
    let up = 11 + 3 * DAY_MINUTES + 1;
    assert_eq!(summary.covered_minutes, up);
    let day = newcomer
        .summary(
            Period::total(DAY_MINUTES).before(DAY_MINUTES),
            &InstanceFilter::All,
        )
        .await;
    assert_eq!((day.covered_minutes, day.points.len()), (DAY_MINUTES, 1));
}

const SHOWN: [Period; 5] = [
    Period::of(60, 1),
    Period::of(6 * 60, 60),
    Period::of(DAY_MINUTES, 60),
    Period::of(7 * DAY_MINUTES, DAY_MINUTES),
    Period::of(30 * DAY_MINUTES, DAY_MINUTES),
];

#[tokio::test]
async fn routes_come_to_the_total_whatever_they_are_read_from() {
    let mut machines = Machines::new(2);
    for hour in 0..60_u64 {
        machines.serve(0, 200, 3 + hour % 5);
        machines.serve(1, 503, hour % 2);
        machines.hour_passes().await;
        // What is kept of one look is there at the next.
        if hour % 3 == 0 {
            for period in SHOWN {
                machines.running[0]
                    .routes(period, &InstanceFilter::All)
                    .await;
            }
        }
    }
    // Counted at once, and not twice.
    machines.serve(0, 200, 7);
    for period in SHOWN {
        for traffic in &machines.running {
            traffic.tick().await;
        }
        for traffic in &machines.running {
            let routes = traffic.routes(period, &InstanceFilter::All).await;
            let all = traffic.summary(period, &InstanceFilter::All).await;
            assert_eq!(routes.total.tally, all.tally, "{period:?}");
            // Days are known to the hour, and every hour was looked at.
            if period.step < DAY_MINUTES {
                assert_eq!(routes.total.covered_minutes, all.covered_minutes);
            }
            let mut sum = Tally::default();
            for route in &routes.routes {
                sum.merge(&route.summary.tally);
            }
            assert_eq!(sum, all.tally, "{period:?}");
            let names: Vec<_> = routes.routes.iter().map(|route| &route.route[..]).collect();
            assert!(names == ["/a", "/b/{id}"] || names == ["/a"], "{names:?}");
        }
    }
}

#[tokio::test]
async fn the_figures_of_instances_add_up_to_those_of_all() {
    let mut machines = Machines::new(3);
    for hour in 0..60_u64 {
        machines.serve(0, 200, 3 + hour % 5);
        machines.serve(1, 503, hour % 2);
        machines.hour_passes().await;
    }
    machines.serve(0, 200, 7);
    for traffic in &machines.running {
        traffic.tick().await;
    }
    for (minutes, step) in [(60, 1), (DAY_MINUTES, 10), (30 * DAY_MINUTES, 6 * 60)] {
        let period = Period::of(minutes, step);
        for traffic in &machines.running {
            let all = traffic.summary(period, &InstanceFilter::All).await;
            let shares = traffic.requests_by_instance(period).await;
            assert_eq!(
                shares.values().sum::<u64>(),
                all.tally.requests(),
                "{period:?}"
            );
            let names: Vec<&String> = shares.keys().collect();
            assert_eq!(
                names,
                ["host:0", "host:1", "host:2"],
                "also who served nothing"
            );
            let mut sum = Tally::default();
            for (name, requests) in &shares {
                let one = InstanceFilter::Instance(name.clone());
                let of_one = traffic.summary(period, &one).await;
                assert_eq!(of_one.tally.requests(), *requests, "{name} {period:?}");
                sum.merge(&of_one.tally);
                let routes = traffic.routes(Period::of(minutes, 60), &one).await;
                let names: Vec<&str> = routes.routes.iter().map(|route| &route.route[..]).collect();
                assert!(names.len() <= 1, "{names:?}");
            }
            assert_eq!(sum, all.tally, "{period:?}");
            let nobody = InstanceFilter::Instance("nobody".to_owned());
            assert_eq!(traffic.summary(period, &nobody).await.covered_minutes, 0);
        }
    }
}

#[tokio::test]
async fn routes_without_a_store_are_what_this_process_holds() {
    let mut machines = Machines::new(1);
    machines.store.set_away(true);
    machines.serve(0, 200, 7);
    machines.minutes_pass(3).await;
    for traffic in &machines.running {
        let routes = traffic
            .routes(Period::of(60, 1), &InstanceFilter::All)
            .await;
        assert_eq!(routes.total.tally.requests(), 7);
        assert_eq!(routes.routes.len(), 1);
        assert!(routes.total.store_error.is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_period_is_the_sum_of_its_steps(
        served in vec((0..400_u32, 1..5_u64), 1..20),
        step in prop_oneof![Just(1_u32), Just(5), Just(10), Just(60), Just(360)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut machines = Machines::new(1);
            for (minutes, times) in served {
                machines.minutes_pass(minutes).await;
                machines.serve(0, 404, times);
            }
            let (hours, all) = (2 * DAY_MINUTES - 60, 9 * DAY_MINUTES);
            // Minutes are kept for two days.
            let minutes = if step < 60 { hours } else { all };
            let first = Minute::of(machines.clock.now()).minus(minutes);
            let served = machines.served.iter().filter(|(minute, _)| **minute > first);
            let total: u64 = served.map(|(_, requests)| requests).sum();
            for traffic in &machines.running {
                let summary = traffic.summary(Period::of(minutes, step), &InstanceFilter::All).await;
                assert_eq!(summary.tally.requests(), total);
                let of_points: u64 = summary.points.iter().map(Point::requests).sum();
                assert_eq!(of_points, total);
                assert!(summary.points.iter().all(|point| {
                    point.start.number() % i64::from(step) == 0 && point.covered_minutes <= step
                }));
                let covered: u32 = summary.points.iter().map(|point| point.covered_minutes).sum();
                assert_eq!(covered, summary.covered_minutes);
            }
        });
    }
}
