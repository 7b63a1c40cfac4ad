//! Alerts: rules, what they find, and who is told.
//!
//! Everything here is pure: no clock, no store, no network, no thread. What is needed comes in as a
//! value and what came of it goes out as one, so that the running service, a trial of a rule over the
//! past and a simulation of faults all run the same code.
//!
//! ```text
//!   ALERTS_FILE ──▶ file ──▶ rule, settings, MaintenanceWindow
//!                              │
//!   Snapshot ─────▶ evaluate ──┤ Bad, Good, Hold, Unknown for each subject
//!   Tick ─────────▶ lifecycle ─┤ Alert; Transition: opened, worse, lost, ended, flapping
//!   people ───────▶ suppress ──┤ Gate: may this alert be told, and if not, why
//!                              ▼
//!                           incident ──▶ Intent: a message that is due to a channel
//!                                           │
//!            message ─▶ notify ─▶ outbox ◀──┘ which is sent when, and in which form
//! ```
//!
//! | word | meaning |
//! |---|---|
//! | rule | what is looked for, by name; [`rule::Rule`] |
//! | subject | what of it: the service, an instance, a disk, a dependency; [`Subject`] |
//! | alert | a rule and a subject, with a state: ok, pending, firing, unknown; [`lifecycle::Alert`] |
//! | episode | an alert from firing to its end |
//! | incident | what people see: alerts that share a group and overlap; [`incident::Incident`] |
//! | intent | a message that is due: to which channel, of which kind; [`incident::Intent`] |
//!
//! [`turn`] does one turn of all that in the one right order. Who calls it, a few times a minute:
//!
//! 1. reads what [`snapshot::signals_of`] names into a [`snapshot::Snapshot`];
//! 2. says which rules are due, by [`lifecycle::is_due`] and the monotonic clock;
//! 3. writes the state, the transitions and the intents in one transaction. Each row has a stable key:
//!    alerts by rule and subject, intents by channel, incident and ordinal.
//!
//! What holds, whatever happens; property tests say so:
//!
//! - Unknown is not good. It resolves nothing, and what fires goes on firing with a reason.
//! - An alert has one open episode at most, and no end without a beginning.
//! - What is muted sends nothing. When it may be told it is told once, if it is still true.
//! - Who was told of an incident is told how it ended, as the last thing.
//! - A restart, a crash between two turns and a jump of the clock tell nothing twice.
//!
//! [`trial()`] looks at the past by the same evaluation and the same states.
//!
//! Rules of the scope `instance` are evaluated by each process for itself, and those of the scope
//! `service` by the holder of a lease; the snapshot says which this process is. The state holds the
//! alerts of all of them, since one may be the cause of another.

#[cfg(test)]
mod complaints;
pub mod duration;
mod engine;
pub mod evaluate;
pub mod export;
pub mod expression;
pub mod file;
#[cfg(test)]
mod fixtures;
pub mod incident;
pub mod lifecycle;
pub mod message;
pub mod notify;
pub mod outbox;
pub mod rule;
pub mod settings;
mod severity;
pub mod snapshot;
mod spelling;
pub mod stored;
mod subject;
pub mod suppress;
mod trial;

pub use engine::{Setup, State, Turn, close_incident, forget_instance, turn};
pub use severity::Severity;
pub use subject::Subject;
pub use trial::{Trial, TrialEpisode, trial, unreplayable};
