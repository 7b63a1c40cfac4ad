//! What changed, of all kinds, on one axis: `GET /api/ops/timeline/` and `/admin/timeline/`.

use serde::{Deserialize, Serialize};

use super::Code;

/// The newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Timeline {
    pub results: Vec<TimelineEntry>,
    /// From when to when it was looked, RFC 3339 UTC as all times.
    pub since: String,
    pub until: String,
    /// There was more than is shown: the oldest were left out.
    pub is_cut: bool,
    /// The desk's own store is out of reach: only what this process knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    pub at: String,
    /// Of trouble that is over: when it began. `at` is when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    pub kind: TimelineKind,
    pub title: String,
    /// More words, if there are any.
    pub detail: Option<String>,
    pub instance: Option<String>,
    pub incident_id: Option<String>,
    /// The desk's page that shows more of it.
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    Start,
    Stop,
    Version,
    Migration,
    Config,
    LogLevel,
    Check,
    /// Something was wrong and is no more, as the first line of the page had it.
    Finding,
    ErrorNew,
    ErrorRegressed,
    /// Nobody evaluated the rules of alerts for a while, until then.
    EvaluationGap,
    IncidentOpened,
    IncidentClosed,
    Acknowledged,
    Silence,
    Quiet,
    Deploy,
    Note,
}

impl TimelineKind {
    pub const ALL: [Self; 18] = [
        Self::Start,
        Self::Stop,
        Self::Version,
        Self::Migration,
        Self::Config,
        Self::LogLevel,
        Self::Check,
        Self::Finding,
        Self::ErrorNew,
        Self::ErrorRegressed,
        Self::EvaluationGap,
        Self::IncidentOpened,
        Self::IncidentClosed,
        Self::Acknowledged,
        Self::Silence,
        Self::Quiet,
        Self::Deploy,
        Self::Note,
    ];

    /// As it is asked for and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Version => "version",
            Self::Migration => "migration",
            Self::Config => "config",
            Self::LogLevel => "log_level",
            Self::Check => "check",
            Self::Finding => "finding",
            Self::ErrorNew => "error_new",
            Self::ErrorRegressed => "error_regressed",
            Self::EvaluationGap => "evaluation_gap",
            Self::IncidentOpened => "incident_opened",
            Self::IncidentClosed => "incident_closed",
            Self::Acknowledged => "acknowledged",
            Self::Silence => "silence",
            Self::Quiet => "quiet",
            Self::Deploy => "deploy",
            Self::Note => "note",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What is asked for; `None` for the last day, now, all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineQuery {
    /// RFC 3339 or epoch seconds, or back from now: `24h`, `7d`.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Names of kinds.
    pub kinds: Vec<String>,
}

/// What an event carries beside its kind: whatever a sentence about it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventDetail {
    /// In somebody's own words, or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_group: Option<String>,
    /// Of an incident: in English and in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub titles: Option<[String; 2]>,
    /// Of a check: `ok`, `warning` or `error`, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// It ended, rather than began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_end: Option<bool>,
}
