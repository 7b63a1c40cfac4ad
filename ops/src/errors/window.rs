//! Which time is asked for.

use std::ops::Range;

use super::counts::MINUTES;
use crate::clock::Minute;

/// A stretch of time, step by step. In minutes since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first minute that counts; it lies within the first step.
    pub from: i64,
    /// The first one that does not any more.
    pub end: i64,
    /// Where the first step begins.
    pub start: i64,
    pub step_minutes: u32,
    pub steps: u32,
}

impl Window {
    /// The hours that it touches.
    pub(super) fn hours(&self) -> Range<Minute> {
        let start_of = |hour: i64| Minute::from_number(hour.saturating_mul(MINUTES));
        let end = self
            .end
            .saturating_sub(1)
            .div_euclid(MINUTES)
            .saturating_add(1);
        start_of(self.from.div_euclid(MINUTES))..start_of(end)
    }

    pub(super) fn step(&self, minute: i64) -> Option<usize> {
        if !(self.from..self.end).contains(&minute) {
            return None;
        }
        let step = (minute - self.start).checked_div(i64::from(self.step_minutes))?;
        usize::try_from(step).ok()
    }
}
