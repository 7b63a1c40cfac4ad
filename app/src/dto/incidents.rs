//! Incidents: what fired together, what was known then, who took it, and who was told.
//! `GET /api/ops/incidents/` and `/admin/incidents/`.

use serde::{Deserialize, Serialize};

use super::{Code, Severity};

/// The newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Incidents {
    pub results: Vec<Incident>,
    /// Where the older ones are, as an absolute path; `null` if there are none.
    pub next: Option<String>,
    /// The desk's own store is out of reach: only what this process knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Incident {
    /// A UUIDv7.
    pub id: String,
    /// What a tired person understands: `Database is unavailable`.
    pub title: String,
    /// The highest that it has had.
    pub severity: Severity,
    pub state: IncidentState,
    /// RFC 3339 UTC, as all times.
    pub opened_at: String,
    pub closed_at: Option<String>,
    /// Until it closed, or until now.
    pub duration_seconds: u64,
    pub acknowledged: Option<Acknowledged>,
    /// The one that it is called by first, then as they came. Consequences have `suppressed_by`.
    pub alerts: Vec<IncidentAlert>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    Open,
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Acknowledged {
    pub by: String,
    pub reason: String,
    pub at: String,
}

/// An alert of an incident. Shares are 0–1, times milliseconds, sizes bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct IncidentAlert {
    pub rule: String,
    /// `service`, an instance, a disk, a dependency, a channel, an error group.
    pub subject: String,
    pub state: IncidentAlertState,
    pub severity: Severity,
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub unit: Option<AlertUnit>,
    /// The worst value.
    pub peak: Option<f64>,
    pub samples: Option<u64>,
    pub since: String,
    pub ended_at: Option<String>,
    /// What it says, in a sentence: `Disk log is 85.2 % full (limit 80 %)`.
    pub summary: String,
    /// Its cause, or why nobody is told: a rule's name, `maintenance: backup`, `silence: ada`.
    pub suppressed_by: Option<String>,
    pub is_flapping: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentAlertState {
    Firing,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertUnit {
    /// 0–1.
    Share,
    /// In milliseconds.
    Time,
    Bytes,
    Count,
    /// 1 or 0.
    Flag,
}

/// One incident with all that is known of it: `GET /api/ops/incidents/{id}/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct IncidentReport {
    #[serde(flatten)]
    pub incident: Incident,
    /// The oldest first.
    pub timeline: Vec<IncidentEntry>,
    /// Captured when it opened; `null` until that is done.
    pub evidence: Option<Evidence>,
    /// The oldest first.
    pub notices: Vec<IncidentNotice>,
    /// The desk's own store is out of reach: only what this process knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct IncidentEntry {
    pub at: String,
    pub kind: IncidentEntryKind,
    /// One sentence; of a note its Markdown.
    pub text: String,
    /// Who did it; `null` for the desk itself.
    pub actor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentEntryKind {
    IncidentOpened,
    IncidentReopened,
    IncidentClosed,
    /// An alert began to fire, or one ended.
    AlertFired,
    AlertEnded,
    /// More severe than before.
    Level,
    /// A consequence of another alert: it sends nothing of its own.
    Suppressed,
    /// Nobody is told of it: maintenance, quiet, a silence.
    Muted,
    NoData,
    Flapping,
    Acknowledged,
    Unacknowledged,
    Note,
    ClosedBy,
    NoticeSent,
    NoticeFailed,
    /// What else happened meanwhile: a start, a version, a deployment.
    Start,
    Stop,
    Version,
    Migration,
    Deploy,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct IncidentNotice {
    pub id: String,
    pub channel: String,
    /// `incident.opened`, `incident.updated`, `incident.reminder`, `incident.resolved`.
    pub kind: String,
    pub state: NoticeState,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub created_at: String,
    pub sent_at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    Queued,
    Sent,
    /// Refused, or not taken for a day.
    Failed,
    /// A later notice tells it, too.
    Superseded,
}

/// What was known when an incident opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = IncidentEvidence))]
pub struct Evidence {
    /// Starts, versions, deployments, migrations before it, the newest first.
    pub changes: Vec<EvidenceChange>,
    /// The most frequent first.
    pub top_errors: Vec<EvidenceError>,
    pub slowest_route: Option<EvidenceRoute>,
    pub database: Option<EvidenceDatabase>,
    pub pool: Option<EvidencePool>,
    #[serde(default)]
    pub disks: Vec<EvidenceDisk>,
    /// What ran, and for how long.
    #[serde(default)]
    pub version: Option<EvidenceVersion>,
    /// Namespaces whose requests failed, the most frequent first.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// Likewise users.
    #[serde(default)]
    pub users: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceChange {
    pub at: String,
    /// As on the timeline.
    pub kind: String,
    pub title: String,
    pub instance: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceError {
    pub message: String,
    pub count: u64,
    pub route: Option<String>,
    /// Of an example.
    pub request_id: Option<String>,
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceRoute {
    pub method: String,
    pub route: String,
    pub p95_ms: f64,
    pub requests: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceDatabase {
    pub vendor: String,
    /// `ok` or `failed`.
    pub connection: String,
    /// A code as in `/health/db/`.
    pub error: Option<String>,
    pub latency_ms: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidencePool {
    pub active: u32,
    pub idle: u32,
    pub max: u32,
    pub waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceDisk {
    /// `log` or `data`.
    pub name: String,
    /// 0–1.
    pub used_ratio: f64,
    pub free_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct EvidenceVersion {
    pub version: String,
    pub commit: String,
    pub started_at: String,
}

/// An open incident, as the first line of every page names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OpenIncident {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub opened_at: String,
    /// Who has taken it.
    pub acknowledged_by: Option<String>,
}
