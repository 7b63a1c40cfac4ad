//! [`Traffic`]: the recorder, this process's minutes, the store and what it told, put together.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::time::timeout;

use super::history::History;
use super::minute::Minute;
use super::own::OwnMinutes;
use super::recorder::Recorder;
use super::summary::{Summary, Summing};
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Minutes are kept this long, in the store and, while it is away, in memory.
pub const RETENTION_MINUTES: u32 = 48 * 60;

/// What a day is read back as.
const DAY_MINUTES: u32 = 24 * 60;

/// How often the running minute is written: a crash loses no more than the time between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How many waiting minutes go into one write.
const BATCH: usize = 30;

const STORE_LIMIT: Duration = Duration::from_secs(3);

/// How long a reader waits if nobody has read the store before.
const FIRST_READ_LIMIT: Duration = Duration::from_millis(500);

/// Other processes write what waited while they could not: at times, everything is read again.
const READ_ALL_EVERY: Duration = Duration::from_secs(300);

/// Otherwise only these: the running minute, and those just closed.
const RECENT_MINUTES: u32 = 3;

/// A clock that was set must prove itself this long before anything is deleted by it.
const TRUST_CLOCK_AFTER: Duration = Duration::from_secs(600);

/// The time of day and durations may drift apart this far from one look to the next.
const MAX_DRIFT: Duration = Duration::from_secs(5);

/// Whose minutes: an instance, from one start to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    pub instance: String,
    /// Milliseconds since the Unix epoch at its start. One more for each time the clock went back.
    pub number: i64,
}

impl Run {
    pub fn new(instance: String, started_at: SystemTime) -> Self {
        let since = started_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            instance,
            number: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        }
    }

    pub(super) fn next(&self) -> Self {
        Self {
            instance: self.instance.clone(),
            number: self.number.saturating_add(1),
        }
    }
}

pub struct Traffic {
    recorder: Recorder,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    state: Mutex<State>,
    /// Held by who exchanges with the store.
    exchanging: tokio::sync::Mutex<()>,
}

struct State {
    own: OwnMinutes,
    history: History,
    /// When all of the history is to be read.
    read_all_at: Option<Instant>,
    store_error: Option<Arc<StoreError>>,
    last_look: (SystemTime, Instant),
    /// Since when the time of day has gone as durations do.
    steady_since: Instant,
    trimmed: Minute,
}

impl Traffic {
    pub fn new(run: Run, clock: Arc<dyn Clock>, store: Arc<dyn Store>) -> Self {
        let (now, monotonic) = (clock.now(), clock.monotonic());
        let minute = Minute::of(now);
        let state = State {
            own: OwnMinutes::new(run, minute),
            history: History::default(),
            read_all_at: None,
            store_error: None,
            last_look: (now, monotonic),
            steady_since: monotonic,
            trimmed: minute,
        };
        Self {
            recorder: Recorder::default(),
            clock,
            store,
            state: Mutex::new(state),
            exchanging: tokio::sync::Mutex::new(()),
        }
    }

    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped_minutes(&self) -> u64 {
        self.with(|state| state.own.dropped())
    }

    /// Closes minutes and talks to the store until `stop` resolves, then once more.
    pub async fn run_until(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let round = async {
                self.tick().await;
                tokio::time::sleep(self.until_next_tick()).await;
            };
            // A round may be left anywhere: what it wrote unnoticed is written again.
            tokio::select! {
                () = &mut stop => break,
                () = round => {}
            }
        }
        let _exchanging = self.exchanging.lock().await;
        self.turn();
        let outcome = self.write().await;
        self.note(outcome.err());
    }

    /// One round: turns the minute, writes what the store lacks, reads what others did, trims.
    pub async fn tick(&self) {
        let _exchanging = self.exchanging.lock().await;
        self.turn();
        let outcome = self.exchange().await;
        self.note(outcome.err());
    }

    /// The last 24 hours, the running minute included: 1 440 minutes, of which those are covered
    /// that have a point. Never waits for a store that is known to be away.
    pub async fn last_day(&self) -> Summary {
        if self.with(|state| state.read_all_at.is_none() && !state.is_store_away()) {
            let first = timeout(FIRST_READ_LIMIT, self.read()).await;
            self.note(first.unwrap_or(Err(StoreError::Timeout)).err());
        }
        let now = self.now();
        let mut summing = Summing::over(now.minus(DAY_MINUTES - 1)..=now);
        let store_error = self.with(|state| {
            state.own.absorb(&self.recorder);
            let (minute, running) = state.own.running();
            summing.add(minute, &running);
            summing.add_all(state.own.closed());
            summing.add_all(state.history.iter());
            state.store_error.clone()
        });
        summing.finish(store_error)
    }

    fn now(&self) -> Minute {
        Minute::of(self.clock.now())
    }

    fn until_next_tick(&self) -> Duration {
        let now = self.clock.now();
        let next = Minute::from_number(Minute::of(now).number().saturating_add(1)).start();
        // Into the next minute, not up to it.
        let left = next.duration_since(now).unwrap_or_default() + Duration::from_millis(1);
        left.min(WRITE_EVERY)
    }

    fn turn(&self) {
        let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
        self.with(|state| {
            state.own.absorb(&self.recorder);
            state.own.turn(Minute::of(now));
            state.watch_clock(now, monotonic);
        });
    }

    async fn exchange(&self) -> Result<(), StoreError> {
        // A store that can't be written may well be read.
        let written = self.write().await;
        let read = self.read().await;
        written.and(read)?;
        self.trim().await
    }

    async fn write(&self) -> Result<(), StoreError> {
        loop {
            let (mut batch, running) =
                self.with(|state| (state.own.waiting(BATCH), state.own.running_rows()));
            let is_last = batch.len() < BATCH;
            if is_last {
                batch.push(running);
            }
            in_time(self.store.write_minutes(batch.clone())).await?;
            self.with(|state| state.own.stored(&batch));
            if is_last {
                return Ok(());
            }
        }
    }

    async fn read(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let oldest = now.minus(DAY_MINUTES);
        let due = self.with(|state| state.read_all_at);
        let is_all = due.is_none_or(|due| monotonic >= due);
        let from = if is_all {
            oldest
        } else {
            now.minus(RECENT_MINUTES)
        };
        let mut found = in_time(self.store.minutes_since(from)).await?;
        self.with(|state| {
            // This process knows its own better.
            found.retain(|row| !state.own.is_own(&row.run));
            if is_all {
                state.history.replace(found);
                state.read_all_at = Some(monotonic + READ_ALL_EVERY);
            } else {
                state.history.update(found);
                state.history.forget_before(oldest);
            }
        });
        Ok(())
    }

    /// A step a minute, and none by a clock that jumped of late.
    async fn trim(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let is_due = self.with(|state| {
            let steady = monotonic.saturating_duration_since(state.steady_since);
            let is_due = steady >= TRUST_CLOCK_AFTER && state.trimmed != now;
            if is_due {
                state.trimmed = now;
            }
            is_due
        });
        if is_due {
            in_time(self.store.trim_minutes(now.minus(RETENTION_MINUTES))).await?;
        }
        Ok(())
    }

    /// Tells of changes only: a store that is away for an hour is two lines.
    fn note(&self, error: Option<StoreError>) {
        let error = error.map(Arc::new);
        let before = self.with(|state| {
            if error.is_some() {
                // Others may have written much once it is back.
                state.read_all_at = state.read_all_at.map(|_| self.clock.monotonic());
            }
            std::mem::replace(&mut state.store_error, error.clone())
        });
        let told = |error: Option<Arc<StoreError>>| error.filter(|error| error.is_news());
        match (told(before), told(error)) {
            (None, Some(error)) => tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "the traffic store is out of reach; minutes wait in memory"
            ),
            (Some(_), None) => tracing::info!("the traffic store is there again"),
            _ => {}
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn is_store_away(&self) -> bool {
        let error = self.store_error.as_ref();
        error.is_some_and(|error| error.is_news())
    }

    fn watch_clock(&mut self, now: SystemTime, monotonic: Instant) {
        let (last_now, last_monotonic) = self.last_look;
        let expected = last_now + monotonic.saturating_duration_since(last_monotonic);
        let drift = expected
            .duration_since(now)
            .unwrap_or_else(|ahead| ahead.duration());
        if drift > MAX_DRIFT {
            self.steady_since = monotonic;
            // The day to show is another one.
            self.read_all_at = self.read_all_at.map(|_| monotonic);
        }
        self.last_look = (now, monotonic);
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(STORE_LIMIT, asked)
        .await
        .unwrap_or(Err(StoreError::Timeout))
}
