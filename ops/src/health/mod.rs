//! Health: what is checked, how it is run, and what came out.
//!
//! A [`Probe`] looks at something outside the process; the [`HealthChecks`] runs all of them side by
//! side, once for all who ask, and adds the process's own states, which are never cached. How a
//! [`Report`] is shown to a client, a page or a terminal is for the caller to decide.

mod check;
mod checks;
mod dependency;
mod dependency_probe;
mod hysteresis;
mod memory;
mod probe;
mod probe_slot;
mod report;
mod transitions;

pub use check::{CheckName, CheckResult, Code, Status};
pub use checks::{FRESHNESS, HealthChecks, HealthChecksBuilder};
pub use dependency::{Dependency, DependencyError, Target, parse_dependencies};
pub use dependency_probe::{CERTIFICATE_EXPIRY, DependencyProbe, dependency_probes};
pub use memory::Memory;
pub use probe::Probe;
pub use report::Report;
