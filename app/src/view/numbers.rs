//! Numbers as people read them. Pure; the words come from the locales.

/// How a language writes lengths of time.
pub struct Units {
    pub days: &'static str,
    pub hours: &'static str,
    pub minutes: &'static str,
    pub seconds: &'static str,
    /// Between a number and its unit, and between two of these.
    pub space: &'static str,
    pub suffix: &'static str,
}

/// The two biggest units, such as `3 d 4 h` or `12 min 5 s`: more would be noise.
pub fn duration(seconds: u64, units: &Units) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let parts = match (days, hours, minutes) {
        (0, 0, 0) => return one(seconds, units.seconds, units),
        (0, 0, _) => [(minutes, units.minutes), (seconds % 60, units.seconds)],
        (0, _, _) => [(hours, units.hours), (minutes, units.minutes)],
        _ => [(days, units.days), (hours, units.hours)],
    };
    parts
        .map(|(number, unit)| format!("{number}{}{unit}", units.space))
        .join(units.space)
}

/// Likewise, but without a second part of nothing: `1 min`, not `1 min 0 s`.
#[cfg(feature = "ssr")]
pub fn length(seconds: u64, units: &Units) -> String {
    let whole = [
        (86_400, u64::MAX, units.days),
        (3600, 24, units.hours),
        (60, 60, units.minutes),
    ]
    .into_iter()
    .map(|(size, most, unit)| (seconds / size, seconds % size, most, unit))
    .find(|(count, rest, most, _)| (1..*most).contains(count) && *rest == 0);
    match whole {
        Some((count, _, _, unit)) => one(count, unit, units),
        None => duration(seconds, units),
    }
}

/// The biggest unit alone, such as `3 min ago`.
pub fn ago(seconds: u64, units: &Units) -> String {
    match seconds {
        0..60 => one(seconds, units.seconds, units),
        60..3600 => one(seconds / 60, units.minutes, units),
        3600..86_400 => one(seconds / 3600, units.hours, units),
        _ => one(seconds / 86_400, units.days, units),
    }
}

fn one(number: u64, unit: &str, units: &Units) -> String {
    format!("{number}{}{unit}{}", units.space, units.suffix)
}

/// The one way to write how long something took: `0.42 ms`, `18.4 ms`, `372 ms`, `2.0 s`, `125 s`.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        ms if ms > 0.0 && ms < 0.005 => "< 0.01 ms".to_owned(),
        ms if ms < 999.5 => format!("{} ms", short(ms)),
        ms if ms < 99_950.0 => format!("{:.1} s", ms / 1000.0),
        ms => format!("{} s", grouped((ms / 1000.0).round() as u64)),
    }
}

/// Of nothing there is no time.
#[cfg(feature = "ssr")]
pub fn milliseconds_or_dash(ms: Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), milliseconds)
}

/// A share, 0–1, such as `2 %`; never 0 if there was something.
#[cfg(feature = "ssr")]
pub fn percent(share: Option<f64>) -> String {
    match share {
        None => "–".to_owned(),
        Some(share) if share > 0.0 && share < 0.000_05 => "< 0.01 %".to_owned(),
        Some(share) => format!("{} %", short(share * 100.0)),
    }
}

/// Three digits that matter, and no zeros after them.
pub fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Within a sentence: `75 907`, with narrow spaces at which no line breaks. On its own a number is
/// shown by `components::number`, whose spaces are not copied.
pub fn grouped(number: u64) -> String {
    digit_groups(&number.to_string()).join("\u{202f}")
}

/// Such as `512 B`, `1.5 KiB`, `50 MiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.into_iter().find(|(_, size)| bytes >= *size) {
        // Integers throughout: a tenth, rounded down, so that a full file never shows more than its limit.
        Some((unit, size)) => match (bytes / size, bytes % size * 10 / size) {
            (whole, 0) => format!("{whole} {unit}"),
            (whole, _) if whole >= 100 => format!("{whole} {unit}"),
            (whole, tenth) => format!("{whole}.{tenth} {unit}"),
        },
        None => format!("{bytes} B"),
    }
}

/// Digits in groups of three from the right: `1234567` is `1`, `234`, `567`.
pub fn digit_groups(digits: &str) -> Vec<&str> {
    let first = match digits.len() % 3 {
        0 => 3.min(digits.len()),
        rest => rest,
    };
    let (head, mut tail) = digits.split_at_checked(first).unwrap_or((digits, ""));
    let mut groups = vec![head];
    while let Some((group, rest)) = tail.split_at_checked(3) {
        groups.push(group);
        tail = rest;
    }
    groups
}

/// The text with everything that would act instead of being seen (terminal escapes, characters
/// that turn the direction of text, zero-width ones) replaced by a visible stand-in. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
            _ => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: Units = Units {
        days: "d",
        hours: "h",
        minutes: "min",
        seconds: "s",
        space: " ",
        suffix: "",
    };

    #[test]
    fn a_duration_shows_its_two_biggest_units() {
        assert_eq!(duration(0, &UNITS), "0 s");
        assert_eq!(duration(59, &UNITS), "59 s");
        assert_eq!(duration(61, &UNITS), "1 min 1 s");
        assert_eq!(duration(3600, &UNITS), "1 h 0 min");
        assert_eq!(duration(86_400 * 12 + 3600 * 5 + 1, &UNITS), "12 d 5 h");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_length_has_no_second_part_of_nothing() {
        assert_eq!(length(60, &UNITS), "1 min");
        assert_eq!(length(90, &UNITS), "1 min 30 s");
        assert_eq!(length(3600, &UNITS), "1 h");
        assert_eq!(length(5, &UNITS), "5 s");
        assert_eq!(length(90 * 60, &UNITS), "1 h 30 min");
        assert_eq!(length(2 * 86_400, &UNITS), "2 d");
    }

    #[test]
    fn sizes_are_rounded_down_to_a_tenth() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(52_428_800), "50 MiB");
        assert_eq!(bytes(52_428_799), "49.9 MiB");
    }

    #[test]
    fn escapes_and_direction_marks_are_shown_and_not_obeyed() {
        assert_eq!(
            visible("\u{1b}[31mred\u{202e}txt.exe\u{9b}\u{7f}"),
            "⟨U+001B⟩[31mred⟨U+202E⟩txt.exe⟨U+009B⟩⟨U+007F⟩"
        );
        assert_eq!(visible("<script>\n\tשלום 你好"), "<script>\n\tשלום 你好");
    }

    #[test]
    fn a_time_has_the_digits_that_matter_and_the_unit_that_fits() {
        for (ms, text) in [
            (0.0, "0 ms"),
            (0.001, "< 0.01 ms"),
            (0.42, "0.42 ms"),
            (3.8, "3.8 ms"),
            (18.44, "18.4 ms"),
            (372.5, "372 ms"),
            (999.4, "999 ms"),
            (999.7, "1.0 s"),
            (1998.85, "2.0 s"),
            (12_340.0, "12.3 s"),
            (125_000.0, "125 s"),
        ] {
            assert_eq!(milliseconds(ms), text);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_share_is_never_rounded_to_nothing() {
        for (share, text) in [
            (None, "–"),
            (Some(0.0), "0 %"),
            (Some(0.000_001), "< 0.01 %"),
            (Some(0.002), "0.2 %"),
            (Some(1.0 / 60.0), "1.67 %"),
            (Some(1.0), "100 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn numbers_show_what_matters() {
        for (value, text) in [
            (0.0, "0"),
            (0.004, "0"),
            (0.25, "0.25"),
            (2.0, "2"),
            (18.44, "18.4"),
            (1234.6, "1235"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn a_number_in_a_sentence_is_grouped_like_any_other() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_416_051), "1\u{202f}416\u{202f}051");
    }

    proptest! {
        #[test]
        fn groups_of_digits_join_to_the_number(number: u64) {
            let digits = number.to_string();
            let groups = digit_groups(&digits);
            prop_assert_eq!(groups.concat(), &digits[..]);
            prop_assert!(groups.iter().skip(1).all(|group| group.len() == 3));
        }

        #[test]
        fn nothing_visible_is_a_control_character(text in any::<String>()) {
            prop_assert!(visible(&text).chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
        }
    }
}
