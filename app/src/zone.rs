//! Where the reader's clock stands. Their browser tells the server by a cookie, so that the server
//! draws every time, axis and table in the reader's zone; until it has, everything is in UTC.

use serde::{Deserialize, Serialize};

use crate::instant::Instant;

/// No zone of any time was further from Greenwich.
const FARTHEST_MINUTES: i32 = 16 * 60;

/// How far back a change of summer time is looked for: as far as the desk shows anything.
#[cfg(feature = "hydrate")]
const LOOK_BACK_DAYS: i64 = 400;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Zone {
    /// Nobody has said where the reader is.
    #[default]
    Utc,
    Local(Offsets),
}

/// Minutes east of Greenwich, now and before the last change of summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offsets {
    now: i32,
    /// Seconds since the epoch, and what held until then.
    changed: Option<(i64, i32)>,
}

impl Zone {
    /// From the cookie: `480`, or `60.1761440400.120` (since then 60, before it 120).
    pub fn from_cookie(text: &str) -> Option<Self> {
        let minutes = |text: &str| {
            let minutes: i32 = text.parse().ok()?;
            (minutes.abs() <= FARTHEST_MINUTES).then_some(minutes)
        };
        let mut parts = text.split('.');
        let now = minutes(parts.next()?)?;
        let changed = match (parts.next(), parts.next(), parts.next()) {
            (None, _, _) => None,
            (Some(at), Some(before), None) => Some((at.parse().ok()?, minutes(before)?)),
            _ => return None,
        };
        Some(Self::Local(Offsets { now, changed }))
    }

    /// `None` where nothing is known that could be remembered.
    pub fn to_cookie(self) -> Option<String> {
        match self {
            Self::Utc => None,
            Self::Local(Offsets { now, changed: None }) => Some(now.to_string()),
            Self::Local(Offsets {
                now,
                changed: Some((at, before)),
            }) => Some(format!("{now}.{at}.{before}")),
        }
    }

    /// Minutes east of Greenwich, at that moment.
    pub fn offset_minutes(self, instant: Instant) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Local(Offsets { now, changed }) => match changed {
                Some((at, before)) if instant.epoch_ms() < at.saturating_mul(1000) => before,
                _ => now,
            },
        }
    }

    /// As a person reads it.
    pub fn show(self, instant: Instant) -> String {
        let civil = instant.civil(self.offset_minutes(instant));
        match self {
            Self::Utc => format!("{civil} UTC"),
            Self::Local(_) => civil.to_string(),
        }
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

    #[cfg(feature = "hydrate")]
    pub fn of_browser() -> Self {
        let now_s = (js_sys::Date::now() / 1000.0) as i64;
        Self::Local(Offsets::around(now_s, LOOK_BACK_DAYS, browser_offset))
    }
}

/// Of a line among others, or of a moment that is a whole second anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Seconds,
    Milliseconds,
}

#[cfg(any(feature = "hydrate", test))]
impl Offsets {
    /// Asks `offset_at` (seconds since the epoch) for the last change within `days` before `now_s`.
    fn around(now_s: i64, days: i64, offset_at: impl Fn(i64) -> i32) -> Self {
        // No summer is shorter than this, nor is Ramadan, for which clocks are changed, too.
        const STEP_S: i64 = 20 * 86_400;
        let now = offset_at(now_s);
        let earlier = (1..).map(|step| now_s - step * STEP_S);
        let earlier = earlier.take_while(|at| now_s - at <= days * 86_400);
        let Some(mut other) = earlier.into_iter().find(|at| offset_at(*at) != now) else {
            return Self { now, changed: None };
        };
        let before = offset_at(other);
        let mut same = other + STEP_S;
        while same - other > 1 {
            let middle = other + (same - other) / 2;
            if offset_at(middle) == now {
                same = middle;
            } else {
                other = middle;
            }
        }
        Self {
            now,
            changed: Some((same, before)),
        }
    }
}

#[cfg(feature = "hydrate")]
fn browser_offset(at_s: i64) -> i32 {
    let date = js_sys::Date::new(&(at_s as f64 * 1000.0).into());
    let minutes_west = date.get_timezone_offset() as i32;
    -minutes_west
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    /// Berlin: summer time ended 2026-10-25T01:00:00Z.
    const WINTER_S: i64 = 1_792_890_000;

    fn berlin(at_s: i64) -> i32 {
        if at_s < WINTER_S { 120 } else { 60 }
    }

    #[test]
    fn hours_before_the_clocks_were_changed_are_shown_as_they_were() {
        let zone = Zone::Local(Offsets::around(WINTER_S + 1_000_000, 400, berlin));
        let show = |at_s: i64| zone.show(Instant::from_epoch_ms(at_s * 1000));
        assert_eq!(show(WINTER_S - 1), "2026-10-25 02:59:59");
        assert_eq!(show(WINTER_S), "2026-10-25 02:00:00");
        assert_eq!(zone.to_cookie().unwrap(), format!("60.{WINTER_S}.120"));
    }

    #[test]
    fn until_somebody_says_where_the_reader_is_times_are_in_utc_and_say_so() {
        let instant = Instant::parse("2026-11-24T03:22:37.120Z").unwrap();
        assert_eq!(Zone::Utc.show(instant), "2026-11-24 03:22:37 UTC");
        let shanghai = Zone::from_cookie("480").unwrap();
        assert_eq!(shanghai.show(instant), "2026-11-24 11:22:37");
        let clock = shanghai.show_clock(instant, Precision::Milliseconds);
        assert_eq!(clock, "11-24 11:22:37.120");
    }

    #[test]
    fn what_is_no_zone_is_none() {
        for text in [
            "",
            "x",
            "1441",
            "60.",
            "60.5",
            "60.5.x",
            "60.5.60.7",
            "6e1",
            "-",
        ] {
            assert_eq!(Zone::from_cookie(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_zone_survives_its_cookie(now in -960..=960, at: i64, before in -960..=960) {
            let cookie = format!("{now}.{at}.{before}");
            let zone = Zone::from_cookie(&cookie).unwrap();
            prop_assert_eq!(zone.to_cookie(), Some(cookie));
        }

        #[test]
        fn a_change_is_found_to_the_second(since in 1_i64..399 * 86_400, before in -900..900) {
            prop_assume!(before != 60);
            let now_s = 2_000_000_000;
            let offsets = Offsets::around(now_s, 400, |at| if at < now_s - since { before } else { 60 });
            // The last days of the look back lie within no whole step.
            if since < 380 * 86_400 {
                prop_assert_eq!(offsets.changed, Some((now_s - since, before)));
            }
        }

        #[test]
        fn any_cookie_is_answered(text in any::<String>()) {
            Zone::from_cookie(&text);
        }
    }
}
