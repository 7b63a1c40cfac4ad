//! Where requests are counted, on their own threads: no lock, no wait, and no memory that other threads
//! write to.
//!
//! A series is made when its first request comes; that request alone allocates, besides those few that
//! are worth a look (`exemplar`). Routes are patterns, so there are few; should there be too many, the
//! rest share one series a class.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::bounds::merge_counts;
use super::counters::{Counters, Seen, Writers, add};
use super::exemplar::{Exemplar, Exemplars, MOST, SLOW_FOR};
use super::key::{METHOD_COUNT, SeriesKey, SeriesRef, method_at, method_place};
use super::sample::{BoundCounts, Measure, Sample};
use super::status_class::StatusClass;
use super::thread_number::thread_number;
use crate::clock::Clock;

/// Of the table of series.
const SLOTS: usize = 1024;

/// How far from where it belongs a series may be.
const MAX_PROBES: usize = 32;

/// So many threads have counters of their own, all others share the last ones. 1.7 KB for each series
/// that a thread has served, and as much for what was seen of it.
const THREADS: usize = 65;

pub struct Recorder {
    /// A hash table with open addressing whose entries come but never go; after it those for what found
    /// no room, one a class.
    series: Box<[OnceLock<Series>]>,
    /// By the thread's number.
    threads: Box<[OnceLock<OfThread>]>,
    drained: Mutex<Drained>,
    clock: Arc<dyn Clock>,
}

struct Series {
    key: Arc<SeriesKey>,
    /// `None` for what found no room.
    status: Option<u16>,
    exemplars: Exemplars,
}

/// On cache lines of its own.
#[repr(align(128))]
struct OfThread {
    started: ByMethod,
    finished: ByMethod,
    /// By the place of their series.
    counters: Box<[OnceLock<Box<Counters>>]>,
}

/// By [`method_place`].
type ByMethod = [AtomicU64; METHOD_COUNT];

/// By the place of their series, as far as any was looked at.
type SeenOfThread = Vec<Option<Box<Seen>>>;

/// What was taken out.
#[derive(Default)]
struct Drained {
    seen: Vec<SeenOfThread>,
    /// By the place of their series: all of it together, since the start.
    totals: Vec<Total>,
}

#[derive(Clone, Default)]
struct Total {
    by_bound: BoundCounts,
    sum_us: u64,
}

/// The requests of a series since the start of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTotal<'t> {
    pub method: &'static str,
    pub route: &'t str,
    /// `None` for those of a class that found no room.
    pub status: Option<u16>,
    pub class: StatusClass,
    /// By the places of [`REQUEST_BOUNDS`](super::REQUEST_BOUNDS), and those beyond.
    pub by_bound: &'t [u64],
    pub sum_us: u64,
}

/// Requests by method that started and have not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    pub method: &'static str,
    pub count: u64,
}

impl Recorder {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let room =
            StatusClass::ALL.map(|class| OnceLock::from(Series::of(SeriesKey::other(class), None)));
        let table = (0..SLOTS).map(|_| OnceLock::new());
        Self {
            series: table.chain(room).collect(),
            threads: (0..THREADS).map(|_| OnceLock::new()).collect(),
            drained: Mutex::default(),
            clock,
        }
    }

    /// A request has come. Each call is followed by one of [`Recorder::finished`].
    pub fn started(&self, method: &str) {
        if let Some((here, writers)) = self.here()
            && let Some(started) = here.started.get(method_place(method))
        {
            add(started, 1, writers);
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
        if let Some(finished) = here.finished.get(method_place(sample.method)) {
            add(finished, 1, writers);
        }
    }

    /// Requests that started and have not finished.
    pub fn in_flight(&self) -> u64 {
        self.active().map(|active| active.count).sum()
    }

    /// The same by method.
    pub fn active(&self) -> impl Iterator<Item = Active> {
        let sum = |of: fn(&OfThread) -> &ByMethod, place: usize, order: Ordering| {
            let threads = self.threads.iter().filter_map(OnceLock::get);
            let counts = threads.filter_map(|thread| Some(of(thread).get(place)?.load(order)));
            counts.fold(0, u64::wrapping_add)
        };
        (0..METHOD_COUNT).map(move |place| {
            // First, so that none has finished that is not known to have started.
            let finished = sum(|of| &of.finished, place, Ordering::Acquire);
            let started = sum(|of| &of.started, place, Ordering::Relaxed);
            Active {
                method: method_at(place),
                count: started.saturating_sub(finished),
            }
        })
    }

    /// What was taken out by [`drain`](Recorder::drain) since the start, of each series of which anything
    /// was.
    pub(super) fn totals(&self, mut each: impl FnMut(RequestTotal<'_>)) {
        let drained = self.drained.lock().unwrap_or_else(PoisonError::into_inner);
        for (slot, total) in self.series.iter().zip(&drained.totals) {
            let Some(series) = slot
                .get()
                .filter(|_| total.by_bound.iter().any(|it| *it > 0))
            else {
                continue;
            };
            each(RequestTotal {
                method: series.key.method,
                route: &series.key.route,
                status: series.status,
                class: series.key.class,
                by_bound: &total.by_bound,
                sum_us: total.sum_us,
            });
        }
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

    /// The slowest and the last failed of a route, of all statuses together.
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
        slowest.truncate(MOST);
        failed.truncate(MOST);
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
            let series = slot.get_or_init(|| Series::of(wanted.to_key(), Some(wanted.status())));
            wanted
                .is(&series.key, series.status)
                .then_some((place, series))
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
        let mut drained = self.drained.lock().unwrap_or_else(PoisonError::into_inner);
        let Drained { seen, totals } = &mut *drained;
        seen.resize_with(self.threads.len(), Vec::new);
        totals.resize_with(self.series.len(), Total::default);
        let threads = self.threads.iter().zip(seen.iter_mut());
        let threads = threads.filter_map(|(slot, seen)| Some((slot.get()?, seen)));
        let mut threads: Vec<(&OfThread, &mut SeenOfThread)> = threads.collect();
        for ((place, slot), total) in self.series.iter().enumerate().zip(totals) {
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
                total.add(&measure);
                take(&series.key, measure);
            }
        }
    }
}

impl OfThread {
    fn new(places: usize) -> Self {
        Self {
            started: ByMethod::default(),
            finished: ByMethod::default(),
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

impl Total {
    fn add(&mut self, measure: &Measure) {
        merge_counts(&mut self.by_bound, &measure.by_bound);
        self.sum_us = self.sum_us.saturating_add(measure.durations.sum_us());
    }
}

impl Series {
    fn of(key: SeriesKey, status: Option<u16>) -> Self {
        Self {
            key: Arc::new(key),
            status,
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
}
