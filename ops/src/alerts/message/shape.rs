//! The shape of a message. As JSON it is what CONTRACT §7 promises to a webhook's receiver; fields
//! that are left out when they say nothing are additions to it.
//!
//! Shares are 0–1, durations milliseconds unless the name says otherwise, times UTC.

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::number::Unit;
use super::timestamp::Timestamp;
use crate::alerts::severity::Severity;

/// One notice about one incident, or a test of a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// When what it tells of happened, not when it is sent.
    pub timestamp: Timestamp,
    pub data: Data,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    #[serde(rename = "incident.opened")]
    Opened,
    #[serde(rename = "incident.updated")]
    Updated,
    #[serde(rename = "incident.reminder")]
    Reminder,
    #[serde(rename = "incident.resolved")]
    Resolved,
    #[serde(rename = "channel.test")]
    ChannelTest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub service: String,
    /// Who tells it.
    pub instance: String,
    pub version: String,
    pub language: Language,
    /// None in a test of a channel.
    pub incident: Option<Incident>,
    /// The cause first, and always in the same order. Followers of a cause have `suppressed_by`.
    pub alerts: Vec<Alert>,
    pub evidence: Evidence,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// How long after [`Message::timestamp`] it is sent; only above a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed_seconds: Option<u64>,
    /// Something was left out or shortened, so that the receiver takes it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub state: IncidentState,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub duration_seconds: u64,
    /// Absolute, or a path where the desk does not know its public address.
    pub url: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub reopened: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<EndedBy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
    /// How many notices were told of it before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notices: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub by: String,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IncidentState {
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Resolved,
    RuleRemoved,
    /// A person.
    ClosedBy,
    /// An event's rule that saw no further event.
    Expired,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub rule: String,
    pub subject: String,
    pub state: AlertState,
    pub severity: Severity,
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub samples: Option<u64>,
    pub since: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub summary: String,
    pub runbook_url: Option<String>,
    /// The rule that is its cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
    /// Of value, threshold and peak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<f64>,
    /// What its severity was, in the notices after it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_severity: Option<Severity>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    Firing,
    Ended,
}

/// What was known when the incident opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The newest first.
    pub changes: Vec<Change>,
    /// The most frequent first.
    pub top_errors: Vec<TopError>,
    pub slowest_route: Option<SlowRoute>,
    pub database: Option<Database>,
    pub pool: Option<Pool>,
    pub disks: Vec<Disk>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub at: Timestamp,
    /// As on the timeline: `version`, `deploy`, `migration`, `config`.
    pub kind: String,
    pub title: String,
    pub instance: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopError {
    pub message: String,
    pub count: u64,
    pub route: Option<String>,
    /// Of an example.
    pub request_id: Option<String>,
    /// Absolute or a path.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowRoute {
    pub method: String,
    pub route: String,
    pub p95_ms: f64,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Database {
    pub vendor: String,
    /// `ok` or `failed`, as in `/health/db/`.
    pub connection: String,
    /// A code, as in `/health/db/`.
    pub error: Option<String>,
    pub latency_ms: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub active: u32,
    pub idle: u32,
    pub max: u32,
    pub waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    pub name: String,
    pub used_ratio: f64,
    pub free_bytes: u64,
}

/// Why a message comes, or what a reader must know to judge it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remark {
    /// It ended while it was silenced.
    Silenced {
        by: String,
    },
    /// It began in a maintenance window that is over now.
    Maintenance {
        name: String,
    },
    /// Nobody evaluated meanwhile, so an end within it is not known exactly.
    DeskAway {
        from: Timestamp,
        to: Timestamp,
    },
    /// Further changes are held back until it is steady.
    Flapping {
        changes: u32,
    },
    FlappingEnded,
    /// The alert stays as it is.
    NoData {
        rule: String,
        since: Timestamp,
    },
    /// Its beginning could not be told before its end.
    BeginningUntold,
    /// Told by an instance that can't reach the store, so that others may tell it, too.
    StoreUnreachable,
}
