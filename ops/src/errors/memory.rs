//! The groups of this process: bounded, by the minute, with what the store does not have yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::counts::{MINUTES, MinuteCounts};
use super::occurrence::{Example, GroupKey};
use super::store::{ERRORS, GroupRow, StoredErrors};
use crate::clock::{Minute, Resolution};
use crate::series::{Payload as _, Row, Run};

/// More at once are no groups but noise: what comes beyond is counted together.
pub(super) const MAX_GROUPS: usize = 200;

/// Hours are kept this long, for while the store is away; they are also what the page shows then.
pub(super) const KEEP_HOURS: i64 = 48;

const MINUTE_MS: i64 = 60_000;

pub(super) struct Memory {
    instance: String,
    version: String,
    run: i64,
    newest_hour: i64,
    /// By fingerprint.
    groups: HashMap<String, Known>,
    dropped: u64,
}

struct Known {
    key: GroupKey,
    first_ms: i64,
    last_ms: i64,
    /// When the first came that the store does not have.
    news_ms: i64,
    example: Option<Example>,
    is_stored: bool,
    /// By hour and run.
    hours: BTreeMap<(i64, i64), Slot>,
}

#[derive(Default)]
struct Slot {
    minutes: MinuteCounts,
    is_stored: bool,
}

pub(super) fn minute_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(MINUTE_MS)
}

pub(super) fn hour_of(at_ms: i64) -> i64 {
    minute_of(at_ms).div_euclid(MINUTES)
}

fn hour_of_row(row: &Row) -> i64 {
    row.start.number().div_euclid(MINUTES)
}

impl Memory {
    pub fn new(instance: String, version: String, started_ms: i64) -> Self {
        Self {
            instance,
            version,
            run: started_ms,
            newest_hour: hour_of(started_ms),
            groups: HashMap::new(),
            dropped: 0,
        }
    }

    pub fn count(&mut self, key: GroupKey, example: Option<Example>, at_ms: i64, times: u64) {
        let hour = hour_of(at_ms);
        self.turn(hour);
        let mut fingerprint = key.fingerprint();
        let mut key = key;
        if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&fingerprint) {
            key = GroupKey::other();
            fingerprint = key.fingerprint();
        }
        let run = self.run;
        let known = self.groups.entry(fingerprint).or_insert_with(|| Known {
            key,
            first_ms: at_ms,
            last_ms: at_ms,
            news_ms: at_ms,
            example: None,
            is_stored: false,
            hours: BTreeMap::new(),
        });
        known.first_ms = known.first_ms.min(at_ms);
        known.last_ms = known.last_ms.max(at_ms);
        if known.is_stored {
            known.news_ms = at_ms;
        }
        known.is_stored = false;
        if example.is_some() {
            known.example = example;
        }
        let slot = known.hours.entry((hour, run)).or_default();
        slot.is_stored = false;
        let minute = minute_of(at_ms).rem_euclid(MINUTES);
        slot.minutes.add(u8::try_from(minute).unwrap_or(0), times);
    }

    /// Errors whose hours waited for the store until there was no room for them.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    pub fn example(&self, fingerprint: &str) -> Option<&Example> {
        self.groups.get(fingerprint)?.example.as_ref()
    }

    /// What the store lacks, about `most` hours of it. In an order that all processes share, so that
    /// two that write at once never wait for each other in a circle.
    pub fn unstored(&self, most: usize) -> (Vec<GroupRow>, Vec<Row>) {
        let mut waiting: Vec<(&String, &Known)> = self
            .groups
            .iter()
            .filter(|(_, known)| !known.is_stored || known.hours.values().any(|s| !s.is_stored))
            .collect();
        waiting.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        let (mut groups, mut hours) = (Vec::new(), Vec::new());
        for (fingerprint, known) in waiting {
            if hours.len() >= most {
                break;
            }
            groups.push(known.row(fingerprint, &self.version));
            let unstored = known.hours.iter().filter(|(_, slot)| !slot.is_stored);
            hours.extend(unstored.map(|(at, slot)| self.hour(*at, fingerprint, slot)));
        }
        (groups, hours)
    }

    /// The store has them; what was counted meanwhile it has not.
    pub fn stored(&mut self, groups: &[GroupRow], hours: &[Row]) {
        for row in groups {
            if let Some(known) = self.groups.get_mut(&row.fingerprint) {
                known.is_stored = known.row(&row.fingerprint, &self.version) == *row;
            }
        }
        for row in hours {
            let known = self.groups.get_mut(&*row.key);
            let at = (hour_of_row(row), row.run.number);
            if let Some(slot) = known.and_then(|known| known.hours.get_mut(&at)) {
                slot.is_stored = *slot.minutes.encode(row.start) == *row.payload;
            }
        }
    }

    /// In the form in which the store tells of it.
    pub fn since(&self, from_hour: i64) -> StoredErrors {
        let mut found = StoredErrors::default();
        for (fingerprint, known) in &self.groups {
            let hours = known
                .hours
                .iter()
                .filter(|((hour, _), _)| *hour >= from_hour);
            let before = found.hours.len();
            found
                .hours
                .extend(hours.map(|(at, slot)| self.hour(*at, fingerprint, slot)));
            if found.hours.len() > before {
                found.groups.push(known.row(fingerprint, &self.version));
            }
        }
        found
    }

    fn hour(&self, (hour, run): (i64, i64), fingerprint: &str, slot: &Slot) -> Row {
        let start = Minute::from_number(hour.saturating_mul(MINUTES));
        Row {
            kind: ERRORS,
            resolution: Resolution::Hour,
            start,
            run: Run {
                instance: self.instance.clone(),
                number: run,
            },
            key: Arc::from(fingerprint),
            covered: slot.minutes.covered(),
            count: slot.minutes.total(),
            payload: slot.minutes.encode(start).into_boxed_slice(),
        }
    }

    /// Makes room as time goes on. A clock that jumped far back comes to hours of which the store
    /// knows more than memory: they are counted anew, as those of another run.
    fn turn(&mut self, hour: i64) {
        if hour + KEEP_HOURS < self.newest_hour {
            self.run = self.run.saturating_add(1);
        } else if hour <= self.newest_hour {
            return;
        }
        self.newest_hour = hour;
        let dropped = &mut self.dropped;
        self.groups.retain(|_, known| {
            known.hours.retain(|(of, _), slot| {
                let is_kept = of.abs_diff(hour) <= KEEP_HOURS.unsigned_abs();
                if !is_kept && !slot.is_stored {
                    *dropped = dropped.saturating_add(slot.minutes.total());
                }
                is_kept
            });
            !known.hours.is_empty()
        });
    }
}

impl Known {
    fn row(&self, fingerprint: &str, version: &str) -> GroupRow {
        GroupRow {
            fingerprint: fingerprint.to_owned(),
            key: self.key.clone(),
            first_ms: self.first_ms,
            last_ms: self.last_ms,
            news_ms: self.news_ms,
            first_version: Some(version.to_owned()),
            last_version: Some(version.to_owned()),
            example: self.example.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * MINUTE_MS;

    fn key(message: &str) -> GroupKey {
        GroupKey {
            kind: "k".to_owned(),
            message: message.to_owned(),
            place: "p".to_owned(),
        }
    }

    fn memory() -> Memory {
        Memory::new("one".to_owned(), "1.0".to_owned(), 0)
    }

    fn total(memory: &Memory) -> u64 {
        let found = memory.since(i64::MIN);
        found.hours.iter().map(|row| row.count).sum()
    }

    #[test]
    fn whatever_comes_memory_is_bounded_and_counts_all_of_it() {
        let mut memory = memory();
        for n in 0..10_000 {
            memory.count(key(&n.to_string()), None, n, 1);
        }
        memory.count(key("3"), None, 10_000, 1);
        assert_eq!(memory.groups.len(), MAX_GROUPS + 1);
        assert_eq!(total(&memory), 10_001);
        let other = GroupKey::other().fingerprint();
        let found = memory.since(0);
        let of_other = found.hours.iter().filter(|row| *row.key == *other);
        let of_other: u64 = of_other.map(|row| row.count).sum();
        assert_eq!(of_other, 10_000 - MAX_GROUPS as u64);
    }

    #[test]
    fn old_hours_make_room_and_are_told_of_if_nobody_has_them() {
        let mut memory = memory();
        memory.count(key("a"), None, 5, 3);
        memory.count(key("b"), None, 5, 4);
        let (groups, hours) = memory.unstored(1);
        assert_eq!((groups.len(), hours.len()), (1, 1));
        memory.stored(&groups, &hours);
        memory.count(key("c"), None, (KEEP_HOURS + 1) * HOUR_MS, 1);
        assert_eq!(memory.groups.len(), 1);
        assert_eq!(
            memory.dropped(),
            7 - hours.iter().map(|row| row.count).sum::<u64>()
        );
    }

    #[test]
    fn what_is_counted_while_it_is_written_is_written_again() {
        let mut memory = memory();
        memory.count(key("a"), None, 5, 1);
        let (groups, hours) = memory.unstored(10);
        memory.count(key("a"), None, 7, 1);
        memory.stored(&groups, &hours);
        let (groups, hours) = memory.unstored(10);
        assert_eq!(hours.first().map(|row| row.count), Some(2));
        memory.stored(&groups, &hours);
        assert_eq!(memory.unstored(10), (vec![], vec![]));
    }

    #[test]
    fn an_hour_that_comes_again_after_a_jump_is_another_run() {
        let mut memory = memory();
        memory.count(key("a"), None, 0, 1);
        memory.count(key("a"), None, 1000 * HOUR_MS, 1);
        memory.count(key("a"), None, 0, 5);
        let (_, hours) = memory.unstored(10);
        let runs: Vec<_> = hours
            .iter()
            .map(|row| (hour_of_row(row), row.run.number, row.count))
            .collect();
        assert_eq!(runs, [(0, 1, 5)]);
        assert_eq!(memory.dropped(), 2);
    }
}
