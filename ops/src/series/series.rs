//! [`Series`]: this process's minutes, the store and what it told, put together.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::time::timeout;

use super::Spec;
use super::cache::HistoryCache;
use super::local::LocalMinutes;
use super::payload::Payload;
use super::rollup::RollupPlan;
use super::status::StoreStatus;
use super::store::{InstanceFilter, Retention, Row, Run, SeriesStore, StoreError};
use super::summary::Summary;
use crate::clock::{Clock, JumpGuard, Minute, Period, Resolution};

/// How long a reader waits if nobody has read the store before.
const FIRST_READ_LIMIT: Duration = Duration::from_millis(500);

/// Of payloads `P`. `V` is what charts show of one.
pub struct Series<P, V> {
    pub(super) spec: Spec,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Arc<dyn SeriesStore>,
    pub(super) retention: Retention,
    state: Mutex<State<P, V>>,
    /// Held by whoever exchanges rows with the store.
    exchanging: tokio::sync::Mutex<()>,
}

pub(super) struct State<P, V> {
    pub local: LocalMinutes<P>,
    pub cache: HistoryCache<V>,
    pub plan: RollupPlan,
    /// When anybody asked for keys last, if what was read then is still kept.
    pub keys_asked_at: Option<Instant>,
    /// When all of the history is to be read.
    pub read_all_at: Option<Instant>,
    /// When the store last told what it knows.
    pub read_at: Option<SystemTime>,
    pub status: StoreStatus,
    pub guard: JumpGuard,
    /// When anything was deleted last.
    pub trimmed: Minute,
    /// The last minute of which something was written.
    written: Minute,
}

impl<P, V> Series<P, V>
where
    P: Payload,
    V: Clone + for<'p> From<&'p P>,
{
    pub fn new(
        spec: Spec,
        run: Run,
        clock: Arc<dyn Clock>,
        store: Arc<dyn SeriesStore>,
        retention: Retention,
    ) -> Self {
        let minute = Minute::of(clock.now());
        let state = State {
            local: LocalMinutes::new(spec, run, minute),
            cache: HistoryCache::default(),
            plan: RollupPlan::default(),
            keys_asked_at: None,
            read_all_at: None,
            read_at: None,
            status: StoreStatus::default(),
            guard: JumpGuard::new(&*clock),
            trimmed: minute,
            written: minute,
        };
        Self {
            spec,
            clock,
            store,
            retention,
            state: Mutex::new(state),
            exchanging: tokio::sync::Mutex::new(()),
        }
    }

    /// Records into the running minute. `record` is given a function that takes a key, or an empty one
    /// for the total alone, a count and a payload.
    pub fn record(&self, record: impl FnOnce(&mut dyn FnMut(&str, u64, &P))) {
        self.with(|state| {
            record(&mut |key, count, payload| state.local.add(key, count, payload));
        });
    }

    /// Closes the running minute if it is over.
    pub fn turn(&self) {
        let now = self.now();
        self.with(|state| state.turn(now));
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped_minutes(&self) -> u64 {
        self.with(|state| state.local.dropped())
    }

    /// When the store last told what it knows.
    pub fn read_at(&self) -> Option<SystemTime> {
        self.with(|state| state.read_at)
    }

    /// One round: turns the minute, writes what the store lacks, reads what others did, rolls up, trims.
    pub async fn tick(&self) {
        let _exchanging = self.exchanging.lock().await;
        self.look_at_the_clock();
        let outcome = self.exchange().await;
        self.note(outcome.err());
    }

    /// The last round of a process: turns the minute and writes what the store lacks.
    pub async fn flush(&self) {
        let _exchanging = self.exchanging.lock().await;
        self.look_at_the_clock();
        let outcome = self.write().await;
        self.note(outcome.err());
    }

    /// Never waits for a store that is known to be away. Steps of less than an hour go back as far as
    /// minutes are kept.
    pub async fn summary(&self, period: Period, filter: &InstanceFilter) -> Summary<P, V> {
        self.read_first().await;
        let now = self.now();
        self.with(|state| {
            let State {
                local,
                cache,
                status,
                ..
            } = state;
            let is_here = filter.matches(local.instance());
            let running = if is_here { local.running() } else { None };
            let summary = cache.summary(period, filter, now, running);
            Summary {
                store_error: status.error(),
                ..summary
            }
        })
    }

    /// The counts of a period by instance, those too that were up and counted nothing.
    pub async fn counts_by_instance(&self, period: Period) -> BTreeMap<String, u64> {
        self.read_first().await;
        let now = self.now();
        self.with(|state| {
            let State { local, cache, .. } = state;
            let running = local.running();
            let running = running.filter(|(minute, _)| period.contains(*minute, now));
            let running = running.map(|(_, total)| (local.instance(), total.count));
            let mut found: BTreeMap<&str, u64> = BTreeMap::new();
            for (instance, count) in cache.counts(period, now).chain(running) {
                let known = found.entry(instance).or_default();
                *known = known.saturating_add(count);
            }
            let owned = |(instance, count): (&str, u64)| (instance.to_owned(), count);
            found.into_iter().map(owned).collect()
        })
    }

    /// Waits for the store only if nobody has read it before, and it is not known to be away.
    pub(super) async fn read_first(&self) {
        if self.with(|state| state.read_all_at.is_none() && !state.status.is_away()) {
            let first = timeout(FIRST_READ_LIMIT, self.read()).await;
            self.note(first.unwrap_or(Err(StoreError::Timeout)).err());
        }
    }

    pub(super) fn now(&self) -> Minute {
        Minute::of(self.clock.now())
    }

    fn look_at_the_clock(&self) {
        let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
        self.with(|state| {
            let minute = Minute::of(now);
            state.turn(minute);
            if state.guard.has_jumped(now, monotonic) {
                // Other minutes are to be shown now.
                state.read_all_at = state.read_all_at.map(|_| monotonic);
            }
            state.forget_keys(monotonic);
            if state.guard.is_trusted(monotonic) {
                state.cache.forget(minute);
            }
        });
    }

    fn note(&self, error: Option<StoreError>) {
        let change = self.with(|state| {
            if error.is_some() {
                // Others may have written much once it is back.
                state.read_all_at = state.read_all_at.map(|_| self.clock.monotonic());
            }
            state.status.note(error)
        });
        if let Some(change) = change {
            change.log(self.spec.what);
        }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State<P, V>) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<P: Payload, V> State<P, V> {
    fn turn(&mut self, minute: Minute) {
        if let Some(closed) = self.local.turn(minute) {
            self.cache.update::<P>(Resolution::Minute, vec![closed]);
        }
    }

    /// The hours that are over are to be rolled up anew: this one's, and that of every minute that came
    /// late.
    pub fn wrote(&mut self, rows: &[Row]) {
        self.local.stored(rows);
        for row in rows {
            let hour = Resolution::Hour.start_of(row.start);
            let known = Resolution::Hour.start_of(self.written);
            if hour < known {
                self.plan.add(Resolution::Hour, hour);
            } else if hour > known {
                self.plan.add(Resolution::Hour, known);
            }
            self.written = self.written.max(row.start);
        }
    }
}
