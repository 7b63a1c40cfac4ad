//! [`Traffic`]: the recorder, this process's minutes, the store and what it told, put together.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::due::Due;
use super::own::OwnMinutes;
use super::past::Past;
use super::recorder::Recorder;
use super::routes::RoutesCache;
use super::rows::Rows;
use crate::clock::{Clock, Minute, Span, Steadiness};
use crate::store::{Reach, Retention, Run, Store, StoreError, in_time};

/// How often the running minute is written: a crash loses no more than the time between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How many waiting minutes go into one write.
const BATCH: usize = 30;

pub struct Traffic {
    pub(super) recorder: Recorder,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) retention: Retention,
    state: Mutex<State>,
    /// Held by who exchanges with the store.
    exchanging: tokio::sync::Mutex<()>,
    pub(super) routes_cache: tokio::sync::Mutex<RoutesCache>,
}

pub(super) struct State {
    pub own: OwnMinutes,
    pub past: Past,
    pub due: Due,
    /// When anybody asked for routes last, if what was read then is still kept.
    pub routes_asked_at: Option<Instant>,
    /// When all of the history is to be read.
    pub read_all_at: Option<Instant>,
    pub reach: Reach,
    pub steadiness: Steadiness,
    /// When anything was deleted last.
    pub trimmed: Minute,
    /// The last one during which something was written.
    written: Minute,
}

impl Traffic {
    pub fn new(
        run: Run,
        clock: Arc<dyn Clock>,
        store: Arc<dyn Store>,
        retention: Retention,
    ) -> Self {
        let minute = Minute::of(clock.now());
        let state = State {
            own: OwnMinutes::new(run, minute),
            past: Past::default(),
            due: Due::default(),
            routes_asked_at: None,
            read_all_at: None,
            reach: Reach::default(),
            steadiness: Steadiness::new(&*clock),
            trimmed: minute,
            written: minute,
        };
        Self {
            recorder: Recorder::new(Arc::clone(&clock)),
            clock,
            store,
            retention,
            state: Mutex::new(state),
            exchanging: tokio::sync::Mutex::new(()),
            routes_cache: tokio::sync::Mutex::default(),
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

    pub(super) fn now(&self) -> Minute {
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
        self.recorder.forget_slow();
        self.with(|state| {
            state.own.absorb(&self.recorder);
            let minute = Minute::of(now);
            if let Some(closed) = state.own.turn(minute) {
                state.past.update(Span::Minute, vec![closed]);
            }
            if state.steadiness.has_jumped(now, monotonic) {
                // The day to show is another one.
                state.read_all_at = state.read_all_at.map(|_| monotonic);
            }
            state.forget_routes(monotonic);
            if state.steadiness.is_trusted(monotonic) {
                state.past.forget(minute);
            }
        });
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
        loop {
            let (mut batch, running) =
                self.with(|state| (state.own.waiting(BATCH), state.own.running_rows()));
            let is_last = batch.len() < BATCH;
            if is_last {
                batch.push(running);
            }
            in_time(self.store.write(batch.clone())).await?;
            self.with(|state| state.wrote(&batch));
            if is_last {
                return Ok(());
            }
        }
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
            change.log("traffic minutes");
        }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// The hours that are over are due anew: this one's, and that of every minute that came late.
    fn wrote(&mut self, batch: &[Rows]) {
        self.own.stored(batch);
        for rows in batch {
            let hour = Span::Hour.start_of(rows.start);
            let known = Span::Hour.start_of(self.written);
            if hour < known {
                self.due.add(Span::Hour, hour);
            } else if hour > known {
                self.due.add(Span::Hour, known);
            }
            self.written = self.written.max(rows.start);
        }
    }
}
