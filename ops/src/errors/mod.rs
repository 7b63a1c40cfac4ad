//! Errors by what they are: ERROR lines and panics, grouped and counted.
//!
//! The way of a line: the log hands over what it wrote, redacted already → `occurrence` reads what
//! it is about → `normalise` takes out what differs from one time to the next → [`GroupKey`] →
//! `memory` counts it by the minute → [`Errors`] writes the groups to their [store](GroupStore) and the
//! hours as a [series](crate::series), and reads those of other processes and earlier runs back. What
//! people say of a group is its [`GroupState`].

mod counts;
mod engine;
#[cfg(test)]
mod engine_fixture;
#[cfg(test)]
mod engine_tests;
mod group;
mod memory;
mod normalise;
mod occurrence;
mod people;
#[cfg(test)]
mod people_tests;
mod standing;
mod store;
mod window;

pub use counts::MinuteCounts;
pub use engine::{Errors, Found};
pub use group::Group;
pub use occurrence::{Example, GroupKey, Occurrence};
pub use people::{Told, Unchanged};
pub use standing::{
    Activity, Back, Care, Change, GroupState, News, Novelty, Said, Sight, Standing, Word,
};
pub use store::{ERRORS, Entry, EntryKind, GroupRow, GroupStore};
pub use window::Window;
