//! Each card in each kind of day and in both languages, as HTML.

use leptos::prelude::*;

use super::checks::checks_card;
use super::data::data_card;
use super::database::database_card;
use super::errors::errors_card;
use super::logging::logging_card;
use super::service::service_card;
use super::verdict::verdict_line;
use crate::dto::Status;
use crate::fixtures::{broken, empty, healthy};
use crate::instant::Instant;
use crate::live::Link;
use crate::look::Look;
use crate::visit::Language;

const LANGUAGES: [Language; 2] = [Language::English, Language::ChineseSimplified];

/// The words that a reader sees, an element a line; the tests of the markup itself are below.
fn text(language: Language, status: &Status, card: fn(Look, &Status) -> AnyView) -> String {
    words(&html(language, status, card))
}

/// An element a line.
pub(super) fn words(html: &str) -> String {
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

fn html(language: Language, status: &Status, card: fn(Look, &Status) -> AnyView) -> String {
    Owner::new().with(|| {
        let measured_at = Instant::parse(&status.generated_at);
        let look = Look::new(language, Signal::stored(measured_at));
        card(look, status).to_html()
    })
}

/// All kinds of day in all languages, in one snapshot a card.
fn every_face(card: fn(Look, &Status) -> AnyView) -> String {
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

fn errors(look: Look, status: &Status) -> AnyView {
    errors_card(look, RwSignal::new(status.clone())).into_any()
}

#[test]
fn verdict() {
    insta::assert_snapshot!(every_face(|look, status| verdict_line(
        look,
        status,
        Link::Live
    )
    .into_any()));
}

#[test]
fn service() {
    insta::assert_snapshot!(every_face(|look, status| service_card(
        look,
        &status.service
    )
    .into_any()));
}

#[test]
fn database() {
    insta::assert_snapshot!(every_face(|look, status| database_card(
        look,
        &status.database
    )
    .into_any()));
}

#[test]
fn checks() {
    insta::assert_snapshot!(every_face(
        |look, status| checks_card(look, &status.checks).into_any()
    ));
}

#[test]
fn data() {
    insta::assert_snapshot!(every_face(|look, status| {
        data_card(look, status.data.as_ref(), status.data_error).into_any()
    }));
}

#[test]
fn logging() {
    insta::assert_snapshot!(every_face(|look, status| logging_card(
        look,
        &status.logging
    )
    .into_any()));
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
    let html = html(Language::English, &healthy(), |look, status| {
        verdict_line(look, status, Link::Stale).into_any()
    });
    assert!(html.contains("data-state=\"unknown\""));
    assert!(html.contains("Last known: Ready"));
    assert!(!html.contains("data-state=\"ok\""));
}

#[test]
fn a_number_is_read_by_programs_without_gaps() {
    let html = html(Language::English, &healthy(), |look, status| {
        data_card(look, status.data.as_ref(), None).into_any()
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
