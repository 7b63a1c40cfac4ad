//! Exemplars: single requests that stand for a route, the slowest of the last hour and the last that
//! failed. In memory only; what they went through stands in the log, under their ids.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::histogram::micros;
use super::sample::Sample;
use crate::clock::Clock;

/// Of each kind.
pub(super) const MOST: usize = 10;

/// What was slow longer ago says nothing about now.
pub(super) const SLOW_FOR: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemplar {
    pub request_id: String,
    /// When it was answered.
    pub at: SystemTime,
    pub status: u16,
    pub duration: Duration,
    pub database: Duration,
}

#[derive(Default)]
pub(super) struct Exemplars {
    /// Whoever took no longer is not among the slowest.
    floor_us: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Slowest first.
    slowest: Vec<Exemplar>,
    /// Newest first.
    failed: VecDeque<Exemplar>,
}

impl Exemplars {
    /// A comparison, for nearly all. An exemplar takes the lock, and is left out if somebody holds
    /// it: when many fail at once, any of them will do.
    pub fn consider(&self, sample: &Sample<'_>, clock: &dyn Clock) {
        let is_slow = micros(sample.duration) > self.floor_us.load(Ordering::Relaxed);
        let has_failed = sample.status >= 500;
        if !is_slow && !has_failed {
            return;
        }
        let Ok(mut kept) = self.kept.try_lock() else {
            return;
        };
        let exemplar = Exemplar {
            request_id: sample.request_id.to_owned(),
            at: clock.now(),
            status: sample.status,
            duration: sample.duration,
            database: sample.database,
        };
        if has_failed {
            kept.failed.push_front(exemplar.clone());
            kept.failed.truncate(MOST);
        }
        let slower = |known: &Exemplar| known.duration >= exemplar.duration;
        let at = kept.slowest.partition_point(slower);
        kept.slowest.insert(at, exemplar);
        kept.slowest.truncate(MOST);
        self.floor_us.store(kept.floor_us(), Ordering::Relaxed);
    }

    /// Makes room for what is slow today.
    pub fn forget_slow_before(&self, time: SystemTime) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.slowest.retain(|exemplar| exemplar.at >= time);
        self.floor_us.store(kept.floor_us(), Ordering::Relaxed);
    }

    pub fn slowest(&self) -> Vec<Exemplar> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.slowest.clone()
    }

    pub fn failed(&self) -> Vec<Exemplar> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.failed.iter().cloned().collect()
    }
}

impl Kept {
    fn floor_us(&self) -> u64 {
        match self.slowest.get(MOST - 1) {
            Some(last) => micros(last.duration),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn consider(exemplars: &Exemplars, clock: &ManualClock, id: &str, status: u16, ms: u64) {
        let sample = Sample {
            method: "GET",
            route: "/",
            status,
            duration: Duration::from_millis(ms),
            database: Duration::ZERO,
            bytes: 0,
            request_id: id,
            trace: None,
        };
        exemplars.consider(&sample, clock);
    }

    fn ids(exemplars: &[Exemplar]) -> Vec<&str> {
        let ids = exemplars
            .iter()
            .map(|exemplar| exemplar.request_id.as_str());
        ids.collect()
    }

    #[test]
    fn the_slowest_are_kept_whatever_their_order() {
        let (exemplars, clock) = (Exemplars::default(), ManualClock::default());
        for ms in [5, 30, 10, 2, 7, 90, 1, 60, 20, 40, 50, 3, 80, 70] {
            consider(&exemplars, &clock, &ms.to_string(), 200, ms);
        }
        let slowest = ["90", "80", "70", "60", "50", "40", "30", "20", "10", "7"];
        assert_eq!(ids(&exemplars.slowest()), slowest);
        assert!(exemplars.failed().is_empty());
    }

    #[test]
    fn the_slowest_of_long_ago_make_room() {
        let (exemplars, clock) = (Exemplars::default(), ManualClock::default());
        for id in 0..20 {
            consider(&exemplars, &clock, &id.to_string(), 200, 1000);
        }
        clock.advance(SLOW_FOR + Duration::from_secs(1));
        consider(&exemplars, &clock, "quick", 200, 1);
        assert_eq!(exemplars.slowest().len(), MOST);
        exemplars.forget_slow_before(clock.now() - SLOW_FOR);
        consider(&exemplars, &clock, "quick", 200, 1);
        assert_eq!(ids(&exemplars.slowest()), ["quick"]);
    }

    #[test]
    fn the_last_that_failed_come_first() {
        let (exemplars, clock) = (Exemplars::default(), ManualClock::default());
        for id in 0..12 {
            consider(&exemplars, &clock, &id.to_string(), 503, 1);
            consider(&exemplars, &clock, "fine", 404, 1);
        }
        let failed = ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"];
        assert_eq!(ids(&exemplars.failed()), failed);
    }
}
