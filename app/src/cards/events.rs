//! What happened to instances: as marks on charts, and as a table for whoever does not see these.

use leptos::either::Either;
use leptos::prelude::*;

use crate::chart::model::Mark;
use crate::components::card::{card, empty};
use crate::components::folding::{folding, head};
use crate::components::text::foreign;
use crate::components::time::{seconds_between, time};
use crate::dto::{EventKind, InstanceEvent};
use crate::locales::migrations;
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

/// The newest; there may be hundreds in a month.
const SHOWN: usize = 20;

pub fn marks(settings: ViewSettings, events: &[InstanceEvent]) -> Vec<Mark> {
    let marks = events.iter().filter_map(|event| {
        let name = (settings.t.host.kind)(event.kind);
        Some(Mark {
            at_ms: Instant::parse(began(event))?.epoch_ms(),
            tone: tone(event.kind),
            name,
            text: match event.kind {
                // Which commit, and which migrations, is long, and stands in the table.
                EventKind::Stop | EventKind::Migration => name.to_owned(),
                EventKind::Start => {
                    let (version, _) = event.detail.split_once(" (").unwrap_or((&event.detail, ""));
                    format!("{name} {version}")
                }
                EventKind::VersionChange | EventKind::Deploy => format!("{name} {}", event.detail),
                EventKind::Config | EventKind::IncidentClosed => name.to_owned(),
                EventKind::IncidentOpened => format!("{name}: {}", event.detail),
                EventKind::Finding => detail(settings, event),
            },
        })
    });
    marks.collect()
}

fn tone(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Start => "start",
        EventKind::Stop => "stop",
        EventKind::Migration | EventKind::Config => "migration",
        EventKind::VersionChange | EventKind::Deploy => "version",
        EventKind::Finding | EventKind::IncidentOpened => "finding",
        EventKind::IncidentClosed => "start",
    }
}

/// Newest first.
pub fn events_card(settings: ViewSettings, events: &[InstanceEvent]) -> impl IntoView + use<> {
    let t = settings.t.host;
    let rows: Vec<_> = events
        .iter()
        .rev()
        .take(SHOWN)
        .map(|event| row(settings, event))
        .collect();
    let more = events.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| view! { <p class="note">{(t.more_events)(more)}</p> });
    let body = if rows.is_empty() {
        Either::Left(empty(t.no_events))
    } else {
        Either::Right(view! {
            <div class="events" data-testid="events">
                {folding(false, [settings.t.time, t.event].map(head), rows)}
            </div>
            {more}
        })
    };
    card("events", t.events, body)
}

fn row(settings: ViewSettings, event: &InstanceEvent) -> AnyView {
    let kind = (settings.t.host.kind)(event.kind);
    view! {
        <tr role="row" data-kind=tone(event.kind)>
            <th scope="row" role="rowheader">{time(settings, &event.at)}</th>
            <td role="cell" class="whole">
                <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                    <path class=format!("chart-mark mark-{}", tone(event.kind)) d="M5 0v10"></path>
                </svg>
                <strong>{kind}</strong>
                " "
                {foreign(&detail(settings, event))}
                " "
                <span class="note">{foreign(&event.instance)}</span>
            </td>
        </tr>
    }
    .into_any()
}

/// A finding is told when it has ended; it is marked where it began.
fn began(event: &InstanceEvent) -> &str {
    event
        .finding
        .as_ref()
        .map_or(&event.at, |finding| &finding.since)
}

/// In the reader's language, as far as it is prose.
fn detail(settings: ViewSettings, event: &InstanceEvent) -> String {
    let Some(finding) = &event.finding else {
        return shortened(event);
    };
    let reason = (settings.t.diagnosis.reason)(finding);
    match lasted(event) {
        Some(seconds) => (settings.t.host.lasted)(&reason, &(settings.t.duration)(seconds)),
        None => reason,
    }
}

/// In seconds.
fn lasted(event: &InstanceEvent) -> Option<u64> {
    seconds_between(began(event), &event.at)
}

fn shortened(event: &InstanceEvent) -> String {
    match event.kind {
        EventKind::Migration => migrations(&event.detail),
        _ => event.detail.clone(),
    }
}
