//! The failures of the last minutes by key, within bounded memory.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How long a failure counts.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);
/// Bounds the memory to a few megabytes.
const MAX_KEYS: usize = 10_000;

/// When the recent failures of each key were, oldest first; never more than the limit of them.
pub(super) struct Failures<K> {
    limit: usize,
    times: HashMap<K, VecDeque<Instant>>,
}

impl<K: Copy + Eq + Hash> Failures<K> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            times: HashMap::new(),
        }
    }

    /// Until when a key has to wait, if it has failed too often.
    pub(super) fn wait(&mut self, key: &K, now: Instant) -> Option<Duration> {
        let times = self.times.get_mut(key)?;
        times.retain(|&time| is_recent(time, now));
        if times.is_empty() {
            self.times.remove(key);
            return None;
        }
        let oldest = *times.front()?;
        (times.len() >= self.limit)
            .then(|| WINDOW.saturating_sub(now.saturating_duration_since(oldest)))
    }

    pub(super) fn add(&mut self, key: K, now: Instant) {
        if self.times.len() >= MAX_KEYS && !self.times.contains_key(&key) {
            self.make_room(now);
        }
        self.times.entry(key).or_default().push_back(now);
    }

    /// How often a key has failed within the window.
    pub(super) fn count(&self, key: &K, now: Instant) -> usize {
        let times = self.times.get(key);
        times.map_or(0, |times| {
            times.iter().filter(|&&time| is_recent(time, now)).count()
        })
    }

    pub(super) fn remove_one(&mut self, key: &K, time: Instant) {
        let Some(times) = self.times.get_mut(key) else {
            return;
        };
        if let Some(place) = times.iter().position(|&other| other == time) {
            times.remove(place);
        }
        if times.is_empty() {
            self.times.remove(key);
        }
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.times.remove(key);
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Forgets whoever has been quiet for the whole window, else the one who has been quiet longest.
    fn make_room(&mut self, now: Instant) {
        self.times
            .retain(|_, times| times.back().is_some_and(|&latest| is_recent(latest, now)));
        if self.times.len() < MAX_KEYS {
            return;
        }
        let quietest = self.times.iter().min_by_key(|(_, times)| times.back());
        if let Some(key) = quietest.map(|(&key, _)| key) {
            self.times.remove(&key);
        }
    }
}

fn is_recent(time: Instant, now: Instant) -> bool {
    now.saturating_duration_since(time) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u32 = 10_000;

    #[test]
    fn a_flood_of_keys_pushes_out_the_quietest_and_fills_no_memory() {
        let start = Instant::now();
        let at = |key: u32| start + Duration::from_millis(u64::from(key));
        let mut failures = Failures::new(1);
        for key in 0..MAX {
            failures.add(key, at(key));
        }
        failures.add(1, at(MAX));
        failures.add(MAX, at(MAX));
        failures.add(MAX + 1, at(MAX));
        assert_eq!(failures.times.len(), MAX_KEYS);
        let is_known = |key| failures.times.contains_key(&key);
        assert!(!is_known(0) && is_known(1) && !is_known(2) && is_known(3));
    }

    #[test]
    fn those_whose_time_is_over_go_first_and_all_at_once() {
        let start = Instant::now();
        let mut failures = Failures::new(1);
        for key in 0..MAX {
            let is_early = key % 2 == 0;
            failures.add(key, if is_early { start } else { start + WINDOW / 2 });
        }
        failures.add(MAX, start + WINDOW);
        assert_eq!(failures.times.len(), MAX_KEYS / 2 + 1);
    }
}
