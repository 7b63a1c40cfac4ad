//! [`Host`]: the sources, this process's minutes and events, the store and what it told, put together.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::event::{EventKind, Events};
use super::gauge::Sample;
use super::history::History;
use super::own::OwnMinutes;
use super::source::Source;
use super::store::HostStore;
use crate::clock::{Clock, Minute, Span, Steadiness, unix_millis};
use crate::store::{Reach, Retention, Run, StoreError, in_time};

pub const SAMPLE_EVERY: Duration = Duration::from_secs(10);

/// How long one look may take; what it has not found by then is absent.
const SOURCE_LIMIT: Duration = Duration::from_secs(3);

/// How often the running minute is written, if there is anything new in it.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How many rows go into one write.
const BATCH: usize = 60;

/// How many times in a row something is rolled up between two writes of the running minute.
const ROLL_UPS_A_TICK: usize = 4;

pub struct Host {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Arc<dyn HostStore>,
    retention: Retention,
    sources: Vec<Arc<dyn Source>>,
    state: Mutex<State>,
    /// Held by who exchanges with the store.
    exchanging: tokio::sync::Mutex<()>,
}

pub(super) struct State {
    pub own: OwnMinutes,
    /// The last look, and when it was.
    pub latest: Option<(SystemTime, Sample)>,
    pub minutes: History,
    pub hours: History,
    pub days: History,
    pub events: Events,
    /// When all of the history is to be read.
    pub read_all_at: Option<Instant>,
    /// When the store last told what it knows.
    pub read_at: Option<SystemTime>,
    pub reach: Reach,
    pub steadiness: Steadiness,
    /// How much of which minute was written last.
    written: Option<(Minute, u64)>,
    /// The hour up to which everything is rolled up; `None` after rows came that may be late.
    pub rolled_up: Option<Minute>,
    /// When anything was deleted last.
    trimmed: Minute,
}

impl Host {
    /// `run` began at `started_at`, as `version`.
    pub fn new(
        run: Run,
        started_at: SystemTime,
        version: String,
        sources: Vec<Arc<dyn Source>>,
        clock: Arc<dyn Clock>,
        store: Arc<dyn HostStore>,
        retention: Retention,
    ) -> Self {
        let minute = Minute::of(clock.now());
        let state = State {
            own: OwnMinutes::new(run.clone(), minute),
            latest: None,
            minutes: History::of(Span::Minute),
            hours: History::of(Span::Hour),
            days: History::of(Span::Day),
            events: Events::new(run, started_at, version),
            read_all_at: None,
            read_at: None,
            reach: Reach::default(),
            steadiness: Steadiness::new(&*clock),
            written: None,
            rolled_up: None,
            trimmed: minute,
        };
        Self {
            clock,
            store,
            retention,
            sources,
            state: Mutex::new(state),
            exchanging: tokio::sync::Mutex::new(()),
        }
    }

    /// Something that happened just now. It goes to the store with the next samples.
    pub fn note_event(&self, kind: EventKind, detail: String) {
        let now = self.clock.now();
        self.with(|state| state.events.add(kind, now, detail));
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped_minutes(&self) -> u64 {
        self.with(|state| state.own.dropped())
    }

    /// Looks, and talks to the store, until `stop` resolves; then notes that, and writes once more.
    pub async fn run_until(&self, stop: impl Future<Output = ()>) {
        // Apart, so that no store that hangs makes a gap.
        let sampling = async {
            let mut ticks = interval(SAMPLE_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                self.sample().await;
            }
        };
        let exchanging = async {
            loop {
                self.tick().await;
                sleep(WRITE_EVERY).await;
            }
        };
        // Either may be left anywhere: what was written unnoticed is written again.
        tokio::select! {
            () = stop => {}
            () = sampling => {}
            () = exchanging => {}
        }
        let _exchanging = self.exchanging.lock().await;
        self.note_event(EventKind::Stop, String::new());
        let outcome = self.write().await;
        self.note(outcome.err());
    }

    /// Asks all sources once, side by side.
    pub async fn sample(&self) {
        let looks = self
            .sources
            .iter()
            .map(|source| timeout(SOURCE_LIMIT, source.read()));
        let mut sample = Sample::default();
        for found in join_all(looks).await.into_iter().flatten() {
            sample.append(found);
        }
        self.with(|state| {
            let now = self.clock.now();
            state.own.record(&sample, now);
            state.latest = Some((now, sample));
        });
    }

    /// One round: writes what the store lacks, reads what others did, rolls up, trims.
    pub async fn tick(&self) {
        let _exchanging = self.exchanging.lock().await;
        self.with(|state| {
            let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
            state.own.turn(Minute::of(now));
            if state.steadiness.has_jumped(now, monotonic) {
                // What is to be shown is something else.
                state.read_all_at = state.read_all_at.map(|_| monotonic);
            }
        });
        let outcome = self.exchange().await;
        self.note(outcome.err());
    }

    pub(super) fn now(&self) -> Minute {
        Minute::of(self.clock.now())
    }

    async fn exchange(&self) -> Result<(), StoreError> {
        // A store that can't be written may well be read.
        let written = self.write().await;
        let read = self.read().await;
        written.and(read)?;
        self.roll_up().await?;
        self.trim().await
    }

    async fn write(&self) -> Result<(), StoreError> {
        if let Some(start) = self.with(|state| state.events.uncompared_start()) {
            let before = in_time(self.store.start_before(&start)).await?;
            self.with(|state| state.events.compare(&start, before.as_ref()));
        }
        let hour = Span::Hour.start_of(self.now());
        loop {
            let (mut rows, running, events) = self.with(|state| {
                let running = state.own.running();
                let running = running.filter(|row| state.written != Some((row.start, row.samples)));
                (state.own.waiting(BATCH), running, state.events.waiting())
            });
            let is_last = rows.len() < BATCH;
            if is_last {
                rows.extend(running.clone());
            }
            if !rows.is_empty() || !events.is_empty() {
                in_time(self.store.write(rows.clone(), events.clone())).await?;
            }
            self.with(|state| {
                state.own.stored(&rows);
                if rows.iter().any(|row| row.start < hour) {
                    state.rolled_up = None;
                }
                state.events.stored(&events);
                if let Some(row) = running.filter(|_| is_last) {
                    state.written = Some((row.start, row.samples));
                }
            });
            if is_last {
                return Ok(());
            }
        }
    }

    /// Once an hour, and whenever rows came that may be late.
    async fn roll_up(&self) -> Result<(), StoreError> {
        let now = self.now();
        let hour = Span::Hour.start_of(now);
        for _ in 0..ROLL_UPS_A_TICK {
            let rows = self.with(|state| {
                if state.rolled_up == Some(hour) {
                    return Vec::new();
                }
                let minutes = state.minutes.iter().chain(state.own.closed());
                let mut rows = state.hours.lacking(minutes, now);
                if rows.is_empty() {
                    // Days are made of hours that are complete.
                    rows = state.days.lacking(state.hours.iter(), now);
                }
                rows.truncate(BATCH);
                rows
            });
            if rows.is_empty() {
                self.with(|state| state.rolled_up = Some(hour));
                return Ok(());
            }
            in_time(self.store.write(rows.clone(), Vec::new())).await?;
            self.with(|state| {
                let (hours, days) = rows.into_iter().partition(|row| row.span == Span::Hour);
                state.hours.update(hours);
                state.days.update(days);
            });
        }
        Ok(())
    }

    /// A step a minute, and none by a clock that jumped of late; nor anything that is still to be
    /// rolled up.
    async fn trim(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let is_due = self.with(|state| {
            if state.trimmed == now || state.rolled_up != Some(Span::Hour.start_of(now)) {
                return false;
            }
            state.forget(now);
            let is_due = state.steadiness.is_trusted(monotonic);
            if is_due {
                state.trimmed = now;
            }
            is_due
        });
        if !is_due {
            return Ok(());
        }
        for span in [Span::Minute, Span::Hour, Span::Day] {
            let oldest = now.minus(self.retention.minutes(span));
            in_time(self.store.trim(span, oldest)).await?;
        }
        let oldest = now.minus(self.retention.minutes(Span::Day)).start();
        in_time(self.store.trim_events(unix_millis(oldest))).await
    }

    pub(super) fn note(&self, error: Option<StoreError>) {
        let change = self.with(|state| {
            if error.is_some() {
                // Others may have written much once it is back.
                state.read_all_at = state.read_all_at.map(|_| self.clock.monotonic());
            }
            state.reach.note(error)
        });
        if let Some(change) = change {
            change.log("host samples");
        }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
