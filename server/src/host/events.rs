//! What happened, as the desk shows it: marks on charts, and lines of the timeline.

use app::view::viewer::Language;
use app::{address, dto, finding_words, timeline_words};
use ops::clock::{from_unix_millis, rfc3339_millis};
use ops::events::{Event, EventKind};

/// A mark on the charts; `None` for what is none.
pub fn mark(event: &Event) -> Option<dto::InstanceEvent> {
    let finding = finding(event);
    let kind = match event.kind {
        EventKind::Start => dto::EventKind::Start,
        EventKind::Stop => dto::EventKind::Stop,
        EventKind::Migration => dto::EventKind::Migration,
        EventKind::VersionChange => dto::EventKind::VersionChange,
        EventKind::Finding => dto::EventKind::Finding,
        EventKind::Deploy => dto::EventKind::Deploy,
        EventKind::Config => dto::EventKind::Config,
        EventKind::IncidentOpened => dto::EventKind::IncidentOpened,
        EventKind::IncidentClosed => dto::EventKind::IncidentClosed,
        EventKind::LogLevel
        | EventKind::Check
        | EventKind::ErrorNew
        | EventKind::ErrorRegressed
        | EventKind::EvaluationGap
        | EventKind::Acknowledged
        | EventKind::Silence
        | EventKind::Quiet
        | EventKind::Note => return None,
    };
    let is_incident = matches!(
        event.kind,
        EventKind::IncidentOpened | EventKind::IncidentClosed
    );
    Some(dto::InstanceEvent {
        at: rfc3339_millis(from_unix_millis(event.at_ms)),
        kind,
        instance: event.run.instance.clone(),
        detail: match &finding {
            Some(finding) => finding.text.clone(),
            None if is_incident => detail(event)
                .titles
                .map(|[english, _]| english)
                .unwrap_or_default(),
            None => detail(event).title.unwrap_or_default(),
        },
        finding,
    })
}

/// A line of the timeline.
pub fn entry(event: &Event, language: Language) -> dto::TimelineEntry {
    let kind = timeline_kind(event.kind);
    let finding = finding(event);
    let detail = match &finding {
        Some(finding) => of_text(&finding_words(language, finding)),
        None => detail(event),
    };
    let (title, more) = timeline_words(language, kind, &detail);
    let url = match (&detail.incident_id, event.kind) {
        (Some(id), _) => Some(format!("/admin/incidents/{id}/")),
        (None, EventKind::Finding) => finding.as_ref().map(|finding| finding.url.clone()),
        (None, EventKind::ErrorNew | EventKind::ErrorRegressed) => {
            let group = detail.error_group.as_deref().map(address::error_group);
            Some(group.unwrap_or_else(|| "/admin/logs/?file=error".to_owned()))
        }
        (
            None,
            EventKind::Config | EventKind::EvaluationGap | EventKind::Silence | EventKind::Quiet,
        ) => Some("/admin/alerts/".to_owned()),
        (None, _) => None,
    };
    dto::TimelineEntry {
        at: rfc3339_millis(from_unix_millis(event.at_ms)),
        since: finding.map(|finding| finding.since),
        kind,
        title,
        detail: more,
        instance: Some(event.run.instance.clone()).filter(|name| !name.is_empty()),
        incident_id: detail.incident_id,
        url,
    }
}

fn finding(event: &Event) -> Option<dto::Finding> {
    let is_finding = event.kind == EventKind::Finding;
    is_finding.then(|| serde_json::from_str(&event.detail).ok())?
}

fn of_text(text: &str) -> dto::EventDetail {
    dto::EventDetail {
        title: Some(text.to_owned()),
        ..dto::EventDetail::default()
    }
}

/// Of the first kinds the detail is a text.
fn detail(event: &Event) -> dto::EventDetail {
    match event.kind {
        EventKind::Start | EventKind::Stop | EventKind::Migration | EventKind::VersionChange => {
            of_text(&event.detail)
        }
        _ => serde_json::from_str(&event.detail).unwrap_or_default(),
    }
}

pub fn timeline_kind(kind: EventKind) -> dto::TimelineKind {
    match kind {
        EventKind::Start => dto::TimelineKind::Start,
        EventKind::Stop => dto::TimelineKind::Stop,
        EventKind::Migration => dto::TimelineKind::Migration,
        EventKind::VersionChange => dto::TimelineKind::Version,
        EventKind::Finding => dto::TimelineKind::Finding,
        EventKind::Config => dto::TimelineKind::Config,
        EventKind::LogLevel => dto::TimelineKind::LogLevel,
        EventKind::Check => dto::TimelineKind::Check,
        EventKind::ErrorNew => dto::TimelineKind::ErrorNew,
        EventKind::ErrorRegressed => dto::TimelineKind::ErrorRegressed,
        EventKind::EvaluationGap => dto::TimelineKind::EvaluationGap,
        EventKind::IncidentOpened => dto::TimelineKind::IncidentOpened,
        EventKind::IncidentClosed => dto::TimelineKind::IncidentClosed,
        EventKind::Acknowledged => dto::TimelineKind::Acknowledged,
        EventKind::Silence => dto::TimelineKind::Silence,
        EventKind::Quiet => dto::TimelineKind::Quiet,
        EventKind::Deploy => dto::TimelineKind::Deploy,
        EventKind::Note => dto::TimelineKind::Note,
    }
}
