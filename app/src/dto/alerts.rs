//! The rules of alerts with their states, who is told, and who asked not to be:
//! `GET /api/ops/alerts/`, `/api/ops/silences/`, `/api/ops/channels/` and `/admin/alerts/`.

use serde::{Deserialize, Serialize};

use super::{AlertUnit, Code, Severity};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Alerts {
    /// RFC 3339 UTC, as all times.
    pub generated_at: String,
    pub evaluator: Evaluator,
    /// Built-in ones first; those that are switched off as well.
    pub rules: Vec<AlertRule>,
    /// The desk's own store is out of reach: only what this process evaluates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Evaluator {
    pub last_run_at: Option<String>,
    pub age_seconds: Option<f64>,
    /// It has not run for longer than it should.
    pub late: bool,
    /// What the last round took in which a rule was evaluated, in milliseconds.
    pub took_ms: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AlertRule {
    pub name: String,
    pub description: Option<String>,
    /// As the grammar writes it; of a rule that waits for events, their kinds.
    pub expr: String,
    /// `service` or `instance`.
    pub scope: String,
    pub severity: Severity,
    pub every_seconds: f64,
    pub for_count: u32,
    /// `built-in` or `file`.
    pub source: String,
    /// The worst of its alerts.
    pub state: AlertState,
    /// Why nothing is known, or which share of the needed time is known.
    pub reason: Option<AlertReason>,
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub unit: Option<AlertUnit>,
    pub samples: Option<u64>,
    pub last_evaluated_at: Option<String>,
    pub next_at: Option<String>,
    pub detects_within_seconds: f64,
    /// Who is told.
    pub channels: Vec<String>,
    /// A URL, or the name of a built-in one.
    pub runbook: Option<String>,
    /// Why its past can't be tried; empty if it can.
    pub unreplayable: Vec<String>,
    /// The rule as TOML, to be changed and tried.
    pub toml: String,
    pub alerts: Vec<RuleAlert>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    Firing,
    Pending,
    Unknown,
    Ok,
    Disabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertReason {
    NoData,
    /// Too few samples, or too few minutes of the window.
    TooFew,
    Stale,
    Error,
    WarmingUp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RuleAlert {
    /// `service`, an instance, a disk, a dependency, a channel, an error group.
    pub subject: String,
    pub instance: Option<String>,
    pub state: AlertState,
    /// Why nothing is known now: also of one that fires.
    pub reason: Option<AlertReason>,
    pub since: String,
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    pub unit: Option<AlertUnit>,
    pub samples: Option<u64>,
    pub severity: Severity,
    pub is_flapping: bool,
    pub incident_id: Option<String>,
    /// A rule's name, `maintenance: backup`, `silence: ada`, `quiet: ada`, `flapping`.
    pub suppressed_by: Option<String>,
    pub acknowledged_by: Option<String>,
}

/// All of `/admin/alerts/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertsReport {
    pub alerts: Alerts,
    pub silences: Vec<Silence>,
    pub quiet: Option<Quiet>,
    pub maintenance: Vec<MaintenanceWindow>,
    pub channels: Vec<Channel>,
    /// The file of rules, as `ALERTS_FILE` names it.
    pub file: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Silences {
    /// Those in force first, then those of the last day.
    pub results: Vec<Silence>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Silence {
    pub id: String,
    pub matchers: SilenceMatchers,
    pub reason: String,
    pub by: String,
    pub from: String,
    /// `null`: until what it silences has ended.
    pub until: Option<String>,
    pub until_end: bool,
    pub is_active: bool,
    pub ended_at: Option<String>,
    /// What it silences now: `rule/subject`.
    pub silences: Vec<String>,
}

/// All that are given must agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SilenceMatchers {
    #[serde(default)]
    pub rule: Option<String>,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// Nobody is told of anything: all is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Quiet {
    pub by: String,
    pub reason: String,
    pub from: String,
    pub until: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MaintenanceWindows {
    pub results: Vec<MaintenanceWindow>,
}

/// Planned work, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MaintenanceWindow {
    pub name: String,
    /// `mon` to `sun`.
    pub days: Vec<String>,
    /// `03:00`, in `time_zone`.
    pub starts: String,
    pub lasts_seconds: u64,
    pub time_zone: String,
    /// Empty for all.
    pub rules: Vec<String>,
    /// If it is open now.
    pub open_until: Option<String>,
    /// When it opens next; within four weeks.
    pub next_from: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Channels {
    pub results: Vec<Channel>,
}

/// Never an address, never a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Channel {
    pub name: String,
    /// `webhook`, `email`, `slack`, `pagerduty`, `feishu`, `dingtalk`, `wecom`, `alertmanager`.
    pub kind: String,
    pub min_severity: Severity,
    pub last_success_at: Option<String>,
    pub last_failure_at: Option<String>,
    /// Of the last failure, if nothing has been delivered since.
    pub last_error: Option<String>,
    pub queued: u64,
}

/// What came of a test of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChannelTest {
    pub delivered: bool,
    /// The peer's own: HTTP's or SMTP's.
    pub status: Option<u16>,
    /// What the peer said, or why it could not be asked; no secret in it.
    pub answer: String,
}

/// What a rule would have found in the past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RulePreview {
    /// Of all subjects together.
    pub evaluations: u64,
    /// Those that could say nothing.
    pub unknown: u64,
    pub episodes: Vec<PreviewEpisode>,
    pub replayable: bool,
    /// Why it can't be replayed.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PreviewEpisode {
    pub subject: String,
    pub from: String,
    /// `null`: it would fire now.
    pub to: Option<String>,
    /// The worst value.
    pub peak: Option<f64>,
}
