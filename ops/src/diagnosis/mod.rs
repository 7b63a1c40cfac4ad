//! Diagnosis: from a [`Snapshot`] of what is known to [`Finding`]s and a [`Verdict`].
//!
//! Everything here is pure: no clock, no store, no network. [`diagnose`] is a function of a snapshot
//! and of a [`Memory`], which holds what a single snapshot can't tell: since when a finding holds, and
//! which ones hold already, so that none comes and goes at its threshold. The page, JSON and the
//! command line all show what this one function says. Words are not here: a finding is an id, a
//! severity, a subject and its evidence.
//!
//! A new finding is a function in `rules`, its threshold, and its words in the pages' locales.

mod finding;
mod forecast;
mod memory;
mod recent;
mod rules;
mod snapshot;
pub mod thresholds;
mod verdict;

#[cfg(test)]
mod tests;

pub use finding::{Evidence, Finding, Severity, State, Subject};
pub use forecast::full_in;
pub use memory::{Ended, Memory};
pub use rules::{of_disks, of_store};
pub use snapshot::{
    Check, Disk, Inside, Instance, LogFile, MemoryUse, MinuteFigures, Monitor, Pool, Postgres,
    Query, Route, Snapshot, Sqlite, Statement, Store, StoreRole, Traffic, Window,
};
pub use verdict::{Verdict, diagnose};
