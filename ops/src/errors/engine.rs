//! [`Errors`]: this process's groups, the store and what it told, put together.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::counts::MINUTES;
use super::group::{Group, by_cause, counted};
use super::memory::{Memory, hour_of};
use super::occurrence::{GroupKey, Occurrence};
use super::standing::GroupState;
use super::store::{ERRORS, GroupRow, GroupStore, StoredErrors};
use super::window::Window;
use crate::clock::{Clock, JumpGuard, Minute, Resolution, unix_millis};
use crate::series::{InstanceFilter, Row, SeriesStore, StoreError, StoreStatus, in_time};

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

pub struct Errors {
    pub(super) instance: String,
    pub(super) clock: Arc<dyn Clock>,
    series: Arc<dyn SeriesStore>,
    pub(super) groups: Arc<dyn GroupStore>,
    retention_days: u32,
    state: Mutex<State>,
    /// Held by who exchanges with the store.
    exchanging: tokio::sync::Mutex<()>,
    pub(super) cache: tokio::sync::Mutex<Cache>,
}

/// What was read, by window's length and instance.
type Cache = HashMap<(Window, InstanceFilter), (Instant, Arc<Found>)>;

pub(super) struct State {
    pub memory: Memory,
    /// As they were read last, for while the store is away.
    pub states: HashMap<String, GroupState>,
    /// Whether what earlier versions wrote has its causes.
    is_complete: bool,
    status: StoreStatus,
    guard: JumpGuard,
    trimmed_hour: i64,
}

impl Errors {
    pub fn new(
        (instance, version): (String, String),
        clock: Arc<dyn Clock>,
        series: Arc<dyn SeriesStore>,
        groups: Arc<dyn GroupStore>,
        retention_days: u32,
    ) -> Self {
        let now_ms = unix_millis(clock.now());
        let state = State {
            memory: Memory::new(instance.clone(), version, now_ms),
            states: HashMap::new(),
            is_complete: false,
            status: StoreStatus::default(),
            guard: JumpGuard::new(&*clock),
            trimmed_hour: hour_of(now_ms),
        };
        Self {
            instance,
            clock,
            series,
            groups,
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
    pub async fn groups(&self, window: Window, filter: &InstanceFilter) -> Arc<Found> {
        let name = (window, filter.clone());
        // One reads, the others wait for what it finds.
        let mut cache = self.cache.lock().await;
        let monotonic = self.clock.monotonic();
        cache.retain(|_, (at, _)| monotonic.saturating_duration_since(*at) < FRESH_FOR);
        if let Some((_, found)) = cache.get(&name) {
            return Arc::clone(found);
        }
        let from_hour = window.from.div_euclid(MINUTES);
        let found = match self.read(window.hours(), filter).await {
            Ok(stored) => self.summed(stored, window, None),
            Err(error) => {
                let held = if filter.matches(&self.instance) {
                    self.held(from_hour)
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

    async fn read(
        &self,
        hours: Range<Minute>,
        filter: &InstanceFilter,
    ) -> Result<StoredErrors, Arc<StoreError>> {
        let stored = self
            .asked(async {
                let mut rows = self.hours(hours).await?;
                rows.retain(|row| filter.matches(&row.run.instance));
                self.most_frequent(rows).await
            })
            .await?;
        self.with(|state| state.states.clone_from(&stored.states));
        Ok(stored)
    }

    /// Asks the store, with what this process logged a moment ago. Never waits for one that is known to
    /// be away: whoever ticks finds out when it is back.
    pub(super) async fn asked<T>(
        &self,
        ask: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, Arc<StoreError>> {
        if let Some(error) = self.with(|state| state.status.news()) {
            return Err(error);
        }
        let answer = async {
            self.write().await?;
            ask.await
        };
        let answer = timeout(READ_LIMIT, answer).await;
        answer.unwrap_or(Err(StoreError::Timeout)).map_err(|error| {
            let error = Arc::new(error);
            self.note(Some(Arc::clone(&error)));
            error
        })
    }

    /// What this process holds since that hour, with what it knows of the rest.
    pub(super) fn held(&self, from_hour: i64) -> StoredErrors {
        self.with(|state| StoredErrors {
            states: state.states.clone(),
            ..state.memory.since(from_hour)
        })
    }

    pub(super) async fn hours(&self, hours: Range<Minute>) -> Result<Vec<Row>, StoreError> {
        self.series.read(ERRORS, Resolution::Hour, hours).await
    }

    /// The groups that these hours have most of, with their hours.
    async fn most_frequent(&self, mut hours: Vec<Row>) -> Result<StoredErrors, StoreError> {
        let mut counts: HashMap<Arc<str>, u64> = HashMap::new();
        for row in &hours {
            let count = counts.entry(Arc::clone(&row.key)).or_default();
            *count = count.saturating_add(row.count);
        }
        let mut counts: Vec<(Arc<str>, u64)> = counts.into_iter().collect();
        counts.sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then(a.cmp(b)));
        let more = counts.split_off(counts.len().min(MOST_READ));
        let shown: HashSet<Arc<str>> = counts.into_iter().map(|(key, _)| key).collect();
        hours.retain(|row| shown.contains(&row.key));
        let fingerprints = shown.iter().map(|key| key.to_string());
        let groups = self.groups.read(fingerprints.collect()).await?;
        let causes: HashSet<String> = groups
            .iter()
            .map(|row| row.key.cause().fingerprint())
            .collect();
        Ok(StoredErrors {
            states: self.groups.states(causes.into_iter().collect()).await?,
            groups,
            hours,
            more_groups: more.len() as u64,
            more_errors: more.iter().map(|(_, count)| count).sum(),
        })
    }

    fn summed(
        &self,
        stored: StoredErrors,
        window: Window,
        store_error: Option<Arc<StoreError>>,
    ) -> Found {
        let groups = self.grouped(stored.groups, &stored.hours, &stored.states, window);
        let mut groups: Vec<Group> = groups.into_iter().filter(|group| group.count > 0).collect();
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

    /// By cause, whether anything happened within the window or not.
    pub(super) fn grouped(
        &self,
        rows: Vec<GroupRow>,
        hours: &[Row],
        states: &HashMap<String, GroupState>,
        window: Window,
    ) -> Vec<Group> {
        let mut steps = counted(hours, window);
        let rows = rows.into_iter().map(|row| {
            let none = || vec![0; window.steps as usize];
            let steps = steps.remove(row.fingerprint.as_str()).unwrap_or_else(none);
            let own = self.with(|state| state.memory.example(&row.fingerprint).cloned());
            let example = own.or_else(|| row.example.clone());
            Group::of(GroupRow { example, ..row }, steps)
        });
        let mut groups = by_cause(rows);
        for group in &mut groups {
            group.state = states.get(&group.fingerprint).cloned().unwrap_or_default();
        }
        groups
    }

    async fn exchange(&self) -> Result<(), StoreError> {
        if self.with(|state| state.status.error().is_some()) {
            // With nothing to write nobody would notice that it is back.
            let hour = hour_of(unix_millis(self.clock.now()));
            in_time(self.hours(start_of(hour)..Minute::LATEST)).await?;
        }
        if !self.with(|state| state.is_complete) {
            in_time(self.groups.complete()).await?;
            self.with(|state| state.is_complete = true);
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
            // First the groups: an hour without its group could not be shown.
            in_time(self.groups.write(groups.clone())).await?;
            in_time(self.series.write(hours.clone())).await?;
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
            state.guard.has_jumped(self.clock.now(), monotonic);
            let guard = &state.guard;
            guard.is_due(&mut state.trimmed_hour, hour, monotonic)
        });
        if !is_due {
            return Ok(());
        }
        let oldest = start_of(hour - i64::from(self.retention_days) * HOURS_A_DAY);
        in_time(self.series.trim(ERRORS, Resolution::Hour, oldest)).await?;
        in_time(self.groups.trim(unix_millis(oldest.start()))).await
    }

    /// Tells of changes only: a store that is away for an hour is two lines. The first of them is a
    /// warning, or the groups would grow by their own trouble.
    fn note(&self, error: Option<Arc<StoreError>>) {
        if let Some(change) = self.with(|state| state.status.note(error)) {
            change.log("error groups");
        }
    }

    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn start_of(hour: i64) -> Minute {
    Minute::from_number(hour.saturating_mul(MINUTES))
}
