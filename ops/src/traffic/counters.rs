//! What one thread has counted of one series, ever. One thread writes, any may read: so the writer need
//! not lock the bus, and no other thread's cache line is touched.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::bounds::REQUEST_BOUNDS;
use super::bucket::{BUCKETS, index_of};
use super::histogram::{Histogram, micros};
use super::sample::{BoundCounts, Measure, Sample};

const BOUNDS: usize = REQUEST_BOUNDS.written.len() + 1;

/// Whether others write, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writers {
    One,
    Many,
}

/// All of them only grow, and begin again at 0 after their last number: what was counted between two
/// looks is their difference.
pub(super) struct Counters {
    calls: AtomicU32,
    bytes: AtomicU64,
    database_us: AtomicU64,
    sum_us: AtomicU64,
    counts: [AtomicU32; BUCKETS],
    by_bound: [AtomicU32; BOUNDS],
}

/// [`Counters`] as they were when somebody looked last.
pub(super) struct Seen {
    calls: u32,
    bytes: u64,
    database_us: u64,
    sum_us: u64,
    counts: [u32; BUCKETS],
    by_bound: [u32; BOUNDS],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            calls: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            database_us: AtomicU64::new(0),
            sum_us: AtomicU64::new(0),
            counts: [const { AtomicU32::new(0) }; BUCKETS],
            by_bound: [const { AtomicU32::new(0) }; BOUNDS],
        }
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            calls: 0,
            bytes: 0,
            database_us: 0,
            sum_us: 0,
            counts: [0; BUCKETS],
            by_bound: [0; BOUNDS],
        }
    }
}

macro_rules! add {
    ($counter:expr, $more:expr, $writers:expr) => {
        match $writers {
            Writers::One => {
                let now = $counter.load(Ordering::Relaxed);
                // What was written before it is seen by whoever sees this.
                $counter.store(now.wrapping_add($more), Ordering::Release);
            }
            Writers::Many => _ = $counter.fetch_add($more, Ordering::Release),
        }
    };
}

pub(super) fn add(counter: &AtomicU64, more: u64, writers: Writers) {
    add!(counter, more, writers);
}

impl Counters {
    pub fn record(&self, sample: &Sample<'_>, writers: Writers) {
        let duration_us = micros(sample.duration);
        add!(self.bytes, sample.bytes, writers);
        // Many requests need no database.
        if !sample.database.is_zero() {
            add!(self.database_us, micros(sample.database), writers);
        }
        add!(self.sum_us, duration_us, writers);
        if let Some(bound) = self.by_bound.get(REQUEST_BOUNDS.place_of(sample.duration)) {
            add!(bound, 1, writers);
        }
        // After the sum and the bound, so that whoever takes the count finds these parts of it.
        if let Some(bucket) = self.counts.get(index_of(duration_us)) {
            add!(bucket, 1, writers);
        }
        add!(self.calls, 1, writers);
    }

    /// What was counted since the last time, if anything. Each sample is taken exactly once, whatever is
    /// recorded meanwhile; only its part of the sum, and its bytes, may come one call earlier.
    pub fn take(&self, seen: &mut Seen) -> Option<Measure> {
        let calls = self.calls.load(Ordering::Acquire);
        if calls == seen.calls {
            return None;
        }
        seen.calls = calls;
        let mut durations: Option<Histogram> = None;
        for (index, (counter, seen)) in self.counts.iter().zip(&mut seen.counts).enumerate() {
            let count = counter.load(Ordering::Acquire);
            if count != *seen {
                let count_since = u64::from(count.wrapping_sub(*seen));
                durations
                    .get_or_insert_default()
                    .add_count(index, count_since);
                *seen = count;
            }
        }
        // None, if the last look came between a sample's bucket and its call.
        let mut durations = durations?;
        let mut by_bound: BoundCounts = [0; BOUNDS];
        for ((counter, seen), count) in
            (self.by_bound.iter().zip(&mut seen.by_bound)).zip(&mut by_bound)
        {
            let now = counter.load(Ordering::Acquire);
            *count = u64::from(now.wrapping_sub(std::mem::replace(seen, now)));
        }
        let taken = |counter: &AtomicU64, seen: &mut u64| {
            let now = counter.load(Ordering::Relaxed);
            now.wrapping_sub(std::mem::replace(seen, now))
        };
        durations.add_sum(taken(&self.sum_us, &mut seen.sum_us));
        Some(Measure {
            bytes: taken(&self.bytes, &mut seen.bytes),
            database_us: taken(&self.database_us, &mut seen.database_us),
            durations,
            by_bound,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::time::Duration;

    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn sample(duration_us: u64) -> Sample<'static> {
        Sample {
            method: "GET",
            route: "/",
            status: 200,
            duration: Duration::from_micros(duration_us),
            database: Duration::from_micros(duration_us / 2),
            bytes: 10,
            request_id: "",
            trace: None,
        }
    }

    #[test]
    fn a_look_within_a_call_leaves_nothing_for_the_next() {
        let (counters, mut seen) = (Counters::default(), Seen::default());
        counters.record(&sample(5), Writers::One);
        // The second one's bucket is written, its call is not.
        let index = index_of(5);
        add!(counters.counts[index], 1, Writers::One);
        assert_eq!(counters.take(&mut seen).unwrap().durations.count(), 2);
        add!(counters.calls, 1, Writers::One);
        assert!(counters.take(&mut seen).is_none());
    }

    proptest! {
        #[test]
        fn each_sample_is_taken_once(
            parts in vec(vec(0..100_000_000_u64, 0..50), 0..5),
            begin in any::<u32>(),
            is_shared: bool,
        ) {
            let writers = if is_shared { Writers::Many } else { Writers::One };
            let (counters, mut seen) = (Counters::default(), Seen::default());
            // As after many a request: numbers begin again.
            counters.calls.store(begin, Ordering::Relaxed);
            seen.calls = begin;
            counters.bytes.store(u64::MAX, Ordering::Relaxed);
            seen.bytes = u64::MAX;
            for part in parts {
                let mut expected = Histogram::default();
                let mut by_bound = [0; BOUNDS];
                for duration_us in &part {
                    expected.record(Duration::from_micros(*duration_us));
                    let seconds = *duration_us as f64 / 1e6;
                    let place = REQUEST_BOUNDS.written.iter().position(|bound| {
                        seconds <= bound.parse::<f64>().unwrap()
                    });
                    by_bound[place.unwrap_or(BOUNDS - 1)] += 1;
                    counters.record(&sample(*duration_us), writers);
                }
                let taken = counters.take(&mut seen);
                prop_assert_eq!(taken.is_some(), !part.is_empty());
                if let Some(taken) = taken {
                    let halves: u64 = part.iter().map(|duration_us| duration_us / 2).sum();
                    prop_assert_eq!(taken.bytes, 10 * part.len() as u64);
                    prop_assert_eq!(taken.database_us, halves);
                    prop_assert_eq!(taken.durations, expected);
                    prop_assert_eq!(taken.by_bound, by_bound);
                }
            }
            prop_assert!(counters.take(&mut seen).is_none());
        }
    }
}
