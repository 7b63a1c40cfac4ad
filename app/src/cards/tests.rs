//! Each card in each kind of day and in both languages, as HTML.

use leptos::prelude::*;

use super::checks::checks_card;
use super::data::data_card;
use super::database::database_card;
use super::errors::errors_card;
use super::logging::logging_card;
use super::service::service_card;
use super::traffic::traffic_card;
use super::traffic_charts::traffic_charts_card;
use super::verdict::verdict_line;
use crate::address::with_query;
use crate::dto::{Code, Overview, Period, Range, Status, TrafficSteps, VerdictState};
use crate::fixtures::{broken, diagnosis, empty, healthy, overview};
use crate::view::settings::ViewSettings;
use crate::view::viewer::{Language, Viewer};

const LANGUAGES: [Language; 2] = [Language::English, Language::ChineseSimplified];

/// The words that a reader sees, an element a line; the tests of the markup itself are below.
fn text(language: Language, status: &Status, card: fn(ViewSettings, &Status) -> AnyView) -> String {
    words(&html(language, status, card))
}

/// An element a line.
pub(crate) fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        if ["/dt", "/dd", "/tr", "/p", "/li", "/h2", "/span"].contains(&tag) {
            text.push('\n');
        }
        rest = after;
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn html(language: Language, status: &Status, card: fn(ViewSettings, &Status) -> AnyView) -> String {
    Owner::new().with(|| {
        let viewer = Viewer {
            language,
            ..Viewer::default()
        };
        card(ViewSettings::at(&viewer, &status.generated_at), status).to_html()
    })
}

/// All kinds of day in all languages, in one snapshot a card.
fn every_face(card: fn(ViewSettings, &Status) -> AnyView) -> String {
    let mut faces = String::new();
    for (day, status) in [
        ("healthy", healthy()),
        ("broken", broken()),
        ("empty", empty()),
    ] {
        for language in LANGUAGES {
            let text = text(language, &status, card);
            faces.push_str(&format!("--- {day}, {}\n{text}\n\n", language.tag()));
        }
    }
    faces
}

fn errors(settings: ViewSettings, status: &Status) -> AnyView {
    errors_card(
        settings,
        status.recent_errors.as_deref(),
        status.recent_errors_error,
        status.has_failures(),
    )
    .into_any()
}

#[test]
fn verdict() {
    insta::assert_snapshot!(every_face(|settings, status| verdict_line(
        settings, status
    )
    .into_any()));
}

#[test]
fn readiness_and_what_else_is_wrong_are_both_said() {
    let mut status = healthy();
    let missed = vec![diagnosis::missed("web-3:17")];
    status.verdict = diagnosis::verdict(VerdictState::Warning, missed);
    let html = html(Language::English, &status, |settings, status| {
        verdict_line(settings, status).into_any()
    });
    let text = words(&html);
    for told in [
        "All 4 checks pass.",
        "instance web-3:17 is silent",
        "Since ",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(html.contains("data-state=\"warning\""), "{html}");
}

#[test]
fn nothing_is_called_quiet_while_requests_fail() {
    let with_errors = |errors| {
        let mut status = empty();
        if let Some(traffic) = &mut status.traffic_24h {
            traffic.errors = errors;
        }
        status.has_failures()
    };
    assert!(!with_errors(0));
    assert!(with_errors(1));
    assert!(broken().has_failures());
}

#[test]
fn failures_are_red_while_they_are_a_finding_and_not_for_a_day() {
    let tile = |status: &Status| {
        let html = html(Language::English, status, |settings, status| {
            traffic_card(settings, &busy(status.clone())).into_any()
        });
        html.contains("data-state=\"error\"")
    };
    assert!(!tile(&healthy()), "three errors of a day");
    assert!(tile(&broken()));
}

#[test]
fn service() {
    insta::assert_snapshot!(every_face(|settings, status| service_card(
        settings,
        &status.service,
        &status.tasks
    )
    .into_any()));
}

#[test]
fn database() {
    insta::assert_snapshot!(every_face(|settings, status| database_card(
        settings,
        &status.database
    )
    .into_any()));
}

#[test]
fn checks() {
    insta::assert_snapshot!(every_face(|settings, status| checks_card(
        settings,
        &status.checks
    )
    .into_any()));
}

#[test]
fn data() {
    insta::assert_snapshot!(every_face(|settings, status| {
        data_card(settings, status).into_any()
    }));
}

#[test]
fn logging() {
    insta::assert_snapshot!(every_face(|settings, status| logging_card(
        settings,
        &status.logging,
        status.dropped_minutes
    )
    .into_any()));
}

/// A day later than a new installation: there is a yesterday, and enough to say something.
fn busy(status: Status) -> Overview {
    let mut overview = overview(status, Range::default());
    if let Some(today) = &mut overview.status.traffic_24h {
        today.requests = 12_847;
        today.errors = 3;
        today.error_rate = Some(3.0 / 12_847.0);
        today.covered_minutes = 1440;
    }
    overview
}

#[test]
fn traffic() {
    insta::assert_snapshot!(every_face(|settings, status| {
        let few = overview(status.clone(), Range::default());
        view! { {traffic_card(settings, &few)} {traffic_card(settings, &busy(status.clone()))} }
            .into_any()
    }));
}

#[test]
fn figures_of_one_process_are_not_shown_as_everyones() {
    let html = html(Language::English, &healthy(), |settings, status| {
        let mut overview = busy(status.clone());
        overview.status.traffic_24h_error = Some(Code::Timeout);
        overview.yesterday.covered_minutes = 600;
        traffic_card(settings, &overview).into_any()
    });
    assert!(html.contains("data-state=\"warning\""));
    assert!(html.contains("can't be reached (timed out)"));
    assert!(
        !html.contains("previous 24 h"),
        "half a day is no comparison"
    );
}

#[test]
fn charts() {
    insta::assert_snapshot!(
        html(Language::English, &healthy(), |settings, status| {
            let mut history = overview(status.clone(), Range::Last(Period::Week)).history;
            history.steps = TrafficSteps {
                covered_minutes: vec![10, 0, 10, 3],
                good: vec![Some(4), None, Some(0), Some(7)],
                client_errors: vec![Some(0), None, Some(0), Some(1)],
                errors: vec![Some(1), None, Some(0), Some(0)],
                avg_ms: vec![Some(1.5), None, None, Some(2.0)],
                p50_ms: vec![Some(1.0), None, None, Some(2.0)],
                p95_ms: vec![Some(3.0), None, None, Some(4.25)],
                p99_ms: vec![Some(9.0), None, None, Some(12.5)],
            };
            let link = |range: Range| with_query("/x/", range.pairs());
            traffic_charts_card(settings, &history, link).into_any()
        })
        .replace('<', "\n<")
    );
}

#[test]
fn recent_errors() {
    insta::assert_snapshot!(every_face(errors));
}

#[test]
fn markup_in_a_log_line_is_text() {
    let html = html(Language::English, &healthy(), errors);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("<bdi>&lt;img src=x onerror=alert(2)&gt;</bdi>"));
    assert!(!html.contains("<script") && !html.contains("<img"));
}

#[test]
fn escapes_and_direction_marks_in_a_log_line_are_only_named() {
    let html = html(Language::English, &healthy(), errors);
    assert!(html.contains("⟨U+001B⟩[31mred"));
    assert!(html.contains("⟨U+202E⟩gpj.exe"));
    assert!(!html.contains(['\u{1b}', '\u{202e}', '\u{202c}']));
    assert!(html.contains("שלום"));
}

#[test]
fn a_silent_server_is_never_shown_as_ready() {
    let html = html(Language::English, &healthy(), |settings, status| {
        verdict_line(settings, status).into_any()
    });
    let (_, stale) = html.split_once("while-stale").unwrap_or_default();
    assert!(stale.contains("data-state=\"unknown\""), "{html}");
    assert!(stale.contains("Last known: Ready"), "{html}");
    assert!(!stale.contains("data-state=\"ok\""), "{html}");
}

#[test]
fn a_number_is_read_by_programs_without_gaps() {
    let html = html(Language::English, &healthy(), |settings, status| {
        data_card(settings, status).into_any()
    });
    let (_, total) = html
        .split_once("data-testid=\"stat-agentcards-total\"")
        .unwrap_or_default();
    let (total, _) = total.split_once("</dd>").unwrap_or_default();
    let digits: String = total
        .split(['<', '>'])
        .filter(|part| part.parse::<u32>().is_ok())
        .collect();
    assert_eq!(digits, "12847");
}
