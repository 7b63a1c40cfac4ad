//! The reader's time zone. Their browser tells the server its name by a cookie, so that the server
//! draws every time, axis and table in that zone; until it has, everything is in UTC, and says so.
//!
//! The server knows the rules of all zones. The browser knows those of its own, so that no table of
//! zones has to be sent there.

use serde::{Deserialize, Serialize};

use crate::view::instant::Instant;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Option<String>", from = "Option<String>")]
pub enum Zone {
    /// Nobody has said where the reader is.
    #[default]
    Utc,
    OfReader(Rules),
}

#[cfg(feature = "ssr")]
type Rules = chrono_tz::Tz;

/// Those of the browser that runs this.
#[cfg(not(feature = "ssr"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules;

impl Zone {
    /// Minutes east of Greenwich, at that moment.
    pub fn offset_minutes(self, instant: Instant) -> i32 {
        match self {
            Self::Utc => 0,
            Self::OfReader(rules) => offset_minutes(rules, instant),
        }
    }

    /// As a person reads it.
    pub fn show(self, instant: Instant) -> String {
        let civil = instant.civil(self.offset_minutes(instant));
        match self {
            Self::Utc => format!("{civil} UTC"),
            Self::OfReader(_) => civil.to_string(),
        }
    }

    /// The day that it is there, such as `2026-11-24`.
    #[cfg(feature = "ssr")]
    pub fn show_day(self, instant: Instant) -> String {
        let civil = instant.civil(self.offset_minutes(instant)).to_string();
        let (day, _) = civil.split_once(' ').unwrap_or_default();
        day.to_owned()
    }

    /// Such as `11-24 03:22:37.120`; the page says which zone that is.
    pub fn show_clock(self, instant: Instant, precision: Precision) -> String {
        let civil = instant.civil(self.offset_minutes(instant)).to_string();
        let (_, month_on) = civil.split_once('-').unwrap_or_default();
        match precision {
            Precision::Seconds => month_on.to_owned(),
            Precision::Milliseconds => format!("{month_on}.{:03}", instant.millisecond()),
        }
    }
}

/// Of a line among others, or of a moment that is a whole second anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Seconds,
    Milliseconds,
}

#[cfg(not(feature = "ssr"))]
fn offset_minutes(_: Rules, instant: Instant) -> i32 {
    let date = js_sys::Date::new(&(instant.epoch_ms() as f64).into());
    let minutes_west = date.get_timezone_offset() as i32;
    -minutes_west
}

#[cfg(not(feature = "ssr"))]
impl From<Option<String>> for Zone {
    fn from(name: Option<String>) -> Self {
        name.map_or(Self::Utc, |_| Self::OfReader(Rules))
    }
}

/// The browser sends no zone to anybody: the page's first script has done so.
#[cfg(not(feature = "ssr"))]
impl From<Zone> for Option<String> {
    fn from(_: Zone) -> Self {
        None
    }
}

#[cfg(feature = "ssr")]
use server_side::offset_minutes;

#[cfg(feature = "ssr")]
mod server_side {
    use chrono::offset::LocalResult;
    use chrono::{DateTime, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};

    use super::{Rules, Zone};
    use crate::view::instant::Instant;

    impl Zone {
        /// From the cookie: a name of the IANA time zone database, such as `Asia/Shanghai`.
        pub fn from_cookie(name: &str) -> Option<Self> {
            name.parse().ok().map(Self::OfReader)
        }

        /// Such as `Asia/Shanghai`.
        pub fn name(self) -> &'static str {
            match self {
                Self::Utc | Self::OfReader(Rules::Etc__UTC) => "UTC",
                Self::OfReader(rules) => rules.name(),
            }
        }

        /// Such as `Asia/Shanghai (UTC+8)`.
        pub fn label(self, instant: Instant) -> String {
            match self.name() {
                "UTC" => "UTC".to_owned(),
                name => format!("{name} ({})", self.offset(instant)),
            }
        }

        /// How far it is from UTC at that moment, such as `UTC+8` or `UTC−3:30`.
        pub fn offset(self, instant: Instant) -> String {
            let minutes = self.offset_minutes(instant);
            let sign = if minutes < 0 { '−' } else { '+' };
            match (minutes.abs() / 60, minutes.abs() % 60) {
                (0, 0) => "UTC".to_owned(),
                (hours, 0) => format!("UTC{sign}{hours}"),
                (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
            }
        }

        /// When clocks in this zone show a time that was written without a zone, such as
        /// `2026-11-24 03:22`: the first and the last such moment, which differ where clocks were set
        /// back. A time that clocks left out is read as if they had not been set forward. `None` for
        /// what is no such time.
        pub fn moments(self, text: &str) -> Option<[Instant; 2]> {
            let civil = Instant::parse(&format!("{}Z", without_zone(text)?))?;
            let Self::OfReader(rules) = self else {
                return Some([civil; 2]);
            };
            let local = naive(civil)?;
            let (first, last) = match rules.offset_from_local_datetime(&local) {
                LocalResult::Single(offset) => (offset, offset),
                LocalResult::Ambiguous(first, last) => (first, last),
                LocalResult::None => {
                    let before = local.checked_sub_signed(TimeDelta::days(1))?;
                    let before = rules.offset_from_utc_datetime(&before);
                    (before, before)
                }
            };
            Some(
                [first, last]
                    .map(|offset| civil.plus_seconds(-i64::from(offset.fix().local_minus_utc()))),
            )
        }

        /// As one would type it, so that it is read back as the same moment.
        pub fn typed(self, instant: Instant) -> String {
            let offset = self.offset_minutes(instant);
            let civil = instant.civil(offset).to_string();
            let text = match (civil.strip_suffix(":00"), instant.millisecond()) {
                (Some(minute), 0) => minute.to_owned(),
                (_, 0) => civil.clone(),
                (_, ms) => format!("{civil}.{ms:03}"),
            };
            if self.moments(&text) == Some([instant; 2]) {
                return text;
            }
            let sign = if offset < 0 { '-' } else { '+' };
            let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
            format!("{text}{sign}{hours:02}:{minutes:02}")
        }
    }

    impl From<Option<String>> for Zone {
        fn from(name: Option<String>) -> Self {
            name.and_then(|name| Self::from_cookie(&name))
                .unwrap_or_default()
        }
    }

    impl From<Zone> for Option<String> {
        fn from(zone: Zone) -> Self {
            match zone {
                Zone::Utc => None,
                Zone::OfReader(rules) => Some(rules.name().to_owned()),
            }
        }
    }

    pub fn offset_minutes(rules: Rules, instant: Instant) -> i32 {
        naive(instant).map_or(0, |utc| {
            let offset = rules.offset_from_utc_datetime(&utc);
            offset.fix().local_minus_utc() / 60
        })
    }

    fn naive(instant: Instant) -> Option<NaiveDateTime> {
        Some(DateTime::from_timestamp_millis(instant.epoch_ms())?.naive_utc())
    }

    /// A time as people write it, such as `2026-11-24 03:22`, or a date for its midnight, as ISO 8601 has
    /// it; `None` for anything else, and for what has a zone.
    fn without_zone(text: &str) -> Option<String> {
        let text = text.trim();
        let (date, clock) = text.split_once([' ', 'T', 't']).unwrap_or((text, "00:00"));
        let made_of = |part: &str, separator: u8| {
            part.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == separator)
        };
        let (clock, fraction) = match clock.split_once('.') {
            Some((clock, fraction)) => (clock, Some(fraction)),
            None => (clock, None),
        };
        let is_fraction =
            fraction.is_none_or(|part| (1..=9).contains(&part.len()) && made_of(part, b'0'));
        if date.len() != 10 || !made_of(date, b'-') || !made_of(clock, b':') || !is_fraction {
            return None;
        }
        match (clock.len(), fraction) {
            (5, None) => Some(format!("{date}T{clock}:00")),
            (8, None) => Some(format!("{date}T{clock}")),
            (8, Some(fraction)) => Some(format!("{date}T{clock}.{fraction}")),
            _ => None,
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::from_cookie(name).unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn hours_before_the_clocks_were_changed_are_shown_as_they_were() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(
            berlin.show(at("2026-10-25T00:59:59Z")),
            "2026-10-25 02:59:59"
        );
        assert_eq!(
            berlin.show(at("2026-10-25T01:00:00Z")),
            "2026-10-25 02:00:00"
        );
        // Two changes ago, too.
        assert_eq!(
            berlin.show(at("2026-03-29T00:59:59Z")),
            "2026-03-29 01:59:59"
        );
    }

    #[test]
    fn until_somebody_says_where_the_reader_is_times_are_in_utc_and_say_so() {
        let instant = at("2026-11-24T03:22:37.120Z");
        assert_eq!(Zone::Utc.show(instant), "2026-11-24 03:22:37 UTC");
        let shanghai = zone("Asia/Shanghai");
        assert_eq!(shanghai.show(instant), "2026-11-24 11:22:37");
        let clock = shanghai.show_clock(instant, Precision::Milliseconds);
        assert_eq!(clock, "11-24 11:22:37.120");
    }

    #[test]
    fn a_zone_is_called_by_its_name_and_by_how_far_it_is_from_utc() {
        let instant = at("2026-11-24T03:22:37Z");
        for (name, label) in [
            ("Asia/Shanghai", "Asia/Shanghai (UTC+8)"),
            ("America/St_Johns", "America/St_Johns (UTC−3:30)"),
            ("Europe/London", "Europe/London (UTC)"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(zone(name).label(instant), label);
        }
        assert_eq!(Zone::Utc.label(instant), "UTC");
    }

    #[test]
    fn what_is_typed_is_what_the_readers_clock_shows() {
        for (name, text, read) in [
            ("Asia/Shanghai", "2026-11-28 06:44", "2026-11-27T22:44:00Z"),
            ("Asia/Shanghai", "2026-11-28", "2026-11-27T16:00:00Z"),
            (
                "Europe/Berlin",
                "2026-07-01T12:00:05.25",
                "2026-07-01T10:00:05.250Z",
            ),
            // Left out when clocks were set forward.
            ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("UTC", "2026-11-28 06:44", "2026-11-28T06:44:00Z"),
        ] {
            assert_eq!(
                zone(name).moments(text),
                Some([at(read); 2]),
                "{name} {text}"
            );
        }
        let twice = zone("Europe/Berlin").moments("2026-10-25 02:30");
        let both = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(at);
        assert_eq!(twice, Some(both));
        for text in ["2026-11-31 03:00", "2026-11-28T06:44:00Z", "3h", "soon"] {
            assert_eq!(zone("Asia/Shanghai").moments(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_that_a_clock_shows_twice_is_typed_with_its_offset() {
        let typed = |text| zone("Europe/Berlin").typed(at(text));
        assert_eq!(typed("2026-10-25T00:30:00Z"), "2026-10-25 02:30+02:00");
        assert_eq!(typed("2026-10-25T01:30:00Z"), "2026-10-25 02:30+01:00");
        assert_eq!(typed("2026-10-25T02:30:05Z"), "2026-10-25 03:30:05");
        assert_eq!(
            Zone::Utc.typed(at("2026-10-25T02:30:05.250Z")),
            "2026-10-25 02:30:05.250"
        );
    }

    #[test]
    fn what_is_no_zone_is_none() {
        for text in ["", "480", "Mars/Olympus", "Asia/Shanghai;", "../etc/passwd"] {
            assert_eq!(Zone::from_cookie(text), None, "{text}");
        }
    }

    #[test]
    fn a_zone_survives_the_way_to_the_browser() {
        for zone in [Zone::Utc, zone("America/Argentina/Ushuaia")] {
            let text = serde_json::to_string(&zone).unwrap();
            assert_eq!(serde_json::from_str::<Zone>(&text).unwrap(), zone);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_in_a_field_is_read_back(
            ms in 0_i64..4_102_444_800_000,
            name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
        ) {
            let (zone, instant) = (zone(name), Instant::from_epoch_ms(ms));
            let typed = zone.typed(instant);
            let read = zone.moments(&typed).map(|[first, _]| first);
            let read = read.or_else(|| Instant::parse(&typed));
            prop_assert_eq!(read, Some(instant), "{}", typed);
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = Zone::from_cookie(&text);
            let _ = zone("Europe/Berlin").moments(&text);
        }
    }
}
