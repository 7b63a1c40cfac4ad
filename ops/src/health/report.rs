//! What the checks said at one time.

use std::sync::Arc;
use std::time::SystemTime;

use super::{CheckName, CheckResult};

/// What the probes found in one run. Shared by all who ask within its freshness.
#[derive(Debug)]
pub(super) struct Measurement {
    pub measured_at: SystemTime,
    pub checks: Vec<(CheckName, CheckResult)>,
}

/// The probes' latest results and the process's own states as they are now.
#[derive(Debug, Clone)]
pub struct Report {
    pub(super) measurement: Arc<Measurement>,
    pub(super) states: Vec<(CheckName, CheckResult)>,
}

impl Report {
    /// When the probes had finished; the states are newer.
    pub fn measured_at(&self) -> SystemTime {
        self.measurement.measured_at
    }

    /// All checks, probes first, in the order in which they were registered.
    pub fn checks(&self) -> impl Iterator<Item = (&str, &CheckResult)> {
        self.measurement
            .checks
            .iter()
            .chain(&self.states)
            .map(|(name, check)| (name.as_ref(), check))
    }

    pub fn check(&self, name: &str) -> Option<&CheckResult> {
        self.checks()
            .find_map(|(other, check)| (other == name).then_some(check))
    }

    /// Whether the service may take traffic: no check objects.
    pub fn is_ready(&self) -> bool {
        self.checks().all(|(_, check)| check.ready)
    }
}
