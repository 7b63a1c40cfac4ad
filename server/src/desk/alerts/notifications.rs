//! Who is told, and who asked not to be: silences, quiet, maintenance and channels.

use std::time::Duration;

use app::dto;
use chrono::Weekday;
use ops::alerts::message::Timestamp;
use ops::alerts::notify::Verdict;
use ops::alerts::suppress::{MaintenanceWindow, Matchers, Quiet, Silence, Until};
use ops::alerts::{self, Severity};
use ops::clock::DAY_MS;

use crate::alerting::alerting::Seen;
use crate::alerting::channels::Letter;
use crate::alerting::compose::{Teller, test_message};
use crate::desk::incidents::map::{severity, time};
use crate::desk::state::DeskState;

const FOUR_WEEKS_MS: i64 = 28 * DAY_MS;

/// Those in force first, the newest of these first.
pub fn silences(desk: &DeskState) -> Vec<dto::Silence> {
    let (seen, now_ms) = (desk.alerting.seen(), desk.alerting.now_ms());
    let silences = seen.state.silences.iter();
    let mut silences: Vec<dto::Silence> = silences
        .map(|silence| of_silence(silence, &seen, now_ms))
        .collect();
    silences.sort_by(|one, other| {
        let order = |it: &dto::Silence| (it.is_active, it.from.clone());
        order(other).cmp(&order(one))
    });
    silences
}

pub fn of_silence(silence: &Silence, seen: &Seen, now_ms: i64) -> dto::Silence {
    let is_active = silence.is_active(now_ms);
    let firing = seen.state.engine.alerts.values().filter_map(|alert| {
        let episode = alert.episode()?;
        let is_silenced = silence
            .matchers
            .matches(&alert.rule, &alert.subject, episode.worst);
        is_silenced.then(|| format!("{}/{}", alert.rule, alert.subject))
    });
    dto::Silence {
        id: silence.id.clone(),
        matchers: dto::SilenceMatchers {
            rule: silence.matchers.rule.clone(),
            subject: silence.matchers.subject.clone(),
            severity: silence.matchers.severity.map(severity),
        },
        reason: silence.reason.clone(),
        by: silence.by.clone(),
        from: time(silence.from_ms),
        until: match silence.until {
            Until::At(until_ms) => Some(time(until_ms)),
            Until::End => None,
        },
        until_end: silence.until == Until::End,
        is_active,
        ended_at: silence.ended_ms.map(time),
        silences: if is_active {
            firing.collect()
        } else {
            Vec::new()
        },
    }
}

pub fn matchers(given: dto::SilenceMatchers) -> Matchers {
    let given_text = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Matchers {
        rule: given_text(given.rule),
        subject: given_text(given.subject),
        severity: given.severity.map(|severity| match severity {
            dto::Severity::Info => Severity::Info,
            dto::Severity::Warning => Severity::Warning,
            dto::Severity::Critical => Severity::Critical,
        }),
    }
}

pub fn quiet(desk: &DeskState) -> Option<dto::Quiet> {
    let (seen, now_ms) = (desk.alerting.seen(), desk.alerting.now_ms());
    let quiet = seen.state.quiet.as_ref();
    quiet.filter(|quiet| quiet.is_active(now_ms)).map(of_quiet)
}

pub fn of_quiet(quiet: &Quiet) -> dto::Quiet {
    dto::Quiet {
        by: quiet.by.clone(),
        reason: quiet.reason.clone(),
        from: time(quiet.from_ms),
        until: time(quiet.until_ms),
    }
}

pub fn maintenance(desk: &DeskState) -> Vec<dto::MaintenanceWindow> {
    let (setup, now_ms) = (desk.alerting.setup(), desk.alerting.now_ms());
    let windows = setup.maintenance.iter();
    windows.map(|window| of_window(window, now_ms)).collect()
}

fn of_window(window: &MaintenanceWindow, now_ms: i64) -> dto::MaintenanceWindow {
    let coming = window.between(now_ms, now_ms.saturating_add(FOUR_WEEKS_MS));
    let next = coming.iter().find(|occurrence| occurrence.from_ms > now_ms);
    dto::MaintenanceWindow {
        name: window.name.clone(),
        days: window
            .days
            .iter()
            .map(|day| day_name(*day).to_owned())
            .collect(),
        starts: window.from.format("%H:%M").to_string(),
        lasts_seconds: window.lasts.as_secs(),
        time_zone: window.time_zone.name().to_owned(),
        rules: window.rules.clone(),
        open_until: window.open_until(now_ms).map(time),
        next_from: next.map(|occurrence| time(occurrence.from_ms)),
    }
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

pub fn channels(desk: &DeskState) -> Vec<dto::Channel> {
    let setup = desk.alerting.setup();
    let known = desk.alerting.channels();
    let channels = setup.channels.iter();
    channels
        .map(|channel| {
            let state = known.get(&channel.name).cloned().unwrap_or_default();
            dto::Channel {
                name: channel.name.clone(),
                kind: channel.kind().name().to_owned(),
                min_severity: severity(channel.min_severity),
                last_success_at: state.last_success_ms.map(time),
                last_failure_at: state.last_failure_ms.map(time),
                last_error: state.last_error,
                queued: state.queued,
            }
        })
        .collect()
}

/// Sends a test by a channel and waits for what came of it; `None` if there is no such channel.
pub async fn test(desk: &DeskState, name: &str) -> Option<dto::ChannelTest> {
    let alerting = &desk.alerting;
    let setup = alerting.setup();
    let channel = setup.channels.iter().find(|channel| channel.name == name)?;
    let now = Timestamp(alerting.now_ms());
    let teller = Teller {
        instance: &alerting.instance,
        setup: &setup,
        is_blind: false,
    };
    let message = test_message(&teller, now).outgoing(now);
    let letter = Letter {
        id: &crate::alerting::alerting::new_id(),
        created: now,
        first: None,
        messages: &[message],
        now,
    };
    let delivery = alerting.courier.deliver(channel, letter).await;
    let delivered = delivery.verdict == Verdict::Delivered;
    let ended_ms = alerting.now_ms();
    let mut channels = alerting.channels();
    let state = channels.entry(name.to_owned()).or_default();
    if delivered {
        state.delivered(ended_ms);
    } else {
        state.refused(ended_ms, &delivery.answer);
    }
    Some(dto::ChannelTest {
        delivered,
        status: delivery.status,
        answer: delivery.answer,
    })
}

/// How long a silence of a form lasts.
pub fn until_of(duration: &str, now_ms: i64) -> Option<Until> {
    let lasts = match duration {
        "until_end" => return Some(Until::End),
        text => alerts::duration::parse(text)?,
    };
    let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    (lasts > Duration::ZERO).then(|| Until::At(now_ms.saturating_add(lasts_ms)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::str::FromStr as _;

    use chrono::{NaiveTime, TimeDelta, Utc};

    use super::*;

    /// The page shows these times, and the gate asks the same window: they can't differ.
    #[test]
    fn a_window_is_shown_for_the_hours_in_which_it_mutes_through_both_changes_of_the_clock() {
        let nightly = |zone: &str| MaintenanceWindow {
            name: "backup".into(),
            days: (0..7).map(|day| Weekday::try_from(day).unwrap()).collect(),
            from: NaiveTime::from_hms_opt(2, 30, 0).unwrap(),
            lasts: Duration::from_secs(3600),
            time_zone: zone.parse().unwrap(),
            rules: Vec::new(),
        };
        // Skipped on the one day, twice there on the other; nothing changes in Shanghai.
        for (zone, day, opens, ends) in [
            ("Europe/Berlin", "2026-03-29", "01:00", "02:00"),
            ("Europe/Berlin", "2026-03-30", "00:30", "01:30"),
            ("Europe/Berlin", "2026-10-25", "00:30", "01:30"),
            ("Europe/Berlin", "2026-10-26", "01:30", "02:30"),
            ("Asia/Shanghai", "2026-03-29", "18:30", "19:30"),
            ("Asia/Shanghai", "2026-10-25", "18:30", "19:30"),
        ] {
            let window = nightly(zone);
            let at = |clock: &str| {
                let moment = format!("{day}T{clock}:00Z");
                chrono::DateTime::<Utc>::from_str(&moment).unwrap()
            };
            let shown = |at: chrono::DateTime<Utc>| of_window(&window, at.timestamp_millis());
            let stamp = |clock: &str| Some(format!("{day}T{clock}:00.000Z"));
            let second = TimeDelta::seconds(1);
            let before = shown(at(opens) - second);
            assert_eq!(before.open_until, None, "{zone} {day}");
            assert_eq!(before.next_from, stamp(opens), "{zone} {day}");
            let open = shown(at(opens));
            assert_eq!(open.open_until, stamp(ends), "{zone} {day}");
            let last = shown(at(ends) - second);
            assert_eq!(last.open_until, stamp(ends), "{zone} {day}");
            assert_eq!(shown(at(ends)).open_until, None, "{zone} {day}");
        }
    }
}
