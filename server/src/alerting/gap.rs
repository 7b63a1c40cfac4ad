//! When nobody evaluated the rules: whoever takes the lease looks since when nobody held it.

use std::time::{Duration, Instant};

use ops::clock::from_unix_millis;

/// A shorter pause is how a lease changes hands, or a restart.
const NOTED_MS: i64 = 60_000;

/// A longer one is told to whoever is on call.
const TOLD_MS: i64 = 5 * 60_000;

/// So long without a round, by a clock that nobody sets, is a pause of this process itself.
const PAUSE: Duration = Duration::from_secs(30);

/// In milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Gap {
    pub fn seconds(self) -> u64 {
        u64::try_from((self.to_ms - self.from_ms) / 1000).unwrap_or_default()
    }

    pub fn is_told(self) -> bool {
        self.to_ms - self.from_ms > TOLD_MS
    }

    /// `2026-11-29 01:02–01:14 UTC`: whoever reads it in a message has no zone of their own.
    pub fn text(self) -> String {
        let at = |ms| chrono::DateTime::<chrono::Utc>::from(from_unix_millis(ms));
        let (from, to) = (at(self.from_ms), at(self.to_ms));
        let end = if from.date_naive() == to.date_naive() {
            to.format("%H:%M")
        } else {
            to.format("%Y-%m-%d %H:%M")
        };
        format!("{}–{end} UTC", from.format("%Y-%m-%d %H:%M"))
    }
}

/// This process's own rounds: since when they have followed each other without a pause. They do so
/// with the store away, too, when no lease can be renewed.
#[derive(Default)]
pub struct Attendance {
    since_ms: i64,
    last: Option<Instant>,
}

impl Attendance {
    pub fn round(&mut self, now_ms: i64, now: Instant) {
        let has_paused = self
            .last
            .is_none_or(|last| now.saturating_duration_since(last) > PAUSE);
        if has_paused {
            self.since_ms = now_ms;
        }
        self.last = Some(now);
    }

    /// `vacant_ms`: since when nobody held the lease that this process has just taken.
    pub fn gap(&self, vacant_ms: i64) -> Option<Gap> {
        let gap = Gap {
            from_ms: vacant_ms,
            to_ms: self.since_ms,
        };
        (gap.to_ms - gap.from_ms > NOTED_MS).then_some(gap)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const MINUTE_MS: i64 = 60_000;
    /// 2026-11-29 01:00 UTC.
    const ONE_O_CLOCK_MS: i64 = 1_795_914_000_000;

    #[test]
    fn a_start_after_an_hour_is_a_gap_of_an_hour() {
        let mut attendance = Attendance::default();
        attendance.round(ONE_O_CLOCK_MS + 60 * MINUTE_MS, Instant::now());
        let gap = attendance.gap(ONE_O_CLOCK_MS).unwrap();
        assert_eq!((gap.seconds(), gap.is_told()), (3600, true));
        assert_eq!(gap.text(), "2026-11-29 01:00–02:00 UTC");
    }

    #[test]
    fn a_restart_is_none() {
        let mut attendance = Attendance::default();
        attendance.round(ONE_O_CLOCK_MS + MINUTE_MS, Instant::now());
        assert_eq!(attendance.gap(ONE_O_CLOCK_MS), None);
    }

    #[test]
    fn two_minutes_are_noted_and_wake_nobody() {
        let mut attendance = Attendance::default();
        attendance.round(ONE_O_CLOCK_MS + 2 * MINUTE_MS, Instant::now());
        assert!(!attendance.gap(ONE_O_CLOCK_MS).unwrap().is_told());
    }

    #[test]
    fn rounds_without_a_store_are_rounds() {
        let (mut attendance, start) = (Attendance::default(), Instant::now());
        for minute in 0..60_u32 {
            for half in [0_u32, 1] {
                let passed = minute * 60 + half * 30;
                let now = start + Duration::from_secs(passed.into());
                attendance.round(ONE_O_CLOCK_MS + i64::from(passed) * 1000, now);
            }
        }
        assert_eq!(attendance.gap(ONE_O_CLOCK_MS + MINUTE_MS), None);
    }

    #[test]
    fn one_that_stood_still_was_not_there() {
        let (mut attendance, start) = (Attendance::default(), Instant::now());
        attendance.round(ONE_O_CLOCK_MS, start);
        let thawed_ms = ONE_O_CLOCK_MS + 10 * MINUTE_MS;
        attendance.round(thawed_ms, start + Duration::from_secs(600));
        let gap = attendance.gap(ONE_O_CLOCK_MS + 1000).unwrap();
        assert_eq!(gap.to_ms, thawed_ms);
    }

    #[test]
    fn a_clock_that_is_set_is_no_pause() {
        let (mut attendance, start) = (Attendance::default(), Instant::now());
        attendance.round(ONE_O_CLOCK_MS, start);
        attendance.round(
            ONE_O_CLOCK_MS + 60 * MINUTE_MS,
            start + Duration::from_secs(1),
        );
        assert_eq!(attendance.gap(ONE_O_CLOCK_MS), None);
    }

    #[test]
    fn over_midnight_both_days_are_named() {
        let gap = Gap {
            from_ms: ONE_O_CLOCK_MS - 90 * MINUTE_MS,
            to_ms: ONE_O_CLOCK_MS,
        };
        assert_eq!(gap.text(), "2026-11-28 23:30–2026-11-29 01:00 UTC");
    }
}
