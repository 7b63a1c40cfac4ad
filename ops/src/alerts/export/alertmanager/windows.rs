//! Maintenance windows as time intervals: by weekday and time of day, in the window's own zone.

use chrono::{Timelike, Weekday};

use crate::alerts::export::yaml::{Lines, list, quoted};
use crate::alerts::suppress::MaintenanceWindow;

const DAY: u64 = 24 * 60;

/// The names of the windows that cover a rule, or all rules.
pub(super) fn covering<'m>(
    maintenance: &'m [MaintenanceWindow],
    rule: Option<&str>,
) -> Vec<&'m str> {
    let covers = |window: &&MaintenanceWindow| match rule {
        Some(rule) => window.covers(rule),
        None => window.rules.is_empty(),
    };
    let windows = maintenance.iter().filter(covers);
    windows.map(|window| window.name.as_str()).collect()
}

pub(super) fn mute(out: &mut Lines, depth: usize, names: &[&str]) {
    if !names.is_empty() {
        out.line(depth, format!("mute_time_intervals: {}", list(names)));
    }
}

pub(super) fn intervals(out: &mut Lines, maintenance: &[MaintenanceWindow]) {
    if maintenance.is_empty() {
        return;
    }
    out.comment(
        0,
        "By the clock on the wall: where summer time begins or ends within one it is an hour off.",
    );
    out.line(0, "time_intervals:");
    for window in maintenance {
        out.line(1, format!("- name: {}", quoted(&window.name)));
        out.line(2, "time_intervals:");
        for (number, (from, until)) in spans(window).into_iter().enumerate() {
            let days = window.days.iter().map(|day| name(after(*day, number)));
            out.line(3, format!("- weekdays: {}", list(days)));
            let times = [("start_time", from), ("end_time", until)];
            let times = times.map(|(key, at)| format!("{key}: {}", quoted(&clock(at))));
            out.line(4, format!("times: [{{{}}}]", times.join(", ")));
            out.line(4, format!("location: {}", quoted(window.time_zone.name())));
        }
    }
}

/// In minutes of each day from the first on: an interval does not go beyond midnight.
fn spans(window: &MaintenanceWindow) -> Vec<(u64, u64)> {
    let from = u64::from(window.from.hour() * 60 + window.from.minute());
    let until = from + window.lasts.as_secs().div_ceil(60);
    let days = 0..until.div_ceil(DAY);
    let span = |day: u64| {
        let start = day * DAY;
        (from.saturating_sub(start), until.min(start + DAY) - start)
    };
    days.map(span).collect()
}

fn clock(minute: u64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn after(day: Weekday, days: usize) -> Weekday {
    (0..days).fold(day, |day, _| day.succ())
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use chrono::NaiveTime;
    use chrono_tz::Tz;
    use std::time::Duration;

    #[test]
    fn a_window_over_midnight_is_an_interval_for_each_day() {
        let window = MaintenanceWindow {
            name: "night".into(),
            days: vec![Weekday::Fri, Weekday::Sun],
            from: NaiveTime::from_hms_opt(22, 30, 0).unwrap(),
            lasts: Duration::from_secs(28 * 3600),
            time_zone: Tz::Asia__Shanghai,
            rules: Vec::new(),
        };
        let mut out = Lines::default();
        intervals(&mut out, &[window]);
        let text = out.finish();
        let said: Vec<&str> = text
            .lines()
            .filter_map(|line| {
                line.trim_start()
                    .strip_prefix("- weekdays: ")
                    .or(line.trim_start().strip_prefix("times: "))
            })
            .collect();
        assert_eq!(
            said,
            [
                "[\"friday\", \"sunday\"]",
                "[{start_time: \"22:30\", end_time: \"24:00\"}]",
                "[\"saturday\", \"monday\"]",
                "[{start_time: \"00:00\", end_time: \"24:00\"}]",
                "[\"sunday\", \"tuesday\"]",
                "[{start_time: \"00:00\", end_time: \"02:30\"}]",
            ]
        );
    }
}
