//! What the evaluator sees change, as events of the timeline.

use std::collections::BTreeMap;

use app::dto;
use ops::alerts::incident::{Entry, EntryKind, Title};
use ops::alerts::message::Language;
use ops::alerts::suppress::Silence;
use ops::clock::from_unix_millis;
use ops::events::{Event, EventKind};
use ops::health::Status;
use ops::series::Run;

use super::gap::Gap;
use crate::db::queries::error_groups::Arrival;
use crate::desk::state::DeskState;

pub struct Changes {
    /// Each check's status and code as the timeline has it, and as it was at the last look.
    checks: BTreeMap<String, Check>,
    /// Error groups that came before are no news.
    errors_until_ms: i64,
}

type Seen = (Status, Option<&'static str>);

struct Check {
    told: Seen,
    last: Seen,
}

impl Changes {
    pub fn new(now_ms: i64) -> Self {
        Self {
            checks: BTreeMap::new(),
            errors_until_ms: now_ms,
        }
    }

    /// One that lasts for two looks is a change.
    pub fn of_checks(&mut self, desk: &DeskState) {
        let Some(report) = desk.health.last().filter(|_| !desk.phase.is_draining()) else {
            return;
        };
        for (name, check) in report.checks() {
            let now: Seen = (check.status, check.error.map(|code| code.as_str()));
            let known = self.checks.entry(name.to_owned()).or_insert(Check {
                told: now,
                last: now,
            });
            if known.last == now && known.told != now {
                known.told = now;
                let detail = dto::EventDetail {
                    title: Some(name.to_owned()),
                    status: Some(status_name(check.status).to_owned()),
                    code: check.error.map(|code| code.as_str().to_owned()),
                    ..dto::EventDetail::default()
                };
                note(desk, desk.alerting.now_ms(), EventKind::Check, &detail);
            }
            known.last = now;
        }
    }

    pub fn of_errors(&mut self, desk: &DeskState, arrivals: &[Arrival]) {
        let from_ms = self.errors_until_ms;
        for arrival in arrivals
            .iter()
            .filter(|arrival| arrival.news.at_ms > from_ms)
        {
            self.errors_until_ms = self.errors_until_ms.max(arrival.news.at_ms);
            let kind = if arrival.news.is_back {
                EventKind::ErrorRegressed
            } else {
                EventKind::ErrorNew
            };
            let detail = dto::EventDetail {
                title: Some(arrival.message.clone()),
                error_group: Some(arrival.id.clone()),
                ..dto::EventDetail::default()
            };
            note(desk, arrival.news.at_ms, kind, &detail);
        }
    }
}

/// What a turn did to incidents; the log hears of it, too.
pub fn of_incidents(desk: &DeskState, entries: &[Entry]) {
    for entry in entries {
        let title = entry.detail.title.clone().unwrap_or(Title {
            rule: String::new(),
            subject: ops::alerts::Subject::default(),
        });
        let (incident, said) = (&entry.incident_id, title.text(Language::English));
        let kind = match entry.kind {
            EntryKind::IncidentOpened => {
                tracing::warn!(incident, "incident opened: {said}");
                EventKind::IncidentOpened
            }
            EntryKind::IncidentReopened => {
                tracing::warn!(incident, "incident reopened: {said}");
                EventKind::IncidentOpened
            }
            EntryKind::IncidentClosed => {
                tracing::info!(incident, "incident closed: {said}");
                EventKind::IncidentClosed
            }
            _ => continue,
        };
        note(desk, entry.at_ms, kind, &of_incident(incident, &title));
    }
}

/// The log hears of it, too.
pub fn of_gap(desk: &DeskState, gap: Gap) {
    let seconds = gap.seconds();
    tracing::warn!(seconds, "nobody evaluated the rules: {}", gap.text());
    let detail = dto::EventDetail {
        detail: Some(gap.text()),
        seconds: Some(seconds),
        ..dto::EventDetail::default()
    };
    note(desk, gap.to_ms, EventKind::EvaluationGap, &detail);
}

/// Silences that ended by themselves.
pub fn of_silences(desk: &DeskState, over: &[Silence]) {
    for silence in over {
        let detail = dto::EventDetail {
            title: Some(silence.matchers.to_string()),
            detail: Some(format!("{}: {}", silence.by, silence.reason)),
            is_end: Some(true),
            ..dto::EventDetail::default()
        };
        let at_ms = silence.ended_ms.unwrap_or_else(|| desk.alerting.now_ms());
        note(desk, at_ms, EventKind::Silence, &detail);
    }
}

pub fn of_incident(id: &str, title: &Title) -> dto::EventDetail {
    dto::EventDetail {
        incident_id: Some(id.to_owned()),
        titles: Some([
            title.text(Language::English),
            title.text(Language::SimplifiedChinese),
        ]),
        ..dto::EventDetail::default()
    }
}

/// Something that this instance did, or was told. It goes to the store with the next samples.
pub fn note(desk: &DeskState, at_ms: i64, kind: EventKind, detail: &dto::EventDetail) -> Event {
    let detail = serde_json::to_string(detail).unwrap_or_default();
    let host = &desk.recorded.host;
    host.note_event_at(from_unix_millis(at_ms), kind, detail.clone());
    Event {
        run: Run {
            instance: desk.alerting.instance.clone(),
            number: desk.alerting.run,
        },
        number: 0,
        at_ms,
        kind,
        detail,
    }
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warning => "warning",
        Status::Error => "error",
    }
}
