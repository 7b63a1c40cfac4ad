//! Points in time as RFC 3339 text gives them, and their civil form in a zone. No clock in here:
//! the server says when things were measured, so both sides render alike.

use std::fmt;

use chrono::{Datelike as _, NaiveDate};

const DAY_MS: i64 = 86_400_000;

/// From 31 December of the year before 1, which chrono counts from.
const DAYS_TO_1970: i64 = 719_163;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(i64);

impl Instant {
    /// From `2026-11-24T03:22:37.123Z`; an offset such as `+08:00` is understood too. `None` for
    /// anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let (time, offset_ms) = split_offset(rest)?;

        let mut parts = date.split('-');
        let (year, month, day) = (
            digits(parts.next()?, 4)?,
            digits(parts.next()?, 2)?,
            digits(parts.next()?, 2)?,
        );
        let date = NaiveDate::from_ymd_opt(
            i32::try_from(year).ok()?,
            u32::try_from(month).ok()?,
            u32::try_from(day).ok()?,
        );
        let date = date.filter(|_| parts.next().is_none())?;

        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut parts = clock.split(':');
        let (hour, minute, second) = (
            digits(parts.next()?, 2)?,
            digits(parts.next()?, 2)?,
            digits(parts.next()?, 2)?,
        );
        let valid_time = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;

        if !valid_time {
            return None;
        }
        let days = i64::from(date.num_days_from_ce()) - DAYS_TO_1970;
        let seconds = (hour * 60 + minute) * 60 + second;
        Some(Self(
            days * DAY_MS + seconds * 1000 + milliseconds(fraction)? - offset_ms,
        ))
    }

    pub fn from_epoch_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub fn epoch_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds from `earlier` to here, 0 if it is not earlier.
    pub fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from((self.0 - earlier.0) / 1000).unwrap_or(0)
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// UTC, with milliseconds where there are any.
    pub fn to_rfc3339(self) -> String {
        let text = self.civil(0).to_string().replacen(' ', "T", 1);
        match self.millisecond() {
            0 => format!("{text}Z"),
            ms => format!("{text}.{ms:03}Z"),
        }
    }

    /// Within its second, 0–999: the same in every zone.
    pub fn millisecond(self) -> i64 {
        self.0.rem_euclid(1000)
    }

    /// The date and time that a clock shows `offset_minutes` east of Greenwich.
    pub fn civil(self, offset_minutes: i32) -> Civil {
        let local_ms = self.0 + i64::from(offset_minutes) * 60_000;
        let days = i32::try_from(local_ms.div_euclid(DAY_MS) + DAYS_TO_1970).ok();
        let date = days.and_then(NaiveDate::from_num_days_from_ce_opt);
        let date = date.unwrap_or_default();
        let seconds = local_ms.rem_euclid(DAY_MS) / 1000;
        Civil {
            year: date.year(),
            month: date.month(),
            day: date.day(),
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }
}

/// Displayed as `2026-11-24 03:22:37`: reads alike in every language, sorts, and can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    year: i32,
    month: u32,
    day: u32,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// Such as `03:22`.
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// Such as `11-24`.
    pub fn day(self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        )
    }
}

fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = time.rfind(['+', '-'])?;
    let (time, offset) = time.split_at_checked(at)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let ms = (digits(hours, 2)? * 60 + digits(minutes, 2)?) * 60_000;
    Some((time, if offset.starts_with('-') { -ms } else { ms }))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let all_digits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

fn milliseconds(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = fraction.chars().chain("00".chars()).take(3).collect();
    padded.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use chrono::{DateTime, FixedOffset, SecondsFormat};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_shown_in_the_readers_zone() {
        let instant = Instant::parse("2026-02-28T23:22:37.123Z").unwrap();
        assert_eq!(instant.civil(0).to_string(), "2026-02-28 23:22:37");
        assert_eq!(instant.civil(8 * 60).to_string(), "2026-03-01 07:22:37");
        assert_eq!(
            instant.civil(-(3 * 60 + 30)).to_string(),
            "2026-02-28 19:52:37"
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01",
            "2026-01-01T+1:00:00Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(ms in -2_208_988_800_000_i64..4_102_444_800_000, offset in -840_i32..=840) {
            let utc = DateTime::from_timestamp_millis(ms).unwrap();
            let local = utc.with_timezone(&FixedOffset::east_opt(offset * 60).unwrap());

            let instant = Instant::parse(&utc.to_rfc3339_opts(SecondsFormat::Millis, true)).unwrap();
            prop_assert_eq!(instant.epoch_ms(), ms);
            prop_assert_eq!(Instant::parse(&instant.to_rfc3339()), Some(instant));
            prop_assert_eq!(instant.plus_seconds(61).epoch_ms(), ms + 61_000);
            prop_assert_eq!(Instant::parse(&local.to_rfc3339()), Some(instant));
            prop_assert_eq!(instant.civil(offset).to_string(), local.format("%Y-%m-%d %H:%M:%S").to_string());
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = Instant::parse(&text);
        }
    }
}
