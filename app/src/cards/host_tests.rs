//! The cards of host, process and events in each kind of day and in both languages.

use leptos::prelude::*;

use super::events::events_card;
use super::host::host_card;
use super::tests::words;
use super::traffic_charts::traffic_charts_card;
use crate::dto::{Code, EventKind, Gauge, HostHistory, HostSteps, InstanceEvent, Range};
use crate::fixtures::{healthy, host, overview};
use crate::view::settings::ViewSettings;
use crate::view::viewer::{Language, Viewer};

fn html(
    language: Language,
    history: &HostHistory,
    card: fn(ViewSettings, &HostHistory) -> AnyView,
) -> String {
    Owner::new().with(|| {
        let viewer = Viewer {
            language,
            ..Viewer::default()
        };
        card(
            ViewSettings::at(&viewer, "2026-11-24T03:22:37.512Z"),
            history,
        )
        .to_html()
    })
}

fn english(history: &HostHistory) -> String {
    html(Language::English, history, |settings, host| {
        host_card(settings, host).into_any()
    })
}

fn day() -> HostHistory {
    host(Range::default())
}

/// Nobody has looked yet.
fn new() -> HostHistory {
    HostHistory {
        now: None,
        covered_minutes: 0,
        steps: HostSteps::default(),
        events: Vec::new(),
        as_of: None,
        ..day()
    }
}

fn away() -> HostHistory {
    HostHistory {
        error: Some(Code::Refused),
        ..day()
    }
}

/// What each step looks like is tested with the charts.
fn few_steps(mut history: HostHistory) -> HostHistory {
    const STEPS: usize = 6;
    let steps = &mut history.steps;
    steps.covered_minutes.truncate(STEPS);
    for gauge in steps.gauges.values_mut() {
        for column in [
            &mut gauge.avg,
            &mut gauge.min,
            &mut gauge.max,
            &mut gauge.last,
        ] {
            column.truncate(STEPS);
        }
    }
    history
}

#[test]
fn every_face() {
    let mut faces = String::new();
    for (name, history) in [
        ("day", few_steps(day())),
        ("new", new()),
        ("away", few_steps(away())),
    ] {
        for language in [Language::English, Language::ChineseSimplified] {
            let html = html(language, &history, |settings, host| {
                let events = events_card(settings, &host.events);
                view! { {host_card(settings, host)} {events} }.into_any()
            });
            let text = words(&html);
            faces.push_str(&format!("--- {name}, {}\n{text}\n\n", language.tag()));
        }
    }
    insta::assert_snapshot!(faces);
}

#[test]
fn a_limit_is_a_line_and_without_one_the_title_says_so() {
    let html = english(&day());
    assert!(html.contains("Memory (limit 256 MiB)"), "{html}");
    assert!(html.contains("series-limit"));
    let mut free = day();
    free.steps.gauges.remove(&Gauge::MemoryLimitBytes);
    if let Some(now) = &mut free.now {
        now.gauges.remove(&Gauge::MemoryLimitBytes);
    }
    assert!(english(&free).contains("Memory (no limit)"));
}

#[test]
fn what_cannot_be_measured_has_a_state_of_its_own_and_no_zero() {
    let mut blind = day();
    blind.steps.gauges.remove(&Gauge::DatabaseLatencyMs);
    if let Some(now) = &mut blind.now {
        now.gauges.remove(&Gauge::Threads);
    }
    let html = english(&blind);
    assert!(
        html.contains("No data: it can't be measured here"),
        "{html}"
    );
    assert!(!html.contains("plot-database-latency"));
    let (_, threads) = html.split_once("Threads").unwrap_or_default();
    assert!(threads.starts_with("</dt><dd>–"), "{threads}");
}

#[test]
fn the_disk_of_the_data_is_shown_where_there_is_one() {
    assert!(!english(&day()).contains("Data disk"));
    let mut files = day();
    if let Some(now) = &mut files.now {
        now.gauges.insert(Gauge::DataDiskFreeBytes, 1_073_741_824.0);
        now.gauges.insert(Gauge::DataDiskUsedBytes, 1.0);
    }
    assert!(english(&files).contains("Data disk – 1 GiB free (&lt; 0.01 % used)"));
}

#[test]
fn trouble_that_is_over_says_what_it_was_and_how_long_it_took() {
    for (language, told) in [
        (
            Language::English,
            "database: connection refused (4 min 28 s)",
        ),
        (
            Language::ChineseSimplified,
            "数据库：连接被拒绝（4 分钟 28 秒）",
        ),
    ] {
        let html = html(language, &day(), |settings, host| {
            events_card(settings, &host.events).into_any()
        });
        assert!(html.contains(told), "{html}");
    }
}

#[test]
fn marks_stand_on_the_charts_of_traffic_too_and_are_words_in_their_tables() {
    let html = html(Language::English, &day(), |settings, _| {
        let history = overview(healthy(), Range::default()).history;
        traffic_charts_card(settings, &history, |_| String::new()).into_any()
    });
    for mark in [
        "mark-start",
        "mark-stop",
        "mark-version",
        "mark-migration",
        "mark-finding",
    ] {
        // A line on each of the three charts, and an entry in its legend.
        assert!(html.matches(mark).count() >= 6, "{mark}");
    }
    let version = "Version 0.0.9 (a1b2c3d) → 0.1.0 (b2c3d4e)";
    assert!(html.contains(&format!(
        r#"<span class="chart-mark-text">{version}</span>"#
    )));
    assert!(
        html.contains(&format!("{version} · Migration</title>")),
        "{html}"
    );
}

#[test]
fn what_an_instance_calls_itself_is_text_wherever_it_stands() {
    let mut history = day();
    let hostile = "<img src=x>\u{202e}";
    history.events = vec![InstanceEvent {
        at: "2026-11-23T15:21:09.120Z".to_owned(),
        kind: EventKind::Start,
        instance: hostile.to_owned(),
        finding: None,
        detail: hostile.to_owned(),
    }];
    let html = html(Language::English, &history, |settings, host| {
        let events = events_card(settings, &host.events);
        view! { {host_card(settings, host)} {events} }.into_any()
    });
    assert!(html.contains("&lt;img src=x&gt;⟨U+202E⟩"));
    assert!(!html.contains("<img") && !html.contains('\u{202e}'));
}

#[test]
fn of_very_many_events_the_newest_are_told_and_the_rest_counted() {
    let events = vec![day().events.remove(0); 23];
    let mut history = day();
    history.events = events;
    let html = html(Language::English, &history, |settings, host| {
        events_card(settings, &host.events).into_any()
    });
    assert_eq!(html.matches("data-kind=").count(), 20);
    assert!(html.contains("3 earlier ones are not shown."));
}
