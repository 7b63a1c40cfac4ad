//! When nobody evaluated the rules: whoever takes the lease looks since when nobody held it.
//!
//! With the store away each instance evaluates what it sees, and no lease can be renewed. That is no
//! gap, so what other instances say of themselves counts, too.

use std::time::{Duration, Instant};

use ops::clock::from_unix_millis;

use crate::db::queries::alerts::Vacancy;

/// A shorter pause is how a lease changes hands, or a restart.
const NOTED_MS: i64 = 60_000;

/// A longer one is told to whoever is on call.
const TOLD_MS: i64 = 5 * 60_000;

/// So long without a round is a pause of this process itself. A machine that sleeps is not seen: its
/// clock stands still.
const PAUSE: Duration = Duration::from_secs(30);

/// Other instances have said by then that they are there.
const HEARD: Duration = Duration::from_secs(30);

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

    fn is_noted(self) -> bool {
        self.to_ms - self.from_ms > NOTED_MS
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

/// This process's own rounds, and the gap before them.
#[derive(Default)]
pub struct Attendance {
    /// Since when they have followed each other without a pause, and the last one.
    rounds: Option<(Instant, Instant)>,
    /// Nobody else has denied it yet.
    claimed: Option<(Gap, Instant)>,
}

/// Another instance, as it says of itself: in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    pub started_ms: i64,
    pub seen_ms: i64,
}

impl Attendance {
    pub fn round(&mut self, now: Instant) {
        let since = self
            .rounds
            .filter(|(_, last)| now.saturating_duration_since(*last) <= PAUSE)
            .map_or(now, |(since, _)| since);
        self.rounds = Some((since, now));
    }

    /// This process has just taken a lease that nobody held.
    pub fn took(&mut self, vacancy: Vacancy, now: Instant) {
        let since = self.rounds.map_or(now, |(since, _)| since);
        let here = now.saturating_duration_since(since).as_millis();
        let gap = Gap {
            from_ms: vacancy.from_ms,
            to_ms: vacancy.now_ms - i64::try_from(here).unwrap_or(i64::MAX),
        };
        self.claimed = gap.is_noted().then_some((gap, now));
    }

    /// The gap, once, when whoever else was there meanwhile has had the time to say so.
    pub fn confirmed(&mut self, others: &[Other], is_alone: bool, now: Instant) -> Option<Gap> {
        let (gap, at) = self.claimed?;
        if !is_alone && now.saturating_duration_since(at) < HEARD {
            return None;
        }
        self.claimed = None;
        let living = others.iter().filter(|other| other.seen_ms >= gap.to_ms);
        let to_ms = living.map(|other| other.started_ms).min();
        let gap = Gap {
            to_ms: to_ms.unwrap_or(gap.to_ms).min(gap.to_ms),
            ..gap
        };
        gap.is_noted().then_some(gap)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const MINUTE_MS: i64 = 60_000;
    /// 2026-11-29 01:00 UTC.
    const ONE_O_CLOCK_MS: i64 = 1_795_914_000_000;
    const ALONE: bool = true;

    fn vacancy(minutes: i64) -> Vacancy {
        Vacancy {
            from_ms: ONE_O_CLOCK_MS,
            now_ms: ONE_O_CLOCK_MS + minutes * MINUTE_MS,
        }
    }

    /// What a process that has just started says of a lease that was vacant for so long.
    fn at_start(minutes: i64) -> Option<Gap> {
        let (mut attendance, now) = (Attendance::default(), Instant::now());
        attendance.round(now);
        attendance.took(vacancy(minutes), now);
        attendance.confirmed(&[], ALONE, now)
    }

    #[test]
    fn a_start_after_an_hour_is_a_gap_of_an_hour() {
        let gap = at_start(60).unwrap();
        assert_eq!((gap.seconds(), gap.is_told()), (3600, true));
        assert_eq!(gap.text(), "2026-11-29 01:00–02:00 UTC");
    }

    #[test]
    fn a_restart_is_none_and_two_minutes_wake_nobody() {
        assert_eq!(at_start(1), None);
        assert!(!at_start(2).unwrap().is_told());
    }

    #[test]
    fn rounds_without_a_store_are_rounds() {
        let (mut attendance, start) = (Attendance::default(), Instant::now());
        let mut now = start;
        while now < start + Duration::from_secs(3600) {
            attendance.round(now);
            now += Duration::from_secs(30);
        }
        attendance.took(vacancy(60), now);
        assert_eq!(attendance.confirmed(&[], ALONE, now), None);
    }

    #[test]
    fn one_that_stood_still_was_not_there() {
        let (mut attendance, start) = (Attendance::default(), Instant::now());
        attendance.round(start);
        let thawed = start + Duration::from_secs(600);
        attendance.round(thawed);
        attendance.took(vacancy(10), thawed);
        let gap = attendance.confirmed(&[], ALONE, thawed).unwrap();
        assert_eq!(gap.seconds(), 600);
    }

    #[test]
    fn whoever_else_was_there_evaluated() {
        let minute = |minute| ONE_O_CLOCK_MS + minute * MINUTE_MS;
        let other = |started, seen| Other {
            started_ms: minute(started),
            seen_ms: minute(seen),
        };
        for (others, expected) in [
            (vec![], Some(10)),
            // It was there all the time, with the store away.
            (vec![other(-60, 10)], None),
            // It came two minutes before this one.
            (vec![other(8, 10)], Some(8)),
            // It died with the lease.
            (vec![other(-60, 0)], Some(10)),
        ] {
            let (mut attendance, start) = (Attendance::default(), Instant::now());
            attendance.round(start);
            attendance.took(vacancy(10), start);
            assert_eq!(attendance.confirmed(&others, !ALONE, start), None);
            let later = start + HEARD;
            let gap = attendance.confirmed(&others, !ALONE, later);
            let minutes = gap.map(|gap| gap.seconds() / 60);
            assert_eq!(minutes, expected, "{others:?}");
            assert_eq!(attendance.confirmed(&others, !ALONE, later), None);
        }
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
