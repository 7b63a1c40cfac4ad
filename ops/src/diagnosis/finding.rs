//! [`Finding`]: one thing that is wrong, with what proves it.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

/// Numbers and names by their own name, with the unit in it: `{"errors": 60, "requests": 77}`.
pub type Evidence = Map<String, Value>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice. It is shown beside what it is about and does not touch the verdict.
    Info,
    Warning,
    Critical,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A readiness check, by its name.
    Check(String),
    /// All requests together.
    Traffic,
    Route {
        method: String,
        route: String,
    },
    /// `registry` or `ops`.
    Store(&'static str),
    /// `log`, `data`, or `log,data` where both are one file system.
    Disk(&'static str),
    /// Such as `access.log`.
    LogFile(String),
    Instance(String),
    Memory,
    Clock,
    /// What runs beside the requests, by its name.
    Task(&'static str),
    /// What the desk itself keeps.
    Monitoring,
}

impl Subject {
    /// As programs read it.
    pub fn name(&self) -> String {
        match self {
            Self::Check(name) | Self::LogFile(name) | Self::Instance(name) => name.clone(),
            Self::Traffic => "traffic".to_owned(),
            Self::Route { method, route } => format!("{method} {route}"),
            Self::Store(name) | Self::Disk(name) | Self::Task(name) => (*name).to_owned(),
            Self::Memory => "memory".to_owned(),
            Self::Clock => "clock".to_owned(),
            Self::Monitoring => "monitoring".to_owned(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable: programs and alert rules name it.
    pub id: &'static str,
    pub severity: Severity,
    pub subject: Subject,
    pub evidence: Evidence,
    /// Since when it holds, as far as that is known; in a verdict it always is.
    pub since: Option<SystemTime>,
    /// It counts only once it has held for so long.
    pub(super) sustained: Duration,
}

impl Finding {
    pub(super) fn new(id: &'static str, severity: Severity, subject: Subject) -> Self {
        Self {
            id,
            severity,
            subject,
            evidence: Evidence::new(),
            since: None,
            sustained: Duration::ZERO,
        }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.evidence.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn since(mut self, since: SystemTime) -> Self {
        self.since = Some(since);
        self
    }

    pub(super) fn sustained(mut self, at_least: Duration) -> Self {
        self.sustained = at_least;
        self
    }

    /// Whether two findings are the same one at different times.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.subject == other.subject
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// It serves, but somebody should look.
    Warning,
    /// It takes traffic and serves much of it badly.
    Failing,
    /// Its readiness says no.
    NotReady,
}
