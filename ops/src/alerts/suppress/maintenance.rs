//! [`MaintenanceWindow`]: planned work, by the calendar of the place where it is done.
//!
//! A window begins at a time of day in its zone and lasts for an elapsed time: one hour is one hour
//! also where summer time begins or ends. If the time of day is skipped by the change, the window
//! begins when the skipped time ends; if it comes twice, at the first.

use std::time::Duration;

use chrono::Datelike;
use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

use crate::clock::DAY_MS;

#[derive(Clone, Debug, PartialEq)]
pub struct MaintenanceWindow {
    pub name: String,
    /// On which it begins.
    pub days: Vec<Weekday>,
    pub from: NaiveTime,
    pub lasts: Duration,
    pub time_zone: Tz,
    /// Empty for all.
    pub rules: Vec<String>,
}

/// In milliseconds since the Unix epoch, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    pub from_ms: i64,
    pub until_ms: i64,
}

impl MaintenanceWindow {
    pub fn covers(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|covered| covered == rule)
    }

    /// Until when the window is open at this time; `None` if it is not.
    pub fn open_until(&self, at_ms: i64) -> Option<i64> {
        let open = self.between(at_ms, at_ms.saturating_add(1));
        open.into_iter().map(|occurrence| occurrence.until_ms).max()
    }

    /// What of it lies at least partly between the two times, the earliest first.
    pub fn between(&self, from_ms: i64, until_ms: i64) -> Vec<Occurrence> {
        let lasts = i64::try_from(self.lasts.as_millis()).unwrap_or(i64::MAX);
        // The first day that may reach into it, by any offset from UTC.
        let first = from_ms.saturating_sub(lasts).saturating_sub(2 * DAY_MS);
        let last = until_ms.saturating_add(2 * DAY_MS);
        let (Some(first), Some(last)) = (date(first), date(last)) else {
            return Vec::new();
        };
        first
            .iter_days()
            .take_while(|day| *day <= last)
            .filter(|day| self.days.contains(&day.weekday()))
            .filter_map(|day| self.start_on(day))
            .map(|from_ms| Occurrence {
                from_ms,
                until_ms: from_ms.saturating_add(lasts),
            })
            .filter(|it| it.from_ms < until_ms && from_ms < it.until_ms)
            .collect()
    }

    /// `None` for a day that the place skipped as a whole.
    fn start_on(&self, day: NaiveDate) -> Option<i64> {
        let tomorrow = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
        let mut local = day.and_time(self.from);
        while local < tomorrow {
            match self.time_zone.from_local_datetime(&local) {
                LocalResult::Single(start) | LocalResult::Ambiguous(start, _) => {
                    return Some(start.timestamp_millis());
                }
                LocalResult::None => local = local.checked_add_signed(TimeDelta::minutes(1))?,
            }
        }
        None
    }
}

fn date(at_ms: i64) -> Option<NaiveDate> {
    DateTime::<Utc>::from_timestamp_millis(at_ms).map(|at| at.date_naive())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    fn window(zone: Tz, from: (u32, u32), lasts: u64) -> MaintenanceWindow {
        MaintenanceWindow {
            name: "backup".into(),
            days: [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu]
                .into_iter()
                .chain([Weekday::Fri, Weekday::Sat, Weekday::Sun])
                .collect(),
            from: NaiveTime::from_hms_opt(from.0, from.1, 0).unwrap(),
            lasts: Duration::from_secs(lasts),
            time_zone: zone,
            rules: Vec::new(),
        }
    }

    fn ms(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    fn starts(window: &MaintenanceWindow, from: &str, until: &str) -> Vec<String> {
        window
            .between(ms(from), ms(until))
            .into_iter()
            .map(|it| DateTime::<Utc>::from_timestamp_millis(it.from_ms).unwrap())
            .map(|at| at.format("%m-%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn a_window_keeps_its_time_of_day_through_summer_time() {
        let berlin = window(Tz::Europe__Berlin, (3, 30), 600);
        let spring = starts(&berlin, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z");
        assert_eq!(spring, ["03-28 02:30", "03-29 01:30", "03-30 01:30"]);
        let shanghai = window(Tz::Asia__Shanghai, (3, 0), 600);
        let spring = starts(&shanghai, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
        assert_eq!(spring, ["03-28 19:00", "03-29 19:00"]);
    }

    #[test]
    fn a_time_that_summer_time_skips_begins_after_the_gap() {
        let berlin = window(Tz::Europe__Berlin, (2, 30), 1800);
        let day = starts(&berlin, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z");
        assert_eq!(
            day,
            ["03-29 01:00"],
            "03:00 in Berlin, for its whole length"
        );
        assert_eq!(
            berlin.open_until(ms("2026-03-29T01:29:59Z")),
            Some(ms("2026-03-29T01:30:00Z"))
        );
        assert_eq!(berlin.open_until(ms("2026-03-29T01:30:00Z")), None);
    }

    #[test]
    fn an_hour_that_comes_twice_is_maintained_once() {
        let berlin = window(Tz::Europe__Berlin, (2, 30), 1800);
        let day = starts(&berlin, "2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z");
        assert_eq!(day, ["10-25 00:30"]);
        assert_eq!(
            berlin.open_until(ms("2026-10-25T01:45:00Z")),
            None,
            "02:45 again"
        );
    }

    #[test]
    fn a_window_that_spans_a_change_lasts_as_long_as_it_says() {
        let berlin = window(Tz::Europe__Berlin, (1, 0), 4 * 3600);
        for day in ["2026-03-29", "2026-10-25"] {
            let noon = ms(&format!("{day}T12:00:00Z"));
            let open = berlin.between(noon - 12 * HOUR, noon);
            assert_eq!(open.len(), 1);
            assert_eq!(open[0].until_ms - open[0].from_ms, 4 * HOUR);
        }
    }

    #[test]
    fn a_window_of_several_days_is_open_on_a_day_on_which_none_begins() {
        let mut weekend = window(Tz::UTC, (20, 0), 60 * 3600);
        weekend.days = vec![Weekday::Fri];
        assert_eq!(
            weekend.open_until(ms("2026-11-30T07:59:00Z")),
            Some(ms("2026-11-30T08:00:00Z")),
            "Monday morning"
        );
        assert_eq!(weekend.open_until(ms("2026-11-30T08:00:00Z")), None);
    }

    #[test]
    fn a_day_that_a_place_skipped_has_no_window() {
        let samoa = window(Tz::Pacific__Apia, (3, 0), 600);
        let starts = starts(&samoa, "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z");
        assert_eq!(starts, ["12-29 13:00", "12-30 13:00", "12-31 13:00"]);
    }

    proptest! {
        #[test]
        fn a_window_opens_once_a_day_in_any_zone(
            zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
            hour in 0_u32..24, day in 0_i64..20_000,
        ) {
            let window = window(zone, (hour, 30), 60);
            let from = day * 24 * HOUR;
            let starts = window.between(from, from + 10 * 24 * HOUR).len();
            // A place that crosses the date line has a day more, or less.
            prop_assert!((9..=11).contains(&starts), "{starts}");
        }

        #[test]
        fn any_time_can_be_asked_for(at_ms: i64) {
            _ = window(Tz::Europe__Berlin, (2, 30), 1800).open_until(at_ms);
        }
    }
}
