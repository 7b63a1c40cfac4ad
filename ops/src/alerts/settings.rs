//! How alerts are told: grouping, waiting, repeating. What `[notify]` of the file says.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// Alerts that agree in these share an incident.
    pub group_by: Vec<GroupBy>,
    /// How long the first message of an incident waits for alerts that belong to it.
    pub group_wait: Duration,
    /// How long further alerts of an incident wait for each other.
    pub group_interval: Duration,
    /// Between two reminders of an incident that nobody has acknowledged.
    pub repeat_every: Duration,
    pub flap: Flap,
    /// Where people reach the desk; without it messages have no links.
    pub public_url: Option<String>,
    /// Of messages, such as `zh-CN`; `None` is the service's own.
    pub language: Option<String>,
}

impl Notify {
    /// A critical alert is told almost at once.
    pub const CRITICAL_WAIT: Duration = Duration::from_secs(5);
    /// More often than that, reminders are noise.
    pub const LEAST_REPEAT: Duration = Duration::from_secs(300);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupBy {
    /// One service is watched: all alerts are one group.
    Service,
    Rule,
    Subject,
    Severity,
    Instance,
}

impl GroupBy {
    pub const ALL: [Self; 5] = [
        Self::Service,
        Self::Rule,
        Self::Subject,
        Self::Severity,
        Self::Instance,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Rule => "rule",
            Self::Subject => "subject",
            Self::Severity => "severity",
            Self::Instance => "instance",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// So many changes between firing and not within this time are flapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flap {
    pub changes: u32,
    pub within: Duration,
}
