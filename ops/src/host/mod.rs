//! The host and the process over time: processor, memory, files, disks, runtime and connections.
//!
//! Every [`SAMPLE_EVERY`] each [`Source`] looks once. [`Host`] records what they found in the running
//! minute of a [series](crate::series), as count, sum, minimum, maximum and last value of each
//! [`Gauge`]. What can't be read is absent, never 0.

mod cpu;
mod disk;
mod encoding;
mod files;
mod gauge;
#[cfg(test)]
mod hanging_store_tests;
#[expect(
    clippy::module_inception,
    reason = "the folder's one type for the outside"
)]
mod host;
#[cfg(test)]
mod host_tests;
mod levels;
mod source;
mod system;

pub use cpu::processor_time;
pub use disk::{Space, space};
pub use gauge::{Gauge, Sample};
pub use host::{HOST, Host, HostSummary, SAMPLE_EVERY};
pub use levels::{Level, Levels};
pub use source::Source;
pub use system::{Directories, System};
