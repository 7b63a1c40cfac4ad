//! A point in time as people write it: RFC 3339, or how long ago.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// What would be right, for messages.
pub const EXPECTED: &str =
    "a time such as 2026-11-24T03:22:40Z, or an age such as 30s, 15m, 1h or 7d";

/// Milliseconds since the Unix epoch. Without a zone it is UTC; a date alone is its midnight.
pub fn parse(text: &str, now_millis: i64) -> Option<i64> {
    if let Some(age) = age_millis(text) {
        return now_millis.checked_sub(age);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let time = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .into_iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let time = time.or_else(|| {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        date.and_hms_opt(0, 0, 0)
    });
    time.map(|time| time.and_utc().timestamp_millis())
}

fn age_millis(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let millis = match unit {
        's' => 1000,
        'm' => 60 * 1000,
        'h' => 3600 * 1000,
        'd' => 24 * 3600 * 1000,
        'w' => 7 * 24 * 3600 * 1000,
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = is_number.then(|| digits.parse().ok()).flatten()?;
    number.checked_mul(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_323_045_000;

    #[test]
    fn ages_and_times_in_any_zone_are_understood() {
        for (text, expected) in [
            ("30s", NOW - 30_000),
            ("15m", NOW - 900_000),
            ("1h", NOW - 3_600_000),
            ("7d", NOW - 7 * 86_400_000),
            ("2w", NOW - 14 * 86_400_000),
            ("0s", NOW),
            ("2026-01-02T03:04:05Z", NOW),
            ("2026-01-02T11:04:05.250+08:00", NOW + 250),
            ("2026-01-02T03:04:05", NOW),
            ("2026-01-02 03:04", NOW - 5000),
            ("2026-01-02", NOW - (3 * 3600 + 4 * 60 + 5) * 1000),
        ] {
            assert_eq!(parse(text, NOW), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "h",
            "1",
            "-1h",
            "+1h",
            "1 h",
            "1y",
            "1.5h",
            "yesterday",
            "99999999999999999999d",
            "9223372036854775807w",
            "2026-13-01",
            "2026-01-02T25:00:00Z",
            "2026-02-30",
        ] {
            assert_eq!(parse(text, NOW), None, "{text:?}");
        }
    }
}
