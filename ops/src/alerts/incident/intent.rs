//! [`Intent`]: a message that is due. What it looks like is for each channel to say.

use serde::{Deserialize, Serialize};

use super::record::{Ended, Incident, Member};
use super::title::Title;
use crate::alerts::evaluate::Measure;
use crate::alerts::lifecycle::{Away, EndKind};
use crate::alerts::severity::Severity;
use crate::alerts::snapshot::Reason;
use crate::alerts::subject::Subject;
use crate::alerts::suppress::Suppression;

/// Unique by channel, incident and ordinal, so that written twice it is still one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub channel: String,
    pub incident_id: String,
    /// Counts a channel's messages of an incident, from 1.
    pub ordinal: u32,
    pub kind: IntentKind,
    /// In milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub title: Title,
    pub severity: Severity,
    pub opened_ms: i64,
    pub closed_ms: Option<i64>,
    /// Who has taken it.
    pub acknowledged_by: Option<String>,
    pub alerts: Vec<IntentAlert>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentKind {
    Opened {
        /// It had ended within the last minutes, and was told so.
        reopened: bool,
    },
    Updated,
    Reminder,
    Resolved {
        ended_by: EndKind,
    },
}

impl IntentKind {
    /// As the webhook has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened { .. } => "incident.opened",
            Self::Updated => "incident.updated",
            Self::Reminder => "incident.reminder",
            Self::Resolved { .. } => "incident.resolved",
        }
    }
}

/// An alert as it is when the message becomes due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentAlert {
    pub rule: String,
    pub subject: Subject,
    pub episode: String,
    pub severity: Severity,
    pub since_ms: i64,
    pub ended: Option<Ended>,
    /// It may have ended while nobody evaluated.
    pub away: Option<Away>,
    pub measure: Option<Measure>,
    pub peak: Option<f64>,
    pub data_lost: Option<Reason>,
    pub is_flapping: bool,
    /// Of a follower: its cause.
    pub suppressed_by: Option<Suppression>,
    pub opened_while: Option<Suppression>,
    pub ended_while: Option<Suppression>,
}

impl IntentAlert {
    pub(super) fn of(member: &Member) -> Self {
        Self {
            rule: member.rule.clone(),
            subject: member.subject.clone(),
            episode: member.episode.clone(),
            severity: member.severity,
            since_ms: member.since_ms,
            ended: member.ended,
            away: member.away,
            measure: member.measure,
            peak: member.peak,
            data_lost: member.data_lost,
            is_flapping: member.is_flapping,
            suppressed_by: member.suppressed_by.clone(),
            opened_while: member.opened_while.clone(),
            ended_while: member.ended_while.clone(),
        }
    }
}

impl Intent {
    pub(super) fn new(
        incident: &Incident,
        channel: &str,
        kind: IntentKind,
        ordinal: u32,
        at_ms: i64,
        alerts: Vec<IntentAlert>,
    ) -> Self {
        Self {
            channel: channel.to_owned(),
            incident_id: incident.id.clone(),
            ordinal,
            kind,
            at_ms,
            title: Title::of(incident),
            severity: incident.severity,
            opened_ms: incident.opened_ms,
            closed_ms: incident.closed_ms,
            acknowledged_by: incident.acknowledged.as_ref().map(|it| it.by.clone()),
            alerts,
        }
    }
}
