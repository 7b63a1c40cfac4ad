//! Rules: what is looked for, how often, and how patiently.

mod trigger;

use std::time::Duration;

use super::severity::Severity;
pub use trigger::{Burn, BurnRate, Check, EventKind, EventTrigger, Level, Trigger};

/// Of the alert that an instance can't be scraped, as if it were a rule's.
pub const DOWN: &str = "instance-down";
/// Of the alert that always fires.
pub const WATCHDOG: &str = "watchdog";
/// What only others can look at, and exported rules do: no rule of the service has these names.
pub const FROM_OUTSIDE: [&str; 2] = [DOWN, WATCHDOG];

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Unique; a state that is stored belongs to the rule of this name.
    pub name: String,
    pub description: Option<String>,
    pub enabled: bool,
    pub scope: Scope,
    pub severity: Severity,
    /// From one evaluation to the next.
    pub every: Duration,
    pub patience: Patience,
    pub no_data: NoData,
    /// Fewer than this many say nothing.
    pub min_samples: u64,
    /// Fewer bad ones than this are no reason to fire, whatever their share.
    pub min_bad: u64,
    /// While one of these rules has an alert, this one's are a consequence.
    pub depends_on: Vec<String>,
    /// Names of channels.
    pub channels: Vec<String>,
    /// A URL, or the name of one that comes with the service.
    pub runbook: Option<String>,
    pub origin: Origin,
    pub trigger: Trigger,
}

impl Rule {
    /// How long it may take until what is wrong is told, at most.
    pub fn detects_within(&self, group_wait: Duration) -> Duration {
        let counted = self.every.saturating_mul(self.patience.for_count);
        counted.max(self.patience.for_time) + self.every + group_wait
    }

    /// Without a figure for so long, there is no data; what is older than that is stale.
    pub fn no_data_after(&self) -> Duration {
        const LEAST: Duration = Duration::from_secs(120);
        self.every.saturating_mul(3).max(LEAST)
    }

    /// Two evaluations that lie further apart have a gap between them, of which nothing is known.
    pub fn longest_gap(&self) -> Duration {
        self.every.saturating_mul(3)
    }
}

/// Who evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One of all instances, for what they see together.
    Service,
    /// Each instance for itself.
    Instance,
}

impl Scope {
    pub const ALL: [Self; 2] = [Self::Service, Self::Instance];

    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Instance => "instance",
        }
    }
}

/// How often and how long something must hold before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Bad evaluations in a row.
    pub for_count: u32,
    /// Time that was evaluated as bad.
    pub for_time: Duration,
    /// Good evaluations in a row.
    pub recover_count: u32,
    /// Time that was evaluated as good.
    pub keep_firing_for: Duration,
}

/// What an alert makes of missing data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoData {
    /// It stays as it is.
    Keep,
    /// It counts as bad.
    Alert,
    /// It counts as good.
    Ok,
}

impl NoData {
    pub const ALL: [Self; 3] = [Self::Keep, Self::Alert, Self::Ok];

    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Alert => "alert",
            Self::Ok => "ok",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    /// The file has it, or changes the built-in one.
    File,
}

impl Origin {
    pub fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::File => "file",
        }
    }
}
