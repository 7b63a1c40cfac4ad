//! [`Errors`]: this process's groups, the store and what it told, put together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::counts::MINUTES;
use super::memory::{Memory, hour_of};
use super::occurrence::{Example, GroupKey, Occurrence};
use super::store::{ErrorStore, StoredErrors};
use crate::clock::{Clock, Steadiness, unix_millis};
use crate::store::{Reach, StoreError, in_time};

/// How many hours of groups go into one write.
const BATCH: usize = 200;

/// A page opens within a second, whatever the store does.
const READ_LIMIT: Duration = Duration::from_millis(700);

/// Several readers, or one who refreshes every second, cost one reading.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// How many groups are shown.
const MOST_SHOWN: usize = 50;

/// The store keeps a row for each cause and place; so many are read to be put together.
const MOST_READ: usize = 200;

const HOURS_A_DAY: i64 = 24;

/// A stretch of time, step by step. In minutes since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first minute that counts; it lies within the first step.
    pub from: i64,
    /// Where the first step begins.
    pub start: i64,
    pub step_minutes: u32,
    pub steps: u32,
}

#[derive(Clone, Debug)]
pub struct Found {
    /// The most frequent first.
    pub groups: Vec<Group>,
    /// How many errors there were in all, and how many groups are not shown.
    pub total: u64,
    pub more_groups: u64,
    /// Why the store is out of reach, if it is: there is then only what this process counted.
    pub store_error: Option<Arc<StoreError>>,
}

#[derive(Clone, Debug)]
pub struct Group {
    /// Of the cause: see [`GroupKey::cause`].
    pub fingerprint: String,
    /// Its place is where it showed most often.
    pub key: GroupKey,
    /// Where it showed, and how often within the window, the most frequent first.
    pub places: Vec<(String, u64)>,
    /// Within the window.
    pub count: u64,
    pub steps: Vec<u64>,
    /// Ever, as far as it is kept. Milliseconds since the Unix epoch.
    pub first_ms: i64,
    pub last_ms: i64,
    /// The last one that this process logged, so that its log can be asked; else another's.
    pub example: Option<Example>,
}

pub struct Errors {
    instance: String,
    clock: Arc<dyn Clock>,
    store: Arc<dyn ErrorStore>,
    retention_days: u32,
    state: Mutex<State>,
    /// Held by who exchanges with the store.
    exchanging: tokio::sync::Mutex<()>,
    cache: tokio::sync::Mutex<Cache>,
}

/// What was read, by window's length and instance.
type Cache = HashMap<(u32, u32, Option<String>), (Instant, Arc<Found>)>;

struct State {
    memory: Memory,
    reach: Reach,
    steadiness: Steadiness,
    trimmed_hour: i64,
}

impl Errors {
    pub fn new(
        instance: String,
        clock: Arc<dyn Clock>,
        store: Arc<dyn ErrorStore>,
        retention_days: u32,
    ) -> Self {
        let now_ms = unix_millis(clock.now());
        let state = State {
            memory: Memory::new(instance.clone(), now_ms),
            reach: Reach::default(),
            steadiness: Steadiness::new(&*clock),
            trimmed_hour: hour_of(now_ms),
        };
        Self {
            instance,
            clock,
            store,
            retention_days,
            state: Mutex::new(state),
            exchanging: tokio::sync::Mutex::new(()),
            cache: tokio::sync::Mutex::default(),
        }
    }

    /// Counts whole lines, each with its `\n`, and `missed` more of which nobody knows the text.
    pub fn absorb(&self, lines: &[u8], missed: u64) {
        let mut unreadable = missed;
        for line in lines.split(|byte| *byte == b'\n') {
            if line.is_empty() {
                continue;
            }
            match Occurrence::of_line(line, &self.instance) {
                // A lock a line: nobody waits for all of them.
                Some(Occurrence { key, example }) => self.with(|state| {
                    let at_ms = example.at_ms;
                    state.memory.count(key, Some(example), at_ms, 1);
                }),
                None => unreadable += 1,
            }
        }
        if unreadable > 0 {
            let now_ms = unix_millis(self.clock.now());
            self.with(|state| {
                state
                    .memory
                    .count(GroupKey::other(), None, now_ms, unreadable);
            });
        }
    }

    /// Errors whose hours waited for the store until there was no room for them.
    pub fn dropped(&self) -> u64 {
        self.with(|state| state.memory.dropped())
    }

    /// One round: writes what the store lacks, and deletes what is too old.
    pub async fn tick(&self) {
        let outcome = self.exchange().await;
        self.note(outcome.err().map(Arc::new));
    }

    /// The most frequent groups of the window, of all instances or one. Where the store is out of
    /// reach there is what this process holds, and the error.
    pub async fn groups(&self, window: Window, instance: Option<&str>) -> Arc<Found> {
        let name = (
            window.steps,
            window.step_minutes,
            instance.map(str::to_owned),
        );
        // One reads, the others wait for what it finds.
        let mut cache = self.cache.lock().await;
        let monotonic = self.clock.monotonic();
        cache.retain(|_, (at, _)| monotonic.saturating_duration_since(*at) < FRESH_FOR);
        if let Some((_, found)) = cache.get(&name) {
            return Arc::clone(found);
        }
        let from_hour = window.from.div_euclid(MINUTES);
        let found = match self.read(from_hour, instance).await {
            Ok(stored) => self.summed(stored, window, None),
            Err(error) => {
                let is_own = instance.is_none_or(|name| name == self.instance);
                let held = self.with(|state| state.memory.since(from_hour));
                let held = if is_own {
                    held
                } else {
                    StoredErrors::default()
                };
                self.summed(held, window, Some(error))
            }
        };
        let found = Arc::new(found);
        cache.insert(name, (monotonic, Arc::clone(&found)));
        found
    }

    /// Never waits for a store that is known to be away: whoever ticks finds out when it is back.
    async fn read(
        &self,
        from_hour: i64,
        instance: Option<&str>,
    ) -> Result<StoredErrors, Arc<StoreError>> {
        if let Some(error) = self.with(|state| state.reach.news()) {
            return Err(error);
        }
        let read = async {
            // So that what this process logged a moment ago is there, too.
            self.write().await?;
            let instance = instance.map(str::to_owned);
            self.store.read(from_hour, instance, MOST_READ).await
        };
        let read = timeout(READ_LIMIT, read).await;
        read.unwrap_or(Err(StoreError::Timeout)).map_err(|error| {
            let error = Arc::new(error);
            self.note(Some(Arc::clone(&error)));
            error
        })
    }

    fn summed(
        &self,
        stored: StoredErrors,
        window: Window,
        store_error: Option<Arc<StoreError>>,
    ) -> Found {
        let mut steps: HashMap<&str, Vec<u64>> = HashMap::new();
        for row in &stored.hours {
            let steps = steps
                .entry(&row.fingerprint)
                .or_insert_with(|| vec![0; window.steps as usize]);
            for (minute, count) in row.minutes.iter() {
                let at = row.hour * MINUTES + i64::from(minute);
                if let Some(step) = window.step(at).and_then(|step| steps.get_mut(step)) {
                    *step = step.saturating_add(count);
                }
            }
        }
        let rows = stored
            .groups
            .into_iter()
            .map(|row| {
                let steps = steps.remove(row.fingerprint.as_str()).unwrap_or_default();
                let own = self.with(|state| state.memory.example(&row.fingerprint).cloned());
                let count = steps.iter().sum();
                Group {
                    count,
                    steps,
                    example: own.or(row.example),
                    fingerprint: row.key.cause().fingerprint(),
                    places: vec![(row.key.place.clone(), count)],
                    key: row.key,
                    first_ms: row.first_ms,
                    last_ms: row.last_ms,
                }
            })
            .filter(|group| group.count > 0);
        let mut groups = by_cause(rows);
        groups.sort_by(|a, b| {
            let by = |group: &Group| {
                (
                    std::cmp::Reverse(group.count),
                    std::cmp::Reverse(group.last_ms),
                )
            };
            by(a)
                .cmp(&by(b))
                .then_with(|| a.key.message.cmp(&b.key.message))
                .then_with(|| a.fingerprint.cmp(&b.fingerprint))
        });
        let shown: u64 = groups.iter().map(|group| group.count).sum();
        let hidden = groups.split_off(groups.len().min(MOST_SHOWN));
        Found {
            groups,
            total: shown.saturating_add(stored.more_errors),
            more_groups: stored.more_groups + hidden.len() as u64,
            store_error,
        }
    }

    async fn exchange(&self) -> Result<(), StoreError> {
        if self.with(|state| state.reach.error().is_some()) {
            // With nothing to write nobody would notice that it is back.
            let hour = hour_of(unix_millis(self.clock.now()));
            in_time(self.store.read(hour, None, 0)).await?;
        }
        self.write().await?;
        self.trim().await
    }

    async fn write(&self) -> Result<(), StoreError> {
        let _exchanging = self.exchanging.lock().await;
        loop {
            let (groups, hours) = self.with(|state| state.memory.unstored(BATCH));
            if groups.is_empty() {
                return Ok(());
            }
            in_time(self.store.write(groups.clone(), hours.clone())).await?;
            self.with(|state| state.memory.stored(&groups, &hours));
            if hours.len() < BATCH {
                return Ok(());
            }
        }
    }

    /// Once an hour, and not by a clock that jumped of late.
    async fn trim(&self) -> Result<(), StoreError> {
        let hour = hour_of(unix_millis(self.clock.now()));
        let is_due = self.with(|state| {
            let monotonic = self.clock.monotonic();
            state.steadiness.has_jumped(self.clock.now(), monotonic);
            let is_due = state.steadiness.is_trusted(monotonic) && state.trimmed_hour != hour;
            if is_due {
                state.trimmed_hour = hour;
            }
            is_due
        });
        if !is_due {
            return Ok(());
        }
        let kept = i64::from(self.retention_days) * HOURS_A_DAY;
        in_time(self.store.trim(hour - kept)).await
    }

    /// Tells of changes only: a store that is away for an hour is two lines. The first of them is a
    /// warning, or the groups would grow by their own trouble.
    fn note(&self, error: Option<Arc<StoreError>>) {
        if let Some(change) = self.with(|state| state.reach.note(error)) {
            change.log("error groups");
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One group for each cause, with the places below it.
fn by_cause(rows: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    for row in rows {
        match groups.entry(row.fingerprint.clone()) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(mut known) => known.get_mut().take_in(row),
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        let by_count =
            |a: &(String, u64), b: &(String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        group.places.sort_by(by_count);
        if let Some((place, _)) = group.places.first() {
            group.key.place.clone_from(place);
        }
    }
    groups
}

impl Group {
    fn take_in(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        for (step, more) in self.steps.iter_mut().zip(other.steps) {
            *step = step.saturating_add(more);
        }
        self.places.extend(other.places);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        let at = |example: &Option<Example>| example.as_ref().map(|example| example.at_ms);
        if at(&other.example) > at(&self.example) {
            self.example = other.example;
        }
    }
}

impl Window {
    fn step(&self, minute: i64) -> Option<usize> {
        if minute < self.from {
            return None;
        }
        let step = (minute - self.start).checked_div(i64::from(self.step_minutes))?;
        usize::try_from(step).ok()
    }
}
