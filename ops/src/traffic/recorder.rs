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
use super::traced::{LastTraced, TracedByBound};
use crate::clock::Clock;

/// Of the table of series.
pub(super) const SLOTS: usize = 1024;

/// How far from where it belongs a series may be.
const MAX_PROBES: usize = 32;

/// So many threads have counters of their own, all others share the last ones. 1.7 KB for each series
/// that a thread has served, and as much for what was seen of it.
pub(super) const THREADS: usize = 65;

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
    traced: LastTraced,
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
    /// By the same places: the last one of each that is part of a recorded trace.
    pub traced: TracedByBound,
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
        series.traced.consider(sample, &*self.clock);
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
                traced: series.traced.by_bound(),
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
            traced: LastTraced::default(),
        }
    }
}
