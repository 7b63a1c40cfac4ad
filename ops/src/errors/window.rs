//! Which time is asked for.

/// A stretch of time, step by step. In minutes since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first minute that counts; it lies within the first step.
    pub from: i64,
    /// Where the first step begins.
    pub start: i64,
    pub step_minutes: u32,
    pub steps: u32,
}

impl Window {
    pub(super) fn step(&self, minute: i64) -> Option<usize> {
        if minute < self.from {
            return None;
        }
        let step = (minute - self.start).checked_div(i64::from(self.step_minutes))?;
        usize::try_from(step).ok()
    }
}
