//! Where requests are counted, on their own threads: atomics, no lock, no wait.
//!
//! A series is made when its first request comes; that request alone allocates, besides those few that
//! are worth a look (`notable`). Routes are patterns,
//! so there are few; should there be too many, the rest share one series a class.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::histogram::{AtomicHistogram, Histogram, micros};
use super::notable::{Notable, Notables, SLOW_FOR};
use super::series::{SeriesKey, SeriesRef};
use super::status_class::StatusClass;
use crate::clock::Clock;

/// 3 KB each, once used.
const SLOTS: usize = 1024;

/// How far from where it belongs a series may be.
const MAX_PROBES: usize = 32;

/// One finished request.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    pub method: &'a str,
    /// The matched pattern, never the path.
    pub route: &'a str,
    pub status: u16,
    pub duration: Duration,
    /// Of `duration`, how much was waiting for the registry's database.
    pub database: Duration,
    /// Of the body, as sent.
    pub bytes: u64,
    /// Under which it stands in the log.
    pub request_id: &'a str,
}

pub struct Recorder {
    /// A hash table with open addressing whose entries come but never go.
    slots: Box<[OnceLock<Box<Series>>]>,
    others: [Series; 5],
    started: AtomicU64,
    /// How many of those that finished have been drained.
    drained: Mutex<u64>,
    clock: Arc<dyn Clock>,
}

struct Series {
    key: Arc<SeriesKey>,
    bytes: AtomicU64,
    database_us: AtomicU64,
    durations: AtomicHistogram,
    notables: Notables,
}

/// What a series counted since it was last drained.
pub(super) struct Measure {
    pub bytes: u64,
    pub database_us: u64,
    pub durations: Histogram,
}

impl Recorder {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            slots: (0..SLOTS).map(|_| OnceLock::new()).collect(),
            others: StatusClass::ALL.map(|class| Series::new(SeriesKey::other(class))),
            started: AtomicU64::new(0),
            drained: Mutex::new(0),
            clock,
        }
    }

    /// A request has come. Each call is followed by one of [`Recorder::finished`].
    pub fn started(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    /// A request that had [started](Recorder::started) was answered, or given up.
    pub fn finished(&self, sample: &Sample<'_>) {
        let wanted = SeriesRef::new(sample.method, sample.route, sample.status);
        if let Some(series) = self.series(wanted) {
            series.bytes.fetch_add(sample.bytes, Ordering::Relaxed);
            // Many requests need no database, and each write to shared memory costs.
            if !sample.database.is_zero() {
                let database_us = micros(sample.database);
                series.database_us.fetch_add(database_us, Ordering::Relaxed);
            }
            series.durations.record(sample.duration);
            series.notables.consider(sample, &*self.clock);
        }
    }

    /// Requests that started and have not finished. Counted together here, for whoever looks: a count
    /// of their own would cost each request another write to memory that all threads share.
    pub fn in_flight(&self) -> u64 {
        let drained = self.drained();
        let waiting: u64 = self.all().map(|series| series.durations.count()).sum();
        // Last, so that none has finished that is not known to have started.
        let started = self.started.load(Ordering::Relaxed);
        started.saturating_sub(*drained + waiting)
    }

    fn drained(&self) -> MutexGuard<'_, u64> {
        self.drained.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The slowest and the last failed of a route, of all classes together.
    pub(super) fn notables(&self, method: &str, route: &str) -> (Vec<Notable>, Vec<Notable>) {
        let of_route = || {
            self.all()
                .filter(|series| series.key.method == method && series.key.route == route)
        };
        let mut slowest: Vec<_> = of_route()
            .flat_map(|series| series.notables.slowest())
            .collect();
        slowest.sort_by_key(|notable| Reverse(notable.duration));
        let mut failed: Vec<_> = of_route()
            .flat_map(|series| series.notables.failed())
            .collect();
        failed.sort_by_key(|notable| Reverse(notable.at));
        (slowest, failed)
    }

    /// Those that were slow long ago make room.
    pub(super) fn forget_slow(&self) {
        if let Some(time) = self.clock.now().checked_sub(SLOW_FOR) {
            self.all()
                .for_each(|series| series.notables.forget_slow_before(time));
        }
    }

    fn all(&self) -> impl Iterator<Item = &Series> {
        let slots = self.slots.iter().filter_map(OnceLock::get);
        slots.map(|series| &**series).chain(&self.others)
    }

    fn series(&self, wanted: SeriesRef<'_>) -> Option<&Series> {
        let home = wanted.hashed() as usize % SLOTS;
        let probes = (home..home + MAX_PROBES).filter_map(|at| self.slots.get(at % SLOTS));
        probes
            .map(|slot| &**slot.get_or_init(|| Box::new(Series::new(wanted.to_key()))))
            .find(|series| wanted.is(&series.key))
            .or_else(|| {
                self.others
                    .iter()
                    .find(|other| other.key.class == wanted.class())
            })
    }

    /// Takes out what was counted since the last time: each sample exactly once, whatever is
    /// recorded meanwhile.
    pub(super) fn drain(&self, mut take: impl FnMut(&Arc<SeriesKey>, Measure)) {
        let mut drained = self.drained();
        for series in self.all() {
            if let Some(durations) = series.durations.drain() {
                *drained += durations.count();
                let bytes = series.bytes.swap(0, Ordering::Relaxed);
                let database_us = series.database_us.swap(0, Ordering::Relaxed);
                let measure = Measure {
                    bytes,
                    database_us,
                    durations,
                };
                take(&series.key, measure);
            }
        }
    }
}

impl Measure {
    pub fn merge(&mut self, other: &Self) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.database_us = self.database_us.saturating_add(other.database_us);
        self.durations.merge(&other.durations);
    }
}

impl Series {
    fn new(key: SeriesKey) -> Self {
        Self {
            key: Arc::new(key),
            bytes: AtomicU64::new(0),
            database_us: AtomicU64::new(0),
            durations: AtomicHistogram::new(),
            notables: Notables::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashMap;
    use std::thread;

    use super::*;
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
        }
    }

    fn record(recorder: &Recorder, sample: Sample<'_>) {
        recorder.started();
        recorder.finished(&sample);
    }

    fn drained(recorder: &Recorder) -> HashMap<SeriesKey, (u64, u64)> {
        let mut found = HashMap::new();
        recorder.drain(|key, measure| {
            let counts = (measure.durations.count(), measure.bytes);
            assert_eq!(measure.durations.sum_us(), counts.0 * 7);
            assert_eq!(measure.database_us, counts.0 * 2);
            assert!(found.insert((**key).clone(), counts).is_none());
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
    fn in_flight_is_what_started_and_did_not_finish() {
        let recorder = Recorder::new(Arc::new(ManualClock::default()));
        recorder.started();
        recorder.started();
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
}
