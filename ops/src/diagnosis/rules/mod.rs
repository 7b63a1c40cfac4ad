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
    /// How severe a value is, by two thresholds.
    fn severity(
        &self,
        id: &str,
        subject: &Subject,
        value: f64,
        warning: Threshold,
        critical: Threshold,
    ) -> Option<Severity> {
        let before = self.memory.severity(id, subject);
        let was_critical = before == Some(Severity::Critical);
        if critical.is_exceeded(value, was_critical) {
            return Some(Severity::Critical);
        }
        let is_worth_it = warning.is_exceeded(value, before.is_some());
        is_worth_it.then_some(Severity::Warning)
    }

    fn exceeds(&self, id: &str, subject: &Subject, value: f64, threshold: Threshold) -> bool {
        threshold.is_exceeded(value, self.memory.severity(id, subject).is_some())
    }
}
