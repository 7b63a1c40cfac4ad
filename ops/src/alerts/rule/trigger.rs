//! What makes a rule's alerts fire.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::expression::{Condition, Dimension};
use super::super::severity::Severity;

#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    Check(Box<Check>),
    Burn(Burn),
    Events(EventTrigger),
}

impl Trigger {
    /// What there is an alert for each of, besides instances and events.
    pub fn dimension(&self) -> Option<Dimension> {
        match self {
            Self::Check(check) => check.bad.dimension(),
            Self::Burn(_) | Self::Events(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub bad: Condition,
    /// What is good; without it, whatever is not bad.
    pub recover: Option<Condition>,
    /// Nothing becomes bad unless this holds.
    pub only_if: Option<Condition>,
    /// More severe ones, the least severe first.
    pub levels: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    pub bad: Condition,
    pub severity: Severity,
}

/// How fast an error budget is spent, after the SRE Workbook, "Alerting on SLOs", multiwindow,
/// multi-burn-rate alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct Burn {
    /// The share of good ones that is promised, 0–1.
    pub objective: f64,
    /// Over which it is promised.
    pub window: Duration,
    pub rates: Vec<BurnRate>,
}

/// Bad if both windows spend the budget so fast. The short one makes it end soon after the trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct BurnRate {
    pub rate: f64,
    /// Over the long window; here few requests say nothing.
    pub long: Condition,
    pub short: Condition,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventTrigger {
    pub kinds: Vec<EventKind>,
    /// More than this many new alerts an hour are counted and told as one.
    pub max_per_hour: u32,
    /// An alert ends when nothing more has happened for so long.
    pub quiet_for: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An error group that has never been seen before.
    ErrorGroupNew,
    /// One that is back after it had been gone.
    ErrorGroupRegressed,
    /// Nobody evaluated the rules for more than five minutes.
    EvaluationGap,
}

impl EventKind {
    pub const ALL: [Self; 3] = [
        Self::ErrorGroupNew,
        Self::ErrorGroupRegressed,
        Self::EvaluationGap,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::ErrorGroupNew => "error_group.new",
            Self::ErrorGroupRegressed => "error_group.regressed",
            Self::EvaluationGap => "evaluation.gap",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
