//! What is recorded is drained once, on any number of threads.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::HashMap;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use super::bounds::REQUEST_BOUNDS;
use super::key::SeriesKey;
use super::recorder::{Recorder, SLOTS, THREADS};
use super::sample::{Sample, TraceIds};
use super::status_class::StatusClass;
use crate::clock::ManualClock;

fn sample<'a>(method: &'a str, route: &'a str, status: u16) -> Sample<'a> {
    Sample {
        method,
        route,
        status,
        duration: Duration::from_micros(7),
        database: Duration::from_micros(2),
        bytes: 10,
        request_id: "",
        trace: None,
    }
}

fn record(recorder: &Recorder, sample: Sample<'_>) {
    recorder.started(sample.method);
    recorder.finished(&sample);
}

fn drained(recorder: &Recorder) -> HashMap<SeriesKey, (u64, u64)> {
    let mut found = HashMap::new();
    recorder.drain(|key, measure| {
        let counts = (measure.durations.count(), measure.bytes);
        assert_eq!(measure.durations.sum_us(), counts.0 * 7);
        assert_eq!(measure.database_us, counts.0 * 2);
        let known: &mut (u64, u64) = found.entry((**key).clone()).or_default();
        *known = (known.0 + counts.0, known.1 + counts.1);
    });
    found
}

#[test]
fn method_route_and_class_are_counted_apart() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    for status in [200, 204, 404] {
        record(&recorder, sample("GET", "/a/{id}", status));
    }
    record(&recorder, sample("POST", "/a/{id}", 201));
    for made_up in ["BREW", "get"] {
        record(&recorder, sample(made_up, "unmatched", 405));
    }
    let key = |method, route: &str, class| SeriesKey {
        method,
        route: route.to_owned(),
        class,
    };
    let expected = HashMap::from([
        (key("GET", "/a/{id}", StatusClass::Success), (2, 20)),
        (key("GET", "/a/{id}", StatusClass::ClientError), (1, 10)),
        (key("POST", "/a/{id}", StatusClass::Success), (1, 10)),
        (key("OTHER", "unmatched", StatusClass::ClientError), (2, 20)),
    ]);
    assert_eq!(drained(&recorder), expected);
    assert!(drained(&recorder).is_empty());
}

#[test]
fn totals_are_of_each_status_since_the_start() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    let totals = || {
        let mut found = Vec::new();
        recorder.totals(|total| {
            let count: u64 = total.by_bound.iter().sum();
            assert_eq!(total.sum_us, count * 7);
            found.push((total.status, count));
        });
        found.sort_unstable();
        found
    };
    assert_eq!(totals(), []);
    for _ in 0..2 {
        for status in [200, 204, 204, 404] {
            record(&recorder, sample("GET", "/a/{id}", status));
        }
        drained(&recorder);
    }
    assert_eq!(totals(), [(Some(200), 2), (Some(204), 4), (Some(404), 2)]);
}

#[test]
fn of_each_bucket_the_last_that_is_traced_is_known() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    let ids = |trace_id| TraceIds {
        trace_id,
        span_id: 7,
    };
    for (trace, ms) in [
        (None, 2),
        (Some(ids(1)), 2),
        (Some(ids(2)), 3),
        (Some(ids(3)), 60),
        (None, 80),
    ] {
        record(
            &recorder,
            Sample {
                trace,
                duration: Duration::from_millis(ms),
                ..sample("GET", "/a/{id}", 200)
            },
        );
    }
    recorder.drain(|_, _| {});
    recorder.totals(|total| {
        let traced = total.traced.iter().enumerate();
        let traced = traced.filter_map(|(place, it)| Some((place, (*it)?)));
        let traced: Vec<_> = traced
            .map(|(place, it)| (REQUEST_BOUNDS.written[place], it.ids.trace_id, it.duration))
            .collect();
        let expected = [("0.005", 2, 3), ("0.075", 3, 60)];
        let expected = expected.map(|(bound, id, ms)| (bound, id, Duration::from_millis(ms)));
        assert_eq!(traced, expected);
    });
}

#[test]
fn too_many_series_share_one_and_none_is_lost() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    let routes = 3 * SLOTS;
    for route in 0..routes {
        record(&recorder, sample("GET", &format!("/{route}"), 503));
    }
    let found = drained(&recorder);
    assert!(found.len() <= SLOTS + 5);
    let total: u64 = found.values().map(|(count, _)| count).sum();
    assert_eq!(total, routes as u64);
    let (others, _) = found
        .get(&SeriesKey::other(StatusClass::ServerError))
        .unwrap();
    assert!(*others >= 2 * SLOTS as u64);
}

#[test]
fn more_threads_than_have_counters_lose_nothing() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    let all_live = Barrier::new(2 * THREADS);
    thread::scope(|scope| {
        for _ in 0..2 * THREADS {
            scope.spawn(|| {
                all_live.wait();
                for _ in 0..100 {
                    record(&recorder, sample("GET", "/", 200));
                }
                all_live.wait();
            });
        }
    });
    let found = drained(&recorder);
    let counts: Vec<_> = found.values().collect();
    let all = 2 * THREADS as u64 * 100;
    assert_eq!(counts, [&(all, 10 * all)]);
    assert_eq!(recorder.in_flight(), 0);
}

#[test]
fn in_flight_is_what_started_and_did_not_finish() {
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    recorder.started("GET");
    recorder.started("GET");
    recorder.finished(&sample("GET", "/", 200));
    assert_eq!(recorder.in_flight(), 1);
    // Also when what has finished was taken elsewhere.
    drained(&recorder);
    assert_eq!(recorder.in_flight(), 1);
    recorder.finished(&sample("GET", "/", 200));
    assert_eq!(recorder.in_flight(), 0);
}

#[test]
fn threads_that_record_while_others_drain_lose_nothing_and_double_nothing() {
    const THREADS: u64 = 4;
    const EACH: u64 = 20_000;
    let recorder = Recorder::new(Arc::new(ManualClock::default()));
    let mut taken = 0;
    let mut take = || recorder.drain(|_, measure| taken += measure.durations.count());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for status in [200, 404, 500, 302].iter().cycle().take(EACH as usize) {
                        record(&recorder, sample("GET", "/", *status));
                    }
                })
            })
            .collect();
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            take();
        }
    });
    take();
    assert_eq!(taken, THREADS * EACH);
}
