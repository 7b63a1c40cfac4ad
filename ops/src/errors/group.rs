//! A group as it is shown: all places of one cause together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::occurrence::{Example, GroupKey};

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
