//! One function for what belongs together. Each is pure, and names its findings itself.

mod database;
mod disks;
mod instances;
mod monitoring;
mod process;
mod readiness;
mod traffic;

use super::finding::{Finding, Severity, Subject};
use super::memory::Memory;
use super::snapshot::Snapshot;
use super::thresholds::Threshold;

pub use database::of_store;
pub use disks::of_disks;

/// What a rule sees.
pub(super) struct Context<'a> {
    pub snapshot: &'a Snapshot,
    pub memory: &'a Memory,
}

type Rule = fn(&Context) -> Vec<Finding>;

/// Causes before what they cause.
pub(super) const RULES: [Rule; 7] = [
    readiness::readiness,
    database::databases,
    disks::disks,
    process::process,
    traffic::traffic,
    instances::instances,
    monitoring::monitoring,
];

impl Context<'_> {
    fn exceeds(&self, id: &str, subject: &Subject, value: f64, threshold: Threshold) -> bool {
        threshold.is_exceeded(value, self.memory.severity(id, subject).is_some())
    }
}

/// How severe a value is, by two thresholds.
fn severity(
    memory: &Memory,
    id: &str,
    subject: &Subject,
    value: f64,
    [warning, critical]: [Threshold; 2],
) -> Option<Severity> {
    let before = memory.severity(id, subject);
    let was_critical = before == Some(Severity::Critical);
    if critical.is_exceeded(value, was_critical) {
        return Some(Severity::Critical);
    }
    let is_worth_it = warning.is_exceeded(value, before.is_some());
    is_worth_it.then_some(Severity::Warning)
}
