//! Time as a value that is passed in: nothing else in this crate asks the system what time it is.
//!
//! Also the one way in which the project writes an instant down, see [`rfc3339_millis`], and the
//! units that figures are kept in: [`Minute`], [`Resolution`], [`Period`].

mod jump_guard;
mod minute;
mod period;
mod resolution;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use jump_guard::JumpGuard;
pub use minute::Minute;
pub(crate) use period::Grid;
pub use period::Period;
pub use resolution::{Covered, Resolution};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The time of day, for what people read. It may jump.
    fn now(&self) -> SystemTime;
    /// A time that never goes back, for durations.
    fn monotonic(&self) -> Instant;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    start: Instant,
    state: Mutex<ManualState>,
}

#[derive(Debug)]
struct ManualState {
    now: SystemTime,
    elapsed: Duration,
}

impl ManualClock {
    pub fn new(now: SystemTime) -> Self {
        Self {
            start: Instant::now(),
            state: Mutex::new(ManualState {
                now,
                elapsed: Duration::ZERO,
            }),
        }
    }

    /// Moves both times on.
    pub fn advance(&self, by: Duration) {
        self.with(|state| {
            state.now += by;
            state.elapsed += by;
        });
    }

    /// Sets the time of day alone, as an operator or NTP would.
    pub fn set_now(&self, now: SystemTime) {
        self.with(|state| state.now = now);
    }

    fn with<T>(&self, act: impl FnOnce(&mut ManualState) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Stands at the Unix epoch.
impl Default for ManualClock {
    fn default() -> Self {
        Self::new(UNIX_EPOCH)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.with(|state| state.now)
    }

    fn monotonic(&self) -> Instant {
        self.start + self.with(|state| state.elapsed)
    }
}

/// The length of what [`write_rfc3339_millis`] writes, for years of four digits.
pub const RFC3339_MILLIS_LEN: usize = "2026-01-02T03:04:05.678Z".len();

/// RFC 3339, UTC, milliseconds, `Z`: `2026-01-02T03:04:05.678Z`.
pub fn rfc3339_millis(time: SystemTime) -> String {
    let mut out = Vec::with_capacity(RFC3339_MILLIS_LEN);
    write_rfc3339_millis(&mut out, time);
    // Only ASCII digits and separators were written.
    String::from_utf8(out).unwrap_or_default()
}

/// [`rfc3339_millis`] appended to `out`, without an allocation of its own.
pub fn write_rfc3339_millis(out: &mut Vec<u8>, time: SystemTime) {
    let millis = unix_millis(time);
    let seconds = millis.div_euclid(1000);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let second_of_day = seconds.rem_euclid(86_400);

    digits(out, year, 4);
    out.push(b'-');
    digits(out, month, 2);
    out.push(b'-');
    digits(out, day, 2);
    out.push(b'T');
    digits(out, second_of_day / 3600, 2);
    out.push(b':');
    digits(out, second_of_day / 60 % 60, 2);
    out.push(b':');
    digits(out, second_of_day % 60, 2);
    out.push(b'.');
    digits(out, millis.rem_euclid(1000), 3);
    out.push(b'Z');
}

/// What [`write_rfc3339_millis`] writes, as milliseconds since the Unix epoch; nothing else is
/// understood, other forms of RFC 3339 neither.
pub fn parse_rfc3339_millis(text: &[u8]) -> Option<i64> {
    let text: &[u8; RFC3339_MILLIS_LEN] = text.try_into().ok()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', rest @ ..] = text else {
        return None;
    };
    let [h0, h1, b':', n0, n1, b':', s0, s1, b'.', f0, f1, f2, b'Z'] = rest else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0_i64, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(**digit - b'0'))
        })
    };
    let (year, month, day) = (
        number(&[y0, y1, y2, y3])?,
        number(&[m0, m1])?,
        number(&[d0, d1])?,
    );
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?);
    let is_sane = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    is_sane.then_some(seconds * 1000 + number(&[f0, f1, f2])?)
}

/// The inverse of [`unix_millis`].
pub fn from_unix_millis(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 {
        UNIX_EPOCH - distance
    } else {
        UNIX_EPOCH + distance
    }
}

/// Milliseconds since the Unix epoch, within the years 0 to 9999, which RFC 3339 can write.
pub fn unix_millis(time: SystemTime) -> i64 {
    const YEAR_0: i64 = -62_167_219_200_000;
    const YEAR_9999_END: i64 = 253_402_300_799_999;
    let millis = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(YEAR_9999_END),
        // Rounded down, so that milliseconds count up through the epoch.
        Err(before) => i64::try_from(before.duration().as_nanos().div_ceil(1_000_000))
            .map_or(YEAR_0, |millis| -millis),
    };
    millis.clamp(YEAR_0, YEAR_9999_END)
}

/// Days since 1970-01-01 to year, month and day in the proleptic Gregorian calendar.
/// After Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so
/// that the leap day is the last of a year.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil_from_days`], after the same author.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `value` in exactly `width` decimal digits.
fn digits(out: &mut Vec<u8>, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64, millis: u64) -> String {
        let base = if seconds < 0 {
            UNIX_EPOCH - Duration::from_secs(seconds.unsigned_abs())
        } else {
            UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
        };
        rfc3339_millis(base + Duration::from_millis(millis))
    }

    #[test]
    fn known_instants_are_written_as_rfc_3339() {
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(951_782_400, 7), "2000-02-29T00:00:00.007Z");
        assert_eq!(at(1_700_000_000, 123), "2023-11-14T22:13:20.123Z");
        assert_eq!(at(1_735_689_599, 999), "2024-12-31T23:59:59.999Z");
        assert_eq!(at(-1, 999), "1969-12-31T23:59:59.999Z");
        assert_eq!(at(253_402_300_800, 0), "9999-12-31T23:59:59.999Z");
    }

    /// The slow and obvious way: count days through the years and months.
    fn naive_civil(mut days: i64) -> (i64, i64, i64) {
        let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut year = 1970;
        while days >= 365 + i64::from(leap(year)) {
            days -= 365 + i64::from(leap(year));
            year += 1;
        }
        let february = 28 + i64::from(leap(year));
        let mut month = 1;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        (year, month, days + 1)
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_counting_days(days in 0_i64..200_000) {
            prop_assert_eq!(civil_from_days(days), naive_civil(days));
        }

        #[test]
        fn what_is_written_is_read_back(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let text = rfc3339_millis(from_unix_millis(millis));
            prop_assert_eq!(parse_rfc3339_millis(text.as_bytes()), Some(millis));
        }

        #[test]
        fn nothing_else_is_read(text in "[0-9TZ:.-]{20,26}|2026-13-01T00:00:00.000Z|2026-01-01T00:00:00.000\\+") {
            let Some(millis) = parse_rfc3339_millis(text.as_bytes()) else { return Ok(()) };
            // Days that a month lacks are read as the next month's.
            let written = rfc3339_millis(from_unix_millis(millis));
            prop_assert_eq!(&written[10..], &text[10..]);
        }
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::default();
        let (now, monotonic) = (clock.now(), clock.monotonic());
        assert_eq!((clock.now(), clock.monotonic()), (now, monotonic));

        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now(), now + Duration::from_secs(2));
        assert_eq!(clock.monotonic(), monotonic + Duration::from_secs(2));

        clock.set_now(now);
        assert_eq!(clock.now(), now);
        assert_eq!(clock.monotonic(), monotonic + Duration::from_secs(2));
    }
}
