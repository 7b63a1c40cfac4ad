//! Errors by what they are: ERROR lines and panics, grouped and counted.
//!
//! The way of a line: the log hands over what it wrote, redacted already → `occurrence` reads what
//! it is about → `normalise` takes out what differs from one time to the next → [`GroupKey`] →
//! `memory` counts it by the minute → [`Errors`] writes the groups to their [store](GroupStore) and the
//! hours as a [series](crate::series), and reads those of other processes and earlier runs back.

mod counts;
mod engine;
#[cfg(test)]
mod engine_tests;
mod group;
mod memory;
mod normalise;
mod occurrence;
mod store;

pub use engine::{Errors, Found, Window};
pub use group::Group;
pub use occurrence::{Example, GroupKey, Occurrence};
pub use store::{ERRORS, GroupRow, GroupStore};
