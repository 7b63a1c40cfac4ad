//! [`Tick`]: the time at which a round is done.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is bad from the start on may be the start itself. What this process has seen good, and then
/// bad, is told without waiting.
pub const START_GRACE: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The time of day in milliseconds since the Unix epoch, for what people read. It may jump.
    pub at_ms: i64,
    /// Milliseconds since the process started, by a clock that never goes back.
    pub uptime_ms: u64,
    /// Which run of the process this is.
    pub run: i64,
    /// The time of day has jumped since the last round, or the process was suspended.
    pub has_jumped: bool,
}

/// When an alert was last evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluated {
    pub at_ms: i64,
    pub uptime_ms: u64,
    pub run: i64,
}

impl Tick {
    pub(super) fn evaluated(&self) -> Evaluated {
        Evaluated {
            at_ms: self.at_ms,
            uptime_ms: self.uptime_ms,
            run: self.run,
        }
    }

    /// Milliseconds since then: by the clock that never goes back where it is the same one, or else
    /// by the time of day. A time in the future is taken as now.
    pub(super) fn since(&self, then: Evaluated) -> u64 {
        if then.run == self.run {
            self.uptime_ms.saturating_sub(then.uptime_ms)
        } else {
            self.since_ms(then.at_ms)
        }
    }

    /// The same by the time of day alone.
    pub(super) fn since_ms(&self, then_ms: i64) -> u64 {
        u64::try_from(self.at_ms.saturating_sub(then_ms)).unwrap_or(0)
    }

    pub(super) fn is_start(&self) -> bool {
        Duration::from_millis(self.uptime_ms) < START_GRACE
    }
}
