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

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime};

pub use jump_guard::JumpGuard;
pub use minute::Minute;
pub(crate) use period::Grid;
pub use period::Period;
pub use resolution::{Covered, Resolution};

/// Milliseconds.
pub const DAY_MS: i64 = 24 * 3_600_000;

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
    let date =
        DateTime::from_timestamp(seconds, 0).map_or(NaiveDate::MAX, |time| time.date_naive());
    let second_of_day = seconds.rem_euclid(86_400);

    digits(out, i64::from(date.year()), 4);
    out.push(b'-');
    digits(out, i64::from(date.month()), 2);
    out.push(b'-');
    digits(out, i64::from(date.day()), 2);
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
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(number(&[y0, y1, y2, y3])?).ok()?,
        u32::try_from(number(&[m0, m1])?).ok()?,
        u32::try_from(number(&[d0, d1])?).ok()?,
    )?;
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?);
    let is_sane = hour < 24 && minute < 60 && second < 60;
    let seconds =
        date.and_time(NaiveTime::MIN).and_utc().timestamp() + hour * 3600 + minute * 60 + second;
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

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let text = rfc3339_millis(from_unix_millis(millis));
            prop_assert_eq!(parse_rfc3339_millis(text.as_bytes()), Some(millis));
        }

        #[test]
        fn nothing_else_is_read(text in "[0-9TZ:.-]{20,26}|2026-13-01T00:00:00.000Z|2026-01-01T00:00:00.000\\+") {
            let Some(millis) = parse_rfc3339_millis(text.as_bytes()) else { return Ok(()) };
            prop_assert_eq!(rfc3339_millis(from_unix_millis(millis)), text);
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
