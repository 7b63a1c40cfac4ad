//! What a gauge did over a stretch of time: merged, never averaged twice.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::gauge::{Gauge, Sample};
use crate::clock::unix_millis;

/// At least one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    pub count: u64,
    pub sum: u64,
    pub min: u64,
    pub max: u64,
    pub last: u64,
    /// When it was measured: seconds since the Unix epoch.
    pub last_at: i64,
}

impl Level {
    pub fn of(value: u64, at: i64) -> Self {
        Self {
            count: 1,
            sum: value,
            min: value,
            max: value,
            last: value,
            last_at: at,
        }
    }

    pub fn average(&self) -> f64 {
        self.sum as f64 / self.count.max(1) as f64
    }

    /// Whichever way round, and in whatever order: the result is the same.
    pub fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        // Of two at once, the larger.
        (self.last_at, self.last) = (self.last_at, self.last).max((other.last_at, other.last));
    }
}

/// By the gauges' codes: those that a later version added are merged and kept by this one, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<u8, Level>);

impl Levels {
    pub fn record(&mut self, sample: &Sample, at: SystemTime) {
        let at = unix_millis(at).div_euclid(1000);
        for (gauge, value) in sample.iter() {
            self.add(gauge.code(), Level::of(value, at));
        }
    }

    pub fn get(&self, gauge: Gauge) -> Option<&Level> {
        self.0.get(&gauge.code())
    }

    pub(super) fn add(&mut self, code: u8, level: Level) {
        self.0
            .entry(code)
            .and_modify(|known| known.merge(&level))
            .or_insert(level);
    }

    /// In the order of the codes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u8, &Level)> {
        self.0.iter().map(|(code, level)| (*code, level))
    }
}

/// Charts show levels as they are.
impl From<&Self> for Levels {
    fn from(levels: &Self) -> Self {
        levels.clone()
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::series::Payload as _;

    /// As many values as a day has, of any gauge, also of one that is not known here.
    pub fn levels(from: i64) -> impl Strategy<Value = Levels> {
        let value = prop_oneof![0..100_u64, 0..=u64::MAX];
        vec((0..60_u8, value, 0..86_400_i64), 0..100).prop_map(move |values| {
            let mut levels = Levels::default();
            for (code, value, at) in values {
                levels.add(code, Level::of(value, from + at));
            }
            levels
        })
    }

    proptest! {
        #[test]
        fn however_values_are_put_together_the_level_is_theirs(
            parts in vec(vec((0..1_u64 << 40, 0..1000_i64), 1..9), 1..9),
        ) {
            let of = |values: &[(u64, i64)]| {
                let levels = values.iter().map(|(value, at)| Level::of(*value, *at));
                levels.reduce(|mut all, level| { all.merge(&level); all }).unwrap()
            };
            let mut merged: Vec<Level> = parts.iter().map(|part| of(part)).collect();
            merged.reverse();
            let merged = merged.into_iter().reduce(|mut all, level| { all.merge(&level); all }).unwrap();
            let values = parts.concat();
            let numbers = || values.iter().map(|(value, _)| *value);
            prop_assert_eq!(merged.count, values.len() as u64);
            prop_assert_eq!(merged.sum, numbers().sum::<u64>());
            prop_assert_eq!(Some(merged.min), numbers().min());
            prop_assert_eq!(Some(merged.max), numbers().max());
            let last = values.iter().map(|(value, at)| (*at, *value)).max();
            prop_assert_eq!(Some((merged.last_at, merged.last)), last);
        }

        #[test]
        fn a_level_lies_between_its_ends(a in levels(0), b in levels(500)) {
            let mut merged = a.clone();
            merged.merge(&b);
            let mut other_way = b;
            other_way.merge(&a);
            prop_assert_eq!(&merged, &other_way);
            for (_, level) in merged.iter() {
                prop_assert!(level.min <= level.last && level.last <= level.max);
            }
        }
    }
}
