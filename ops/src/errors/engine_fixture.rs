//! An engine over stores in memory, with a clock that is moved by hand.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use super::*;
use crate::clock::{Clock, ManualClock, rfc3339_millis};
use crate::series::{InstanceFilter, MemoryStore, StoreError};

pub(super) const DAYS: u32 = 90;

pub(super) fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// Keeps groups in memory, and is away when told.
#[derive(Default)]
pub(super) struct MemoryGroups(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    is_away: bool,
    groups: HashMap<String, GroupRow>,
    states: HashMap<String, GroupState>,
    entries: Vec<(String, Entry)>,
}

impl MemoryGroups {
    fn kept<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> Result<T, StoreError> {
        let mut kept = self.0.lock().unwrap();
        if kept.is_away {
            return Err(StoreError::Failed("away".into()));
        }
        Ok(act(&mut kept))
    }
}

#[async_trait]
impl GroupStore for MemoryGroups {
    async fn write(&self, groups: Vec<GroupRow>) -> Result<(), StoreError> {
        self.kept(|kept| {
            for row in groups {
                let cause = row.key.cause().fingerprint();
                let of_cause = kept.groups.values();
                let of_cause = of_cause.filter(|known| known.key.cause().fingerprint() == cause);
                let known_ms = of_cause.map(|known| known.last_ms).max();
                let sight = Sight {
                    first_ms: row.news_ms,
                    last_ms: row.last_ms,
                    version: row.last_version.as_deref(),
                };
                kept.states.entry(cause).or_default().saw(sight, known_ms);
                let known = kept.groups.entry(row.fingerprint.clone());
                let known = known.or_insert_with(|| row.clone());
                known.first_ms = known.first_ms.min(row.first_ms);
                if known.last_ms <= row.last_ms {
                    known.last_ms = row.last_ms;
                    known.last_version = row.last_version;
                    known.example = row.example;
                }
            }
        })
    }

    async fn read(&self, fingerprints: Vec<String>) -> Result<Vec<GroupRow>, StoreError> {
        assert!(fingerprints.len() <= 200);
        self.kept(|kept| {
            let found = fingerprints.iter().filter_map(|name| kept.groups.get(name));
            found.cloned().collect()
        })
    }

    async fn complete(&self) -> Result<(), StoreError> {
        self.kept(|_| ())
    }

    async fn of_cause(&self, cause: String) -> Result<Vec<GroupRow>, StoreError> {
        self.kept(|kept| {
            let rows = kept.groups.values();
            rows.filter(|row| row.key.cause().fingerprint() == cause)
                .cloned()
                .collect()
        })
    }

    async fn states(&self, causes: Vec<String>) -> Result<HashMap<String, GroupState>, StoreError> {
        self.kept(|kept| {
            let states = kept.states.iter();
            let states = states.filter(|(cause, _)| causes.contains(cause));
            states
                .map(|(cause, state)| (cause.clone(), state.clone()))
                .collect()
        })
    }

    async fn change(&self, cause: String, change: Change, entry: Entry) -> Result<(), StoreError> {
        self.kept(|kept| {
            let by = entry.by.clone().unwrap_or_default();
            let state = kept.states.entry(cause.clone()).or_default();
            *state = state.changed(change, &by, entry.at_ms, &entry.text);
            kept.entries.push((cause, entry));
        })
    }

    async fn add_entry(&self, cause: String, entry: Entry) -> Result<(), StoreError> {
        self.kept(|kept| kept.entries.push((cause, entry)))
    }

    async fn entries(&self, cause: String) -> Result<Vec<Entry>, StoreError> {
        self.kept(|kept| {
            let entries = kept.entries.iter().rev();
            let entries = entries.filter(|(of, _)| *of == cause);
            entries.map(|(_, entry)| entry.clone()).collect()
        })
    }

    async fn trim(&self, before_ms: i64) -> Result<(), StoreError> {
        self.kept(|kept| kept.groups.retain(|_, row| row.last_ms >= before_ms))
    }
}

/// Both stores of one database.
#[derive(Default)]
pub(super) struct Stores {
    pub series: Arc<MemoryStore>,
    groups: Arc<MemoryGroups>,
}

impl Stores {
    pub fn set_away(&self, is_away: bool) {
        self.series.set_away(is_away);
        self.groups.0.lock().unwrap().is_away = is_away;
    }
}

pub(super) struct Machine {
    pub clock: Arc<ManualClock>,
    pub store: Arc<Stores>,
    pub errors: Errors,
    pub version: &'static str,
}

/// The last minutes, the running one included, in one step.
pub(super) fn last(clock: &ManualClock, minutes: u32) -> Window {
    let now = clock.now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    let from = i64::try_from(now).unwrap() - i64::from(minutes) + 1;
    Window {
        from,
        end: from + i64::from(minutes),
        start: from,
        step_minutes: minutes,
        steps: 1,
    }
}

pub(super) fn errors(
    (instance, version): (&str, &str),
    clock: &Arc<ManualClock>,
    store: &Stores,
) -> Errors {
    let clock = Arc::clone(clock);
    let (series, groups) = (Arc::clone(&store.series), Arc::clone(&store.groups));
    let who = (instance.to_owned(), version.to_owned());
    Errors::new(who, clock, series, groups, DAYS)
}

impl Machine {
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::new(noon()));
        let store = Arc::new(Stores::default());
        let errors = errors(("one", "1.0"), &clock, &store);
        Self {
            clock,
            store,
            errors,
            version: "1.0",
        }
    }

    pub fn fails(&self, message: &str, times: u64) {
        for _ in 0..times {
            log(&self.errors, &self.clock, message);
        }
    }

    /// As after kill -9: what was not written is gone.
    pub fn restart(&mut self) {
        self.clock.advance(Duration::from_secs(1));
        self.errors = errors(("one", self.version), &self.clock, &self.store);
    }

    pub async fn last_hours(&self, hours: u32) -> Arc<Found> {
        self.clock.advance(Duration::from_secs(3));
        let window = last(&self.clock, hours * 60);
        self.errors.groups(window, &InstanceFilter::All).await
    }
}

pub(super) fn only(instance: &str) -> InstanceFilter {
    InstanceFilter::Instance(instance.to_owned())
}

pub(super) fn log(errors: &Errors, clock: &ManualClock, message: &str) {
    let at = rfc3339_millis(clock.now());
    let line = format!(
        "{{\"timestamp\":\"{at}\",\"level\":\"ERROR\",\"logger\":\"a::b\",\"message\":\"{message}\",\"request_id\":\"r-{at}\"}}\n"
    );
    errors.absorb(line.as_bytes(), 0);
}
