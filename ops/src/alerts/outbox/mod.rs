//! The outbox: which notice is sent when, over plain rows.
//!
//! At least once, in order within an incident on each channel. Everything is a function of rows and of
//! the time that is passed in; chance is passed in, too. The sender asks [`plan`] what to do, claims it,
//! sends, and writes down what [`Notice::settle`] made of the answer. If it dies in between, the claim
//! runs out and the notice is sent once more, with the same id.

mod backlog;
mod bucket;
mod notice;
mod plan;
mod retry;

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod simulation_tests;

pub use backlog::{Backlog, backlog};
pub use bucket::Bucket;
pub use notice::{CLAIM_MS, CLOCKS_DIFFER_MS, Notice, State};
pub use plan::{Batch, Channel, Plan, Readers, Superseded, digest_id, plan};
