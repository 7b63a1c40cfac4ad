//! Lines over time, by level, while nobody knows yet how far back they will reach.

use std::collections::BTreeMap;

use super::query::Severity;

/// More bars than this tell nothing more.
const MAX_BUCKETS: i64 = 60;

/// Each is a multiple of the one before, so that buckets can be merged.
const STEPS_SECONDS: [i64; 14] = [
    1,
    5,
    10,
    30,
    60,
    300,
    600,
    1800,
    3600,
    3 * 3600,
    6 * 3600,
    12 * 3600,
    24 * 3600,
    7 * 24 * 3600,
];

/// Lines of one stretch of time, by [`Severity`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; Severity::ALL.len()]);

impl Counts {
    pub fn of(&self, severity: Severity) -> u64 {
        self.0.get(severity as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, other: Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    pub bucket_seconds: i64,
    /// Start of each bucket in milliseconds since the Unix epoch; oldest first, without gaps.
    pub buckets: Vec<(i64, Counts)>,
    /// Everything that was to be searched was counted.
    pub is_complete: bool,
}

/// Begins with the finest step and merges buckets when they become too many.
#[derive(Debug)]
pub(super) struct Counter {
    step_seconds: i64,
    /// Number of steps since the epoch to counts.
    buckets: BTreeMap<i64, Counts>,
    /// The latest bucket: most lines fall into the one of the line before.
    latest: (i64, Counts),
}

impl Counter {
    /// `range`, in milliseconds, is shown whole, whatever is found in it.
    pub fn new(since: Option<i64>, until: i64) -> Self {
        let mut counter = Self {
            step_seconds: 1,
            buckets: BTreeMap::new(),
            latest: (i64::MIN, Counts::default()),
        };
        if let Some(since) = since {
            counter.touch(since);
            counter.touch(until.saturating_sub(1).max(since));
        }
        counter
    }

    pub fn count(&mut self, millis: i64, severity: Severity) {
        if millis.div_euclid(self.step_seconds * 1000) != self.latest.0 {
            self.settle();
            // Settling may have made the step wider.
            let bucket = millis.div_euclid(self.step_seconds * 1000);
            self.latest = (bucket, Counts::default());
        }
        if let Some(count) = self.latest.1.0.get_mut(severity as usize) {
            *count += 1;
        }
    }

    fn touch(&mut self, millis: i64) {
        self.settle();
        self.latest = (
            millis.div_euclid(self.step_seconds * 1000),
            Counts::default(),
        );
        self.settle();
    }

    fn settle(&mut self) {
        let (bucket, counts) = self.latest;
        if bucket == i64::MIN {
            return;
        }
        self.buckets.entry(bucket).or_default().add(counts);
        self.latest = (i64::MIN, Counts::default());
        while self.span() > MAX_BUCKETS && self.coarsen() {}
    }

    fn span(&self) -> i64 {
        let first = self.buckets.keys().next();
        let last = self.buckets.keys().next_back();
        match (first, last) {
            (Some(first), Some(last)) => last - first + 1,
            _ => 0,
        }
    }

    fn coarsen(&mut self) -> bool {
        let step = self.step_seconds;
        let Some(next) = STEPS_SECONDS.into_iter().find(|next| *next > step) else {
            return false;
        };
        let mut merged: BTreeMap<i64, Counts> = BTreeMap::new();
        for (bucket, counts) in &self.buckets {
            let wider = (bucket * step).div_euclid(next);
            merged.entry(wider).or_default().add(*counts);
        }
        self.buckets = merged;
        self.step_seconds = next;
        true
    }

    pub fn finish(mut self, is_complete: bool) -> Histogram {
        self.settle();
        let first = self.buckets.keys().next().copied();
        let last = self.buckets.keys().next_back().copied();
        // The widest step has no limit to how many there are: clocks do go wrong by decades.
        let last = last.unwrap_or(0);
        let first = first.unwrap_or(1).max(last - 10 * MAX_BUCKETS);
        let buckets = (first..=last).map(|bucket| {
            let counts = self.buckets.get(&bucket).copied().unwrap_or_default();
            (bucket * self.step_seconds * 1000, counts)
        });
        Histogram {
            bucket_seconds: self.step_seconds,
            buckets: buckets.collect(),
            is_complete,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn total(histogram: &Histogram) -> u64 {
        let counts = histogram.buckets.iter().map(|(_, counts)| counts);
        counts.map(|counts| counts.0.iter().sum::<u64>()).sum()
    }

    #[test]
    fn the_range_asked_for_is_shown_whole() {
        let mut counter = Counter::new(Some(0), 3_600_000);
        counter.count(1_800_000, Severity::Error);
        let histogram = counter.finish(true);
        assert_eq!(histogram.bucket_seconds, 60);
        assert_eq!(histogram.buckets.len(), 60);
        assert_eq!(histogram.buckets.first().unwrap().0, 0);
        let (start, counts) = histogram
            .buckets
            .iter()
            .find(|(_, c)| *c != Counts::default())
            .unwrap();
        assert_eq!((*start, counts.of(Severity::Error)), (1_800_000, 1));
    }

    #[test]
    fn nothing_makes_no_buckets() {
        assert!(Counter::new(None, 1000).finish(true).buckets.is_empty());
    }

    proptest! {
        #[test]
        fn every_line_is_counted_once_in_its_time(
            times in prop::collection::vec(0_i64..40_000_000_000, 0..50),
        ) {
            let mut counter = Counter::new(None, 0);
            for millis in &times {
                counter.count(*millis, Severity::Info);
            }
            let histogram = counter.finish(true);
            prop_assert_eq!(total(&histogram), times.len() as u64);
            let length = histogram.bucket_seconds * 1000;
            for (start, counts) in &histogram.buckets {
                let within = times.iter().filter(|t| (*start..start + length).contains(t));
                prop_assert_eq!(counts.of(Severity::Info), within.count() as u64);
            }
            let is_widest = histogram.bucket_seconds == *STEPS_SECONDS.last().unwrap();
            prop_assert!(is_widest || histogram.buckets.len() <= 60);
        }
    }
}
