//! Incidents out of the store, and out of memory what is newer or not stored at all.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use app::dto;
use app::view::viewer::Language;
use ops::alerts::incident::Incident;
use ops::clock::{Minute, from_unix_millis, unix_millis};
use ops::events::{Event, EventKind};
use ops::series::StoreError;

use super::map;
use super::report::markdown;
use crate::alerting::setup::Setup;
use crate::db::queries::alerts::{self, Asked, EntryRow};
use crate::db::queries::events;
use crate::db::queries::notices::NoticeRow;
use crate::db::{Db, DbError};
use crate::desk::state::DeskState;
use crate::host;
use crate::ops_store::failed;
use crate::traffic::code;

/// The page of one, in Actix's syntax.
pub const PAGE: &str = "/admin/incidents/{id}/";

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub is_open: Option<bool>,
    pub before: Option<String>,
    pub limit: usize,
}

/// A part of the list, and whether there is more.
pub struct Part {
    pub results: Vec<dto::Incident>,
    pub has_more: bool,
    pub error: Option<dto::Code>,
}

/// The newest first.
pub async fn list(desk: &DeskState, language: Language, wanted: &Wanted) -> Part {
    let seen = desk.alerting.seen();
    let fits = |incident: &&Incident| {
        wanted.is_open.is_none_or(|open| incident.is_open() == open)
            && wanted
                .before
                .as_ref()
                .is_none_or(|before| incident.id < *before)
    };
    let asked = Asked {
        is_open: wanted.is_open,
        before: wanted.before.clone(),
        limit: i64::try_from(wanted.limit + 1).unwrap_or(i64::MAX),
    };
    let stored = match desk.alerting.store.ops() {
        Ok(ops) => alerts::list(ops, asked).await.map_err(failed),
        Err(error) => Err(error),
    };
    let (rows, error) = match stored {
        Ok(rows) => (rows, None),
        Err(error) => (Vec::new(), Some(code(&error))),
    };
    let stored = rows.iter();
    let stored = stored.filter_map(|row| serde_json::from_str::<Incident>(&row.document).ok());
    let mut found: BTreeMap<Reverse<String>, Incident> = stored
        .map(|incident| (Reverse(incident.id.clone()), incident))
        .collect();
    for incident in &seen.state.incidents {
        let key = Reverse(incident.id.clone());
        if fits(&incident) {
            found.insert(key, incident.clone());
        } else {
            found.remove(&key);
        }
    }
    let has_more = found.len() > wanted.limit;
    let (setup, now_ms) = (desk.alerting.setup(), desk.alerting.now_ms());
    Part {
        results: found
            .values()
            .take(wanted.limit)
            .map(|incident| map::incident(incident, &setup, language, now_ms))
            .collect(),
        has_more,
        error,
    }
}

/// As the page lists them: all that are open on its first part, and a part of the others.
pub async fn page(desk: &DeskState, language: Language, before: Option<String>) -> dto::Incidents {
    const SHOWN: usize = 30;
    let part = |is_open, before| Wanted {
        is_open: Some(is_open),
        before,
        limit: SHOWN,
    };
    let mut results = Vec::new();
    if before.is_none() {
        results = list(desk, language, &part(true, None)).await.results;
    }
    let closed = list(desk, language, &part(false, before)).await;
    let last = closed.results.last().filter(|_| closed.has_more);
    let next = last.map(|last| format!("/admin/incidents/?before={}", last.id));
    results.extend(closed.results);
    dto::Incidents {
        results,
        next,
        error: closed.error,
    }
}

/// Those that are open, the most severe first, the newest of these first.
pub fn open(desk: &DeskState, language: Language) -> Vec<dto::OpenIncident> {
    let seen = desk.alerting.seen();
    let open = seen.state.incidents.iter().filter(|it| it.is_open());
    let mut open: Vec<&Incident> = open.collect();
    open.sort_by_key(|incident| Reverse((incident.severity, incident.opened_ms)));
    open.into_iter()
        .map(|incident| map::open(incident, language))
        .collect()
}

/// `None`: there is no such incident.
///
/// # Errors
/// If the store can't say whether there is one.
pub async fn report(
    desk: &DeskState,
    language: Language,
    id: &str,
) -> Result<Option<dto::IncidentReport>, dto::Code> {
    let seen = desk.alerting.seen();
    let in_memory = seen.state.incidents.iter().find(|it| it.id == id);
    let stored = match desk.alerting.store.ops() {
        Ok(ops) => alerts::find(ops, id.to_owned()).await.map_err(failed),
        Err(error) => Err::<_, StoreError>(error),
    };
    let (stored, error) = match stored {
        Ok(stored) => (stored, None),
        Err(error) => (None, Some(code(&error))),
    };
    let (row, mut entries, mut notices) = match stored {
        Some((row, entries, notices)) => (Some(row), entries, notices),
        None => (None, Vec::new(), Vec::new()),
    };
    let of_row = row.as_ref();
    let of_row = of_row.and_then(|row| serde_json::from_str::<Incident>(&row.document).ok());
    let Some(incident) = in_memory.cloned().or(of_row) else {
        return error.map_or(Ok(None), Err);
    };
    let is_new = |entry: &&EntryRow| entry.incident_id == id;
    entries.extend(seen.entries.iter().filter(is_new).cloned());
    let is_new = |notice: &&NoticeRow| {
        notice.incident_id == id && notices.iter().all(|known| known.id != notice.id)
    };
    let unsaved: Vec<NoticeRow> = seen.notices.iter().filter(is_new).cloned().collect();
    notices.extend(unsaved);
    let evidence = row.and_then(|row| row.evidence);
    let evidence = evidence.or_else(|| seen.evidence.get(id).cloned());
    let from = before(&incident);
    let known = Known {
        incident: &incident,
        entries: &entries,
        notices: &notices,
        evidence: evidence.as_deref(),
        events: &desk.recorded.host.events_since(from),
    };
    let (setup, now_ms) = (desk.alerting.setup(), desk.alerting.now_ms());
    Ok(Some(dto::IncidentReport {
        error,
        ..put_together(&known, &setup, language, now_ms)
    }))
}

/// All that is known of an incident.
struct Known<'k> {
    incident: &'k Incident,
    entries: &'k [EntryRow],
    notices: &'k [NoticeRow],
    /// As JSON.
    evidence: Option<&'k str>,
    /// Of its time and before.
    events: &'k [Event],
}

fn put_together(
    known: &Known<'_>,
    setup: &Setup,
    language: Language,
    now_ms: i64,
) -> dto::IncidentReport {
    let entries = known.entries.iter();
    let mut timeline: Vec<dto::IncidentEntry> = entries
        .filter_map(|row| map::entry(row, language))
        .collect();
    timeline.extend(meanwhile(known.events, known.incident, language));
    timeline.sort_by(|one, other| one.at.cmp(&other.at));
    dto::IncidentReport {
        incident: map::incident(known.incident, setup, language, now_ms),
        timeline,
        evidence: known
            .evidence
            .and_then(|text| serde_json::from_str(text).ok()),
        notices: known.notices.iter().map(map::notice).collect(),
        error: None,
    }
}

/// Those that the store holds as open, each with its report: for whoever asks without a running service.
///
/// # Errors
/// If the store can't say.
pub async fn stored_open(
    ops: &Db,
    setup: &Setup,
    now_ms: i64,
) -> Result<Vec<(dto::Incident, String)>, DbError> {
    const MOST: i64 = 20;
    let asked = Asked {
        is_open: Some(true),
        before: None,
        limit: MOST,
    };
    let mut found = Vec::new();
    for row in alerts::list(ops, asked).await? {
        let Ok(incident) = serde_json::from_str::<Incident>(&row.document) else {
            continue;
        };
        let more = alerts::find(ops, incident.id.clone()).await?;
        let (row, entries, notices) = more.unwrap_or((row, Vec::new(), Vec::new()));
        let from_ms = unix_millis(before(&incident).start());
        let known = Known {
            incident: &incident,
            entries: &entries,
            notices: &notices,
            evidence: row.evidence.as_deref(),
            events: &events::since(ops, from_ms).await?,
        };
        let report = put_together(&known, setup, Language::English, now_ms);
        let text = markdown(&report, setup.public_url.as_deref());
        found.push((report.incident, text));
    }
    Ok(found)
}

/// From when on other events are told with it.
fn before(incident: &Incident) -> Minute {
    const BEFORE_MINUTES: u32 = 30;
    Minute::of(from_unix_millis(incident.opened_ms)).minus(BEFORE_MINUTES)
}

/// What else happened while it lasted, and in the half hour before.
fn meanwhile(events: &[Event], incident: &Incident, language: Language) -> Vec<dto::IncidentEntry> {
    let until_ms = incident.closed_ms.unwrap_or(i64::MAX);
    let events = events.iter().filter(|event| event.at_ms <= until_ms);
    let events = events.filter_map(|event| {
        let kind = match event.kind {
            EventKind::Start => dto::IncidentEntryKind::Start,
            EventKind::Stop => dto::IncidentEntryKind::Stop,
            EventKind::VersionChange => dto::IncidentEntryKind::Version,
            EventKind::Migration => dto::IncidentEntryKind::Migration,
            EventKind::Deploy => dto::IncidentEntryKind::Deploy,
            _ => return None,
        };
        let entry = host::entry(event, language);
        Some(dto::IncidentEntry {
            at: entry.at,
            kind,
            text: entry.title,
            actor: entry.instance,
        })
    });
    events.collect()
}
