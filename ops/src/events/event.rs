//! What happened to an instance, and where that is kept.

use async_trait::async_trait;

use crate::series::{Run, StoreError};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The detail is the version.
    Start,
    /// A clean one: a process that is killed has none.
    Stop,
    /// Migrations were applied; the detail names them.
    Migration,
    /// A start of another version than the start before it had, of whichever instance; the detail is
    /// both.
    VersionChange,
    /// Something was wrong and is no more; the detail is the finding, as JSON.
    Finding,
    // The details of all others are JSON, too.
    /// Rules of alerts were read anew.
    Config,
    LogLevel,
    /// A readiness check has another state than before.
    Check,
    ErrorNew,
    ErrorRegressed,
    /// Nobody evaluated the rules of alerts for a while, until then.
    EvaluationGap,
    IncidentOpened,
    IncidentClosed,
    /// Somebody took an incident, or gave it back.
    Acknowledged,
    Silence,
    Quiet,
    Deploy,
    Note,
}

impl EventKind {
    pub const ALL: [Self; 18] = [
        Self::Start,
        Self::Stop,
        Self::Migration,
        Self::VersionChange,
        Self::Finding,
        Self::Config,
        Self::LogLevel,
        Self::Check,
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

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Migration => "migration",
            Self::VersionChange => "version_change",
            Self::Finding => "finding",
            Self::Config => "config",
            Self::LogLevel => "log_level",
            Self::Check => "check",
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub run: Run,
    /// Counts the events of a run: written twice, it is still one.
    pub number: u32,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub kind: EventKind,
    pub detail: String,
}

#[async_trait]
pub trait EventStore: Send + Sync {
    /// Writes all of them or none. An event that is there already stays.
    async fn write(&self, events: Vec<Event>) -> Result<(), StoreError>;

    /// From `from_ms` on, at least the newest thousand, in any order.
    async fn since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError>;

    /// The last start before this one, of any other run.
    async fn start_before(&self, start: &Event) -> Result<Option<Event>, StoreError>;

    /// Deletes a small part of what happened before `before_ms`, the oldest first.
    async fn trim(&self, before_ms: i64) -> Result<(), StoreError>;
}
