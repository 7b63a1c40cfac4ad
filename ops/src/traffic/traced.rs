//! Of each bucket the last request that is part of a recorded trace: from a bar of a histogram one gets
//! to a trace. In memory only.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::bounds::REQUEST_BOUNDS;
use super::sample::{Sample, TraceIds};
use crate::clock::Clock;

/// By the places of [`REQUEST_BOUNDS`], and beyond.
const BUCKETS: usize = REQUEST_BOUNDS.written.len() + 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traced {
    pub ids: TraceIds,
    pub duration: Duration,
    /// When it was answered.
    pub at: SystemTime,
}

pub type TracedByBound = [Option<Traced>; BUCKETS];

#[derive(Default)]
pub(super) struct LastTraced(Mutex<TracedByBound>);

impl LastTraced {
    /// Nothing, for a request that is not recorded. Any of several will do, so nobody waits.
    pub fn consider(&self, sample: &Sample<'_>, clock: &dyn Clock) {
        let Some(ids) = sample.trace else { return };
        let Ok(mut last) = self.0.try_lock() else {
            return;
        };
        if let Some(last) = last.get_mut(REQUEST_BOUNDS.place_of(sample.duration)) {
            *last = Some(Traced {
                ids,
                duration: sample.duration,
                at: clock.now(),
            });
        }
    }

    pub fn by_bound(&self) -> TracedByBound {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
