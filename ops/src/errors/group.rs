//! A group as it is shown: all places of one cause together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::counts::MinuteCounts;
use super::occurrence::{Example, GroupKey};
use super::standing::GroupState;
use super::store::GroupRow;
use super::window::Window;
use crate::series::{Payload as _, Row};

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
    /// Of the processes that saw these; `None`: not known.
    pub first_version: Option<String>,
    pub last_version: Option<String>,
    /// The last one that this process logged, so that its log can be asked; else another's.
    pub example: Option<Example>,
    /// What people said of it.
    pub state: GroupState,
}

/// How often each key's errors happened, step by step.
pub(super) fn counted(hours: &[Row], window: Window) -> HashMap<&str, Vec<u64>> {
    let mut steps: HashMap<&str, Vec<u64>> = HashMap::new();
    for row in hours {
        let steps = steps
            .entry(&row.key)
            .or_insert_with(|| vec![0; window.steps as usize]);
        for (minute, count) in minutes_of(row) {
            if let Some(step) = window.step(minute).and_then(|step| steps.get_mut(step)) {
                *step = step.saturating_add(count);
            }
        }
    }
    steps
}

/// Of an hour, in minutes since the Unix epoch, and how often in each. An hour that can't be read has
/// none.
pub(super) fn minutes_of(row: &Row) -> Vec<(i64, u64)> {
    let mut minutes = MinuteCounts::default();
    _ = minutes.merge_encoded(&row.payload, row.start);
    let minutes = minutes.iter();
    let minutes = minutes.map(|(minute, count)| (row.start.number() + i64::from(minute), count));
    minutes.collect()
}

/// One group for each cause, with the places below it.
pub(super) fn by_cause(rows: impl Iterator<Item = Group>) -> Vec<Group> {
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
    /// Of one place; nobody has said anything yet.
    pub(super) fn of(row: GroupRow, steps: Vec<u64>) -> Self {
        let count = steps.iter().sum();
        Self {
            fingerprint: row.key.cause().fingerprint(),
            places: vec![(row.key.place.clone(), count)],
            key: row.key,
            count,
            steps,
            first_ms: row.first_ms,
            last_ms: row.last_ms,
            first_version: row.first_version,
            last_version: row.last_version,
            example: row.example,
            state: GroupState::default(),
        }
    }

    fn take_in(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        for (step, more) in self.steps.iter_mut().zip(other.steps) {
            *step = step.saturating_add(more);
        }
        self.places.extend(other.places);
        if other.first_ms < self.first_ms {
            self.first_ms = other.first_ms;
            self.first_version = other.first_version;
        }
        if other.last_ms > self.last_ms {
            self.last_ms = other.last_ms;
            self.last_version = other.last_version;
        }
        let at = |example: &Option<Example>| example.as_ref().map(|example| example.at_ms);
        if at(&other.example) > at(&self.example) {
            self.example = other.example;
        }
    }
}
