//! The host and the process over time: processor, memory, files, disks, runtime, connections, and what
//! happened to the instances meanwhile.
//!
//! The way of a sample: every [`SAMPLE_EVERY`] each [`Source`] looks once → `own` records it in the
//! running minute, as count, sum, minimum, maximum and last value of each [`Gauge`] → [`Host`] writes
//! the minutes to its [store](HostStore) and reads those of other processes and earlier runs →
//! [`HostSummary`] merges both. In the store minutes are rolled up to hours, and these to days
//! (`history`), which are kept longer. What can't be read is absent, never 0.

mod cpu;
mod disk;
mod encoding;
mod event;
mod files;
mod gauge;
mod history;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
mod host;
#[cfg(test)]
mod host_tests;
mod levels;
mod own;
mod reading;
mod rows;
mod source;
mod store;
mod system;

pub use encoding::{Corrupt, EncodedLevels};
pub use event::{Event, EventKind};
pub use gauge::{Gauge, Sample};
pub use host::{Host, SAMPLE_EVERY};
pub use levels::{Level, Levels};
pub use reading::{HostPoint, HostSummary};
pub use rows::HostRow;
pub use source::Source;
pub use store::{HostStore, MemoryHostStore};
pub use system::{Directories, System};
