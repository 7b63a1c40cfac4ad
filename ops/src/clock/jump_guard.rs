//! Guards against jumps of the wall clock: whether the time of day advances as the monotonic clock
//! does. Data is deleted by its age, which is judged by the time of day, and that can be set.

use std::time::{Duration, Instant, SystemTime};

use super::Clock;

/// Both may drift apart this far from one look to the next.
const MAX_DRIFT: Duration = Duration::from_secs(5);

/// A clock that was set must prove itself this long before anything is deleted by it.
const TRUST_AFTER: Duration = Duration::from_secs(600);

pub struct JumpGuard {
    last_look: (SystemTime, Instant),
    since: Instant,
}

impl JumpGuard {
    pub fn new(clock: &dyn Clock) -> Self {
        let (now, monotonic) = (clock.now(), clock.monotonic());
        Self {
            last_look: (now, monotonic),
            since: monotonic,
        }
    }

    /// To be asked regularly. Whether the time of day has jumped since the last look.
    pub fn has_jumped(&mut self, now: SystemTime, monotonic: Instant) -> bool {
        let (last_now, last_monotonic) = self.last_look;
        let expected = last_now + monotonic.saturating_duration_since(last_monotonic);
        let drift = expected
            .duration_since(now)
            .unwrap_or_else(|ahead| ahead.duration());
        self.last_look = (now, monotonic);
        let has_jumped = drift > MAX_DRIFT;
        if has_jumped {
            self.since = monotonic;
        }
        has_jumped
    }

    /// Whether what is done once in each of some units of time is due, and notes it then: in a unit
    /// that is not the `last` one, by a clock that is trusted.
    pub fn is_due<U: PartialEq>(&self, last: &mut U, unit: U, monotonic: Instant) -> bool {
        let is_due = self.is_trusted(monotonic) && *last != unit;
        if is_due {
            *last = unit;
        }
        is_due
    }

    pub fn is_trusted(&self, monotonic: Instant) -> bool {
        monotonic.saturating_duration_since(self.since) >= TRUST_AFTER
    }
}
