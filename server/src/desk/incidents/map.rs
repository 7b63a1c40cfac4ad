//! Incidents as the desk shows them.

use app::dto;
use app::view::viewer::Language;
use ops::alerts::incident::{EntryDetail, EntryKind, Incident, Member, Title};
use ops::alerts::suppress::Suppression;
use ops::alerts::{Severity, expression, message};
use ops::clock::{from_unix_millis, rfc3339_millis};

use crate::alerting::compose::summary;
use crate::alerting::setup::Setup;
use crate::db::queries::alerts::EntryRow;
use crate::db::queries::notices::NoticeRow;

pub fn words(language: Language) -> message::Language {
    match language {
        Language::English => message::Language::English,
        Language::ChineseSimplified => message::Language::SimplifiedChinese,
    }
}

pub fn time(at_ms: i64) -> String {
    rfc3339_millis(from_unix_millis(at_ms))
}

pub fn severity(severity: Severity) -> dto::Severity {
    match severity {
        Severity::Info => dto::Severity::Info,
        Severity::Warning => dto::Severity::Warning,
        Severity::Critical => dto::Severity::Critical,
    }
}

pub fn unit(unit: expression::Unit) -> dto::AlertUnit {
    match unit {
        expression::Unit::Share => dto::AlertUnit::Share,
        expression::Unit::Time => dto::AlertUnit::Time,
        expression::Unit::Bytes => dto::AlertUnit::Bytes,
        expression::Unit::Count => dto::AlertUnit::Count,
        expression::Unit::Flag => dto::AlertUnit::Flag,
    }
}

/// `database` of a consequence, else who or what keeps it from being told.
pub fn suppressed_by(suppression: &Suppression) -> String {
    match suppression {
        Suppression::Disabled => "disabled".to_owned(),
        Suppression::Dependency { rule } => rule.clone(),
        Suppression::Maintenance { window, .. } => format!("maintenance: {window}"),
        Suppression::Quiet { who, .. } => format!("quiet: {who}"),
        Suppression::Silence { who, .. } => format!("silence: {who}"),
        Suppression::Flapping => "flapping".to_owned(),
    }
}

pub fn incident(
    incident: &Incident,
    setup: &Setup,
    language: Language,
    now_ms: i64,
) -> dto::Incident {
    let until_ms = incident.closed_ms.unwrap_or(now_ms);
    let lasted_ms = until_ms.saturating_sub(incident.opened_ms);
    let acknowledged = incident.acknowledged.as_ref();
    let first = incident.members.get(incident.headline);
    let others = incident.members.iter().enumerate();
    let others = others.filter(|(at, _)| *at != incident.headline);
    let members = first.into_iter().chain(others.map(|(_, member)| member));
    dto::Incident {
        id: incident.id.clone(),
        title: Title::of(incident).text(words(language)),
        severity: severity(incident.severity),
        state: if incident.is_open() {
            dto::IncidentState::Open
        } else {
            dto::IncidentState::Closed
        },
        opened_at: time(incident.opened_ms),
        closed_at: incident.closed_ms.map(time),
        duration_seconds: u64::try_from(lasted_ms / 1000).unwrap_or(0),
        acknowledged: acknowledged.map(|it| dto::Acknowledged {
            by: it.by.clone(),
            reason: it.reason.clone(),
            at: time(it.at_ms),
        }),
        alerts: members
            .map(|member| alert(member, setup, language))
            .collect(),
    }
}

fn alert(member: &Member, setup: &Setup, language: Language) -> dto::IncidentAlert {
    let measure = member.measure;
    let rule = setup.rules.iter().find(|rule| rule.name == member.rule);
    let title = Title {
        rule: member.rule.clone(),
        subject: member.subject.clone(),
    };
    dto::IncidentAlert {
        rule: member.rule.clone(),
        subject: member.subject.to_string(),
        state: match member.ended {
            Some(_) => dto::IncidentAlertState::Ended,
            None => dto::IncidentAlertState::Firing,
        },
        severity: severity(member.severity),
        value: measure.map(|measure| measure.value),
        threshold: measure.and_then(|measure| measure.threshold),
        unit: measure.map(|measure| unit(measure.unit)),
        peak: member.peak,
        samples: measure.and_then(|measure| measure.samples),
        since: time(member.since_ms),
        ended_at: member.ended.map(|ended| time(ended.at_ms)),
        summary: summary(rule, &title, words(language)),
        suppressed_by: member.suppressed_by.as_ref().map(suppressed_by),
        is_flapping: member.is_flapping,
    }
}

pub fn open(incident: &Incident, language: Language) -> dto::OpenIncident {
    dto::OpenIncident {
        id: incident.id.clone(),
        title: Title::of(incident).text(words(language)),
        severity: severity(incident.severity),
        opened_at: time(incident.opened_ms),
        acknowledged_by: incident.acknowledged.as_ref().map(|it| it.by.clone()),
    }
}

/// `None` for a kind that a later version wrote.
pub fn entry(row: &EntryRow, language: Language) -> Option<dto::IncidentEntry> {
    let kind = EntryKind::from_name(&row.kind)?;
    let detail: EntryDetail = serde_json::from_str(&row.detail).unwrap_or_default();
    Some(dto::IncidentEntry {
        at: time(row.at_ms),
        kind: entry_kind(kind),
        text: detail.sentence(kind, words(language)),
        actor: row.actor.clone(),
    })
}

fn entry_kind(kind: EntryKind) -> dto::IncidentEntryKind {
    match kind {
        EntryKind::IncidentOpened => dto::IncidentEntryKind::IncidentOpened,
        EntryKind::IncidentReopened => dto::IncidentEntryKind::IncidentReopened,
        EntryKind::IncidentClosed => dto::IncidentEntryKind::IncidentClosed,
        EntryKind::AlertFired => dto::IncidentEntryKind::AlertFired,
        EntryKind::AlertEnded => dto::IncidentEntryKind::AlertEnded,
        EntryKind::Level => dto::IncidentEntryKind::Level,
        EntryKind::Suppressed => dto::IncidentEntryKind::Suppressed,
        EntryKind::Muted => dto::IncidentEntryKind::Muted,
        EntryKind::NoData => dto::IncidentEntryKind::NoData,
        EntryKind::Flapping => dto::IncidentEntryKind::Flapping,
        EntryKind::Acknowledged => dto::IncidentEntryKind::Acknowledged,
        EntryKind::Unacknowledged => dto::IncidentEntryKind::Unacknowledged,
        EntryKind::Note => dto::IncidentEntryKind::Note,
        EntryKind::ClosedBy => dto::IncidentEntryKind::ClosedBy,
        EntryKind::NoticeSent => dto::IncidentEntryKind::NoticeSent,
        EntryKind::NoticeFailed => dto::IncidentEntryKind::NoticeFailed,
    }
}

pub fn notice(row: &NoticeRow) -> dto::IncidentNotice {
    dto::IncidentNotice {
        id: row.id.clone(),
        channel: row.channel.clone(),
        kind: row.kind.clone(),
        state: match row.state.as_str() {
            "sent" => dto::NoticeState::Sent,
            "failed" => dto::NoticeState::Failed,
            "superseded" => dto::NoticeState::Superseded,
            _ => dto::NoticeState::Queued,
        },
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        last_error: row.last_error.clone(),
        created_at: time(row.created_ms),
        sent_at: row.sent_ms.map(time),
    }
}
