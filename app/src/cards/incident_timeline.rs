//! What happened in the course of an incident, the oldest first, with the notes that people wrote.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::card::{card, empty};
use crate::components::markdown::markdown;
use crate::components::text::foreign;
use crate::components::time::clock;
use crate::dto::{IncidentEntry, IncidentEntryKind};
use crate::view::settings::ViewSettings;
use crate::view::zone::Precision;

pub fn incident_timeline_card(
    settings: ViewSettings,
    entries: &[IncidentEntry],
) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    let body = if entries.is_empty() {
        Either::Left(empty(t.timeline_empty))
    } else {
        let rows: Vec<_> = entries.iter().map(|entry| row(settings, entry)).collect();
        Either::Right(view! { <ol class="happened">{rows}</ol> })
    };
    let body = view! { <div data-testid="incident-timeline">{body}</div> };
    card("incident-timeline", t.timeline, body)
}

fn row(settings: ViewSettings, entry: &IncidentEntry) -> AnyView {
    let word = (settings.t.incident_page.entry)(entry.kind);
    let actor = entry
        .actor
        .as_ref()
        .map(|actor| view! { " " <span class="note">{foreign(actor)}</span> });
    let text = match entry.kind {
        IncidentEntryKind::Note => Either::Left(markdown(&entry.text)),
        _ => Either::Right(view! { <p>{foreign(&entry.text)}</p> }),
    };
    view! {
        <li data-tone=tone(entry.kind)>
            <span class="happened-at note">
                {clock(settings, &entry.at, Precision::Seconds)}
            </span>
            <div class="happened-what">
                <p>
                    <strong>{word}</strong>
                    {actor}
                </p>
                {text}
            </div>
        </li>
    }
    .into_any()
}

/// How it is marked: what got worse, what got better, what people did; nothing of the rest.
fn tone(kind: IncidentEntryKind) -> Option<&'static str> {
    match kind {
        IncidentEntryKind::IncidentOpened
        | IncidentEntryKind::IncidentReopened
        | IncidentEntryKind::AlertFired
        | IncidentEntryKind::Level
        | IncidentEntryKind::NoticeFailed => Some("bad"),
        IncidentEntryKind::IncidentClosed | IncidentEntryKind::AlertEnded => Some("good"),
        IncidentEntryKind::Acknowledged
        | IncidentEntryKind::Unacknowledged
        | IncidentEntryKind::Note
        | IncidentEntryKind::ClosedBy => Some("people"),
        _ => None,
    }
}
