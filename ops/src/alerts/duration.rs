//! Durations as rules write them: a whole number and one of `ms`, `s`, `m`, `h`, `d`.

use std::time::Duration;

/// Longest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// How many milliseconds a unit has.
pub(super) fn unit_ms(unit: &str) -> Option<u64> {
    UNITS
        .into_iter()
        .find_map(|(name, ms)| (name == unit).then_some(ms))
}

/// `5m`, `30s`, `500ms`. `None` for anything else, and for more than a thousand years.
pub fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let number: u64 = digits.parse().ok()?;
    let ms = number.checked_mul(unit_ms(unit)?)?;
    (ms < 1000 * 366 * 86_400_000).then_some(Duration::from_millis(ms))
}

/// What [`parse`] reads, in the largest unit that divides it.
pub fn shown(duration: Duration) -> String {
    let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let fitting = UNITS
        .into_iter()
        .find(|(_, unit)| ms > 0 && ms.is_multiple_of(*unit));
    match fitting {
        Some((name, unit)) => format!("{}{name}", ms / unit),
        None => "0s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_a_whole_number_and_a_unit_is_a_duration() {
        assert_eq!(parse("90s"), Some(Duration::from_secs(90)));
        for wrong in ["", "5", "m", "5 m", "-5m", "1.5h", "5min", "9999999999999d"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(ms in 0_u64..10_u64.pow(12)) {
            let duration = Duration::from_millis(ms);
            prop_assert_eq!(parse(&shown(duration)), Some(duration));
        }

        #[test]
        fn no_text_is_too_much(text in ".*") {
            _ = parse(&text);
        }
    }
}
