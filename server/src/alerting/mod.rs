//! Alerting as the service runs it: what the pure engine of `ops::alerts` leaves open.
//!
//! ```text
//!   signals ──▶ evaluator ──▶ book ──▶ the store: state, incidents, entries, notices
//!                  ▲           ▲  └──▶ spool, while that is away
//!   evidence ──────┘   people ─┘         │
//!                                      sender ──▶ channels
//! ```

pub mod activity;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
pub mod alerting;
mod around;
pub mod book;
mod changes;
pub mod channels;
pub mod compose;
mod delivery;
pub mod evaluator;
mod evidence;
mod gap;
pub mod heartbeat;
mod merge;
pub mod outbox;
pub mod past;
mod past_rows;
pub mod people;
mod queue;
pub mod sender;
pub mod setup;
mod signals;
pub mod spool;

#[cfg(test)]
mod crashes;

pub use alerting::{Alerting, Parts};
pub use changes::{note as note_event, of_incident};
