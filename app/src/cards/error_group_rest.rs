//! The course of an error group, one of its lines with those before and after it, and what was said.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::error_rows::{Row, rows};
use super::events::marks;
use super::line_fields::{Links, line_fields};
use super::line_text::plain;
use crate::address::{logs, narrowed, story};
use crate::chart::model::{Chart, Kind, Series, Unit};
use crate::components::card::{card, empty};
use crate::components::chart::chart;
use crate::components::markdown::markdown;
use crate::components::ranges::ranges;
use crate::components::text::foreign;
use crate::components::time::{clock, time};
use crate::dto::{
    ErrorEntry, ErrorEntryKind, ErrorExample, ErrorGroupPage, ErrorGroupReport, LogName, LogQuery,
    Range,
};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::zone::Precision;

/// `link` makes the address of the page with another period.
pub fn course_card(
    settings: ViewSettings,
    page: &ErrorGroupPage,
    link: impl Fn(Range) -> String,
) -> AnyView {
    let t = settings.t.error_group;
    let ErrorGroupPage {
        report, history, ..
    } = page;
    let steps = &report.group.steps;
    let course = Chart {
        kind: Kind::Stack,
        unit: Unit::Count,
        start_ms: Instant::parse(&report.start).map_or(0, Instant::epoch_ms),
        step_ms: i64::from(report.step_minutes) * 60_000,
        covered: steps.iter().map(Option::is_some).collect(),
        series: vec![Series {
            name: t.series,
            tone: "error",
            values: steps
                .iter()
                .map(|errors| errors.map(|errors| errors as f64))
                .collect(),
        }],
        marks: marks(settings, &history.events),
    };
    let body = view! {
        {ranges(settings, report.period, link)}
        <div class="charts" data-testid="group-course">
            {chart(settings, "group-errors", t.series, &course)}
        </div>
    };
    card("error-course", t.course, body).into_any()
}

/// `key` is of the line that is asked for, `link` makes the address of the page with another one.
pub fn example_card(
    settings: ViewSettings,
    report: &ErrorGroupReport,
    key: Option<&str>,
    link: impl Fn(&str) -> String,
) -> AnyView {
    let t = settings.t.error_group;
    let rows = rows(&report.examples);
    let asked = rows.iter().position(|row| Some(row.key.as_str()) == key);
    let index = asked.unwrap_or_default();
    let body = match (rows.get(index), &report.group.example) {
        (Some(row), _) => {
            let [later, earlier] = [index.checked_sub(1), index.checked_add(1)]
                .map(|index| rows.get(index?).map(|row| link(&row.key)));
            let earlier = earlier.map(|href| view! { <a href=href>{t.earlier}</a> " " });
            let later = later.map(|href| view! { <a href=href>{t.later}</a> " " });
            EitherOf3::A(view! {
                <p class="incident-links">
                    {earlier} {later} <span class="note">{(t.one_of)(index + 1, rows.len())}</span>
                </p>
                {line(settings, row)}
            })
        }
        (None, Some(example)) => EitherOf3::B(elsewhere(settings, example)),
        (None, None) => EitherOf3::C(empty(settings.t.error_groups.none_logged)),
    };
    let body = view! { <div id="example" data-testid="group-example">{body}</div> };
    card("error-example", t.examples, body).into_any()
}

/// With the ways to its request and to the lines around it.
fn line(settings: ViewSettings, row: &Row) -> impl IntoView + use<> {
    let timestamp = row.line.get("timestamp").map(plain).unwrap_or_default();
    let errors = LogQuery {
        file: LogName::Error,
        ..LogQuery::default()
    };
    let around = narrowed(&errors, "timestamp", &timestamp);
    let around = around.map(|query| {
        view! { <a href=logs(&query)>{settings.t.error_group.in_log}</a> }
    });
    view! {
        {line_fields(settings, &row.line, Links::Stories)}
        <p>{around}</p>
    }
}

/// What the store keeps of the last one, whose line is not here.
fn elsewhere(settings: ViewSettings, example: &ErrorExample) -> impl IntoView + use<> {
    let t = settings.t;
    let request = example.request_id.as_deref().filter(|id| !id.is_empty());
    let request = request.map(|id| {
        view! {
            <dt>"request_id"</dt>
            <dd>
                <a href=story(id) title=t.log.open_story>
                    {foreign(id)}
                </a>
            </dd>
        }
    });
    view! {
        <dl class="fields">
            <dt>{t.error_groups.last_seen}</dt>
            <dd>{time(settings, &example.at)}</dd>
            <dt>{t.error_groups.example}</dt>
            <dd>{foreign(&example.text)}</dd>
            {request}
            <dt>{t.error_group.other_instance}</dt>
            <dd>{foreign(&example.instance)}</dd>
        </dl>
    }
}

pub fn entries_card(settings: ViewSettings, entries: &[ErrorEntry]) -> impl IntoView + use<> {
    let t = settings.t.error_group;
    let body = if entries.is_empty() {
        Either::Left(empty(t.nothing_said))
    } else {
        let rows: Vec<_> = entries.iter().map(|one| entry(settings, one)).collect();
        Either::Right(view! { <ol class="happened">{rows}</ol> })
    };
    let body = view! { <div data-testid="group-entries">{body}</div> };
    card("error-entries", t.said, body)
}

fn entry(settings: ViewSettings, entry: &ErrorEntry) -> AnyView {
    let t = settings.t.error_group;
    let by = entry
        .by
        .as_ref()
        .map(|by| view! { " " <span class="note">{foreign(by)}</span> });
    let text = match entry.kind {
        _ if entry.text.is_empty() => EitherOf3::A(()),
        ErrorEntryKind::Note => EitherOf3::B(markdown(&entry.text)),
        ErrorEntryKind::Back => {
            let text = (t.in_version)(&entry.text);
            EitherOf3::C(view! { <p>{foreign(&text)}</p> })
        }
        _ => EitherOf3::C(view! { <p>{foreign(&entry.text)}</p> }),
    };
    let tone = match entry.kind {
        ErrorEntryKind::Back => "bad",
        ErrorEntryKind::Resolved => "good",
        _ => "people",
    };
    view! {
        <li data-tone=tone>
            <span class="happened-at note">
                {clock(settings, &entry.at, Precision::Seconds)}
            </span>
            <div class="happened-what">
                <p>
                    <strong>{(t.entry)(entry.kind)}</strong>
                    {by}
                </p>
                {text}
            </div>
        </li>
    }
    .into_any()
}
