//! Where requests are counted, on their own threads: no lock, no wait, and no memory that other threads
//! write to.
//!
//! A series is made when its first request comes; that request alone allocates, besides those few that
//! are worth a look (`exemplar`). Routes are patterns, so there are few; should there be too many, the
//! rest share one series a class.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::counters::{Counters, Seen, Writers, add};
use super::exemplar::{Exemplar, Exemplars, SLOW_FOR};
use super::key::{SeriesKey, SeriesRef};
use super::sample::{Measure, Sample};
use super::status_class::StatusClass;
use super::thread_number::thread_number;
use crate::clock::Clock;

/// Of the table of series.
const SLOTS: usize = 1024;

/// How far from where it belongs a series may be.
const MAX_PROBES: usize = 32;

/// So many threads have counters of their own, all others share the last ones. 1.5 KB for each series
/// that a thread has served.
const THREADS: usize = 65;

pub struct Recorder {
    /// A hash table with open addressing whose entries come but never go; after it those for what found
    /// no room, one a class.
    series: Box<[OnceLock<Series>]>,
    /// By the thread's number.
    threads: Box<[OnceLock<OfThread>]>,
    seen: Mutex<Vec<SeenOfThread>>,
    clock: Arc<dyn Clock>,
}

struct Series {
    key: Arc<SeriesKey>,
    exemplars: Exemplars,
}

/// On cache lines of its own.
#[repr(align(128))]
struct OfThread {
    started: AtomicU64,
    finished: AtomicU64,
    /// By the place of their series.
    counters: Box<[OnceLock<Box<Counters>>]>,
}

/// By the place of their series, as far as any was looked at.
type SeenOfThread = Vec<Option<Box<Seen>>>;

impl Recorder {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let room =
            StatusClass::ALL.map(|class| OnceLock::from(Series::of(SeriesKey::other(class))));
        let table = (0..SLOTS).map(|_| OnceLock::new());
        Self {
            series: table.chain(room).collect(),
            threads: (0..THREADS).map(|_| OnceLock::new()).collect(),
            seen: Mutex::default(),
            clock,
        }
    }

    /// A request has come. Each call is followed by one of [`Recorder::finished`].
    pub fn started(&self) {
        if let Some((here, writers)) = self.here() {
            add(&here.started, 1, writers);
        }
    }

    /// A request that had [started](Recorder::started) was answered, or given up.
    pub fn finished(&self, sample: &Sample<'_>) {
        let wanted = SeriesRef::new(sample.method, sample.route, sample.status);
        let (Some((place, series)), Some((here, writers))) = (self.series(wanted), self.here())
        else {
            return;
        };
        if let Some(counters) = here.counters.get(place) {
            counters.get_or_init(Box::default).record(sample, writers);
        }
        series.exemplars.consider(sample, &*self.clock);
        add(&here.finished, 1, writers);
    }

    /// Requests that started and have not finished.
    pub fn in_flight(&self) -> u64 {
        let all = || self.threads.iter().filter_map(OnceLock::get);
        // First, so that none has finished that is not known to have started.
        let finished = all().map(|of| of.finished.load(Ordering::Acquire));
        let finished = finished.fold(0, u64::wrapping_add);
        let started = all().map(|of| of.started.load(Ordering::Relaxed));
        started.fold(0, u64::wrapping_add).saturating_sub(finished)
    }

    fn here(&self) -> Option<(&OfThread, Writers)> {
        let shared = THREADS - 1;
        let number = thread_number().unwrap_or(shared).min(shared);
        let writers = if number < shared {
            Writers::One
        } else {
            Writers::Many
        };
        let here = self.threads.get(number)?;
        Some((
            here.get_or_init(|| OfThread::new(self.series.len())),
            writers,
        ))
    }

    /// The slowest and the last failed of a route, of all classes together.
    pub(super) fn exemplars(&self, method: &str, route: &str) -> (Vec<Exemplar>, Vec<Exemplar>) {
        let of_route = || {
            self.all()
                .filter(|series| series.key.method == method && series.key.route == route)
        };
        let mut slowest: Vec<_> = of_route()
            .flat_map(|series| series.exemplars.slowest())
            .collect();
        slowest.sort_by_key(|exemplar| Reverse(exemplar.duration));
        let mut failed: Vec<_> = of_route()
            .flat_map(|series| series.exemplars.failed())
            .collect();
        failed.sort_by_key(|exemplar| Reverse(exemplar.at));
        (slowest, failed)
    }

    /// Those that were slow long ago make room.
    pub(super) fn forget_slow(&self) {
        if let Some(time) = self.clock.now().checked_sub(SLOW_FOR) {
            self.all()
                .for_each(|series| series.exemplars.forget_slow_before(time));
        }
    }

    fn all(&self) -> impl Iterator<Item = &Series> {
        self.series.iter().filter_map(OnceLock::get)
    }

    /// And its place.
    fn series(&self, wanted: SeriesRef<'_>) -> Option<(usize, &Series)> {
        let home = wanted.hashed() as usize;
        let mut places = (home..home + MAX_PROBES).map(|place| place % SLOTS);
        let found = places.find_map(|place| {
            let slot = self.series.get(place)?;
            let series = slot.get_or_init(|| Series::of(wanted.to_key()));
            wanted.is(&series.key).then_some((place, series))
        });
        found.or_else(|| {
            let others = self.series.iter().enumerate().skip(SLOTS);
            let mut others = others.filter_map(|(place, slot)| Some((place, slot.get()?)));
            others.find(|(_, other)| other.key.class == wanted.class())
        })
    }

    /// Takes out what was counted since the last time: each sample exactly once, whatever is
    /// recorded meanwhile.
    pub(super) fn drain(&self, mut take: impl FnMut(&Arc<SeriesKey>, Measure)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.resize_with(self.threads.len(), Vec::new);
        let threads = self.threads.iter().zip(seen.iter_mut());
        let threads = threads.filter_map(|(slot, seen)| Some((slot.get()?, seen)));
        let mut threads: Vec<(&OfThread, &mut SeenOfThread)> = threads.collect();
        for (place, slot) in self.series.iter().enumerate() {
            let Some(series) = slot.get() else { continue };
            let mut measure: Option<Measure> = None;
            for (of_thread, seen) in &mut threads {
                let taken = of_thread.take(place, seen);
                match (&mut measure, taken) {
                    (Some(all), Some(more)) => all.merge(&more),
                    (None, Some(first)) => measure = Some(first),
                    (_, None) => {}
                }
            }
            if let Some(measure) = measure {
                take(&series.key, measure);
            }
        }
    }
}

impl OfThread {
    fn new(places: usize) -> Self {
        Self {
            started: AtomicU64::new(0),
            finished: AtomicU64::new(0),
            counters: (0..places).map(|_| OnceLock::new()).collect(),
        }
    }

    fn take(&self, place: usize, seen: &mut SeenOfThread) -> Option<Measure> {
        let counters = self.counters.get(place)?.get()?;
        if seen.is_empty() {
            seen.resize_with(self.counters.len(), || None);
        }
        counters.take(seen.get_mut(place)?.get_or_insert_default())
    }
}

impl Series {
    fn of(key: SeriesKey) -> Self {
        Self {
            key: Arc::new(key),
            exemplars: Exemplars::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashMap;
    use std::sync::Barrier;
    use std::thread;

    use std::time::Duration;

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
