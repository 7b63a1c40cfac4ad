//! [`EventLog`]: what happened, in memory and in the store.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::time::timeout;

use super::event::{Event, EventKind, EventStore};
use crate::clock::{Clock, JumpGuard, Minute, Resolution, from_unix_millis, unix_millis};
use crate::series::{Retention, Run, SHOWN_MINUTES, StoreError, in_time};

/// How many wait for the store: a process that starts and stops has a handful.
const MAX_WAITING: usize = 200;

/// Other processes write what waited while they could not: at times, everything is read again.
const READ_ALL_EVERY: Duration = Duration::from_secs(900);

/// Otherwise only what happened in the last minutes.
const RECENT_MINUTES: u32 = 3;

/// How long a reader waits if nobody has read the store before.
const FIRST_READ_LIMIT: Duration = Duration::from_millis(500);

pub struct EventLog {
    clock: Arc<dyn Clock>,
    store: Arc<dyn EventStore>,
    retention: Retention,
    state: Mutex<State>,
}

impl EventLog {
    /// `run` began at `started_at`, as `version`.
    pub fn new(
        run: Run,
        started_at: SystemTime,
        version: String,
        clock: Arc<dyn Clock>,
        store: Arc<dyn EventStore>,
        retention: Retention,
    ) -> Self {
        let state = State::new(run, started_at, version, &*clock);
        Self {
            clock,
            store,
            retention,
            state: Mutex::new(state),
        }
    }

    /// Something that happened, now or a moment ago. It goes to the store with the next exchange.
    pub fn note(&self, at: SystemTime, kind: EventKind, detail: String) {
        self.with(|state| state.add(kind, at, detail));
    }

    /// Of all instances, as far as they are known, oldest first. Never waits.
    pub fn since(&self, from: Minute) -> Vec<Event> {
        self.with(|state| state.since(from))
    }

    /// Waits for the store if nobody has read it before. A failure shows at the next exchange.
    pub(crate) async fn read_first(&self) {
        if self.with(|state| state.read_all_at.is_none()) {
            _ = timeout(FIRST_READ_LIMIT, self.read()).await;
        }
    }

    /// Writes what the store lacks, reads what others wrote, trims. One call at a time.
    ///
    /// # Errors
    /// If the store can't be reached.
    pub(crate) async fn exchange(&self) -> Result<(), StoreError> {
        // A store that can't be written may well be read.
        let written = self.write().await;
        let read = self.read().await;
        written.and(read)?;
        self.trim().await
    }

    /// # Errors
    /// As [`EventLog::exchange`].
    pub(crate) async fn write(&self) -> Result<(), StoreError> {
        if let Some(start) = self.with(|state| state.uncompared_start()) {
            let before = in_time(self.store.start_before(&start)).await?;
            self.with(|state| state.compare(&start, before.as_ref()));
        }
        let events = self.with(|state| state.waiting());
        if !events.is_empty() {
            in_time(self.store.write(events.clone())).await?;
            self.with(|state| state.stored(&events));
        }
        Ok(())
    }

    async fn read(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
        let is_all_due = self.with(|state| {
            if state.guard.has_jumped(now, monotonic) {
                state.read_all_at = None;
            }
            state.read_all_at.is_none_or(|due| monotonic >= due)
        });
        let now = Minute::of(now);
        let from = if is_all_due {
            Resolution::Day.start_of(now.minus(SHOWN_MINUTES))
        } else {
            now.minus(RECENT_MINUTES)
        };
        let found = in_time(self.store.since(unix_millis(from.start()))).await;
        self.with(|state| match found {
            Ok(found) if is_all_due => {
                state.known = found;
                state.read_all_at = Some(monotonic + READ_ALL_EVERY);
                Ok(())
            }
            Ok(found) => {
                state.update(found);
                Ok(())
            }
            Err(error) => {
                // Others may have written much once it is back.
                state.read_all_at = None;
                Err(error)
            }
        })
    }

    /// Once a minute, and not by a clock that jumped of late.
    async fn trim(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (Minute::of(self.clock.now()), self.clock.monotonic());
        let is_due = |state: &mut State| state.guard.is_due(&mut state.trimmed, now, monotonic);
        if !self.with(is_due) {
            return Ok(());
        }
        let oldest = now.minus(self.retention.minutes(Resolution::Day));
        in_time(self.store.trim(unix_millis(oldest.start()))).await
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// This process's events until the store has them, and those that the store told of.
struct State {
    run: Run,
    next: u32,
    waiting: VecDeque<Event>,
    known: Vec<Event>,
    /// The store can say only when it is there whether the version is another one.
    is_start_compared: bool,
    /// When all events are to be read.
    read_all_at: Option<Instant>,
    guard: JumpGuard,
    /// When anything was deleted last.
    trimmed: Minute,
}

impl State {
    fn new(run: Run, started_at: SystemTime, version: String, clock: &dyn Clock) -> Self {
        let mut state = Self {
            run,
            next: 0,
            waiting: VecDeque::new(),
            known: Vec::new(),
            is_start_compared: false,
            read_all_at: None,
            guard: JumpGuard::new(clock),
            trimmed: Minute::of(clock.now()),
        };
        state.add(EventKind::Start, started_at, version);
        state
    }

    fn add(&mut self, kind: EventKind, at: SystemTime, detail: String) {
        self.waiting.push_back(Event {
            run: self.run.clone(),
            number: self.next,
            at_ms: unix_millis(at),
            kind,
            detail,
        });
        self.next = self.next.saturating_add(1);
        if self.waiting.len() > MAX_WAITING {
            self.waiting.pop_front();
        }
    }

    /// This process's start, as long as nobody has said what ran before it.
    fn uncompared_start(&self) -> Option<Event> {
        let mut waiting = self.waiting.iter();
        let start = waiting.find(|event| event.kind == EventKind::Start);
        start.filter(|_| !self.is_start_compared).cloned()
    }

    /// `before` is the last start before `start`.
    fn compare(&mut self, start: &Event, before: Option<&Event>) {
        self.is_start_compared = true;
        let other = before.filter(|before| before.detail != start.detail);
        if let Some(before) = other {
            let detail = format!("{} → {}", before.detail, start.detail);
            let at = from_unix_millis(start.at_ms);
            self.add(EventKind::VersionChange, at, detail);
        }
    }

    fn waiting(&self) -> Vec<Event> {
        self.waiting.iter().cloned().collect()
    }

    fn stored(&mut self, events: &[Event]) {
        let is_stored = |event: &Event| events.iter().any(|stored| stored.number == event.number);
        let waiting = std::mem::take(&mut self.waiting);
        let (stored, waiting) = waiting.into_iter().partition::<Vec<_>, _>(is_stored);
        self.known.extend(stored);
        self.waiting = waiting.into();
    }

    /// Some of them, maybe anew.
    fn update(&mut self, found: Vec<Event>) {
        for event in found {
            let is_it = |known: &Event| (&known.run, known.number) == (&event.run, event.number);
            if !self.known.iter().any(is_it) {
                self.known.push(event);
            }
        }
    }

    /// Oldest first.
    fn since(&self, from: Minute) -> Vec<Event> {
        let from = unix_millis(from.start());
        let all = self.known.iter().chain(&self.waiting);
        let mut found: Vec<Event> = all.filter(|event| event.at_ms >= from).cloned().collect();
        // Of one moment: as they were told, so that a version follows its start.
        found.sort_by(|a, b| {
            let order = |event: &Event| (event.at_ms, event.run.number, event.number);
            order(a)
                .cmp(&order(b))
                .then_with(|| a.run.instance.cmp(&b.run.instance))
        });
        // Told by the store, and not yet known to be stored.
        found.dedup_by(|a, b| (&a.run, a.number) == (&b.run, b.number));
        found
    }
}
