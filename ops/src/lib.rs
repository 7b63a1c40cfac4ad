//! The monitoring engine: health checks, the log pipeline, traffic, error groups, host and process,
//! the diagnosis of all of it, and the alerts.
//!
//! Here lives what any service could use to watch itself. No web framework, no database and no
//! registry may appear here; the folders know each other only through what lies beside them:
//! [`clock`], [`procfs`], [`series`], [`events`], [`single_flight`] and [`task`]. Only [`alerts`],
//! which tells what the others found, takes secrets out of its texts as [`log`](mod@log) does.

pub mod alerts;
pub mod clock;
pub mod diagnosis;
pub mod errors;
pub mod events;
pub mod export;
pub mod health;
pub mod host;
pub mod instances;
pub mod log;
pub mod procfs;
pub mod series;
pub mod single_flight;
pub mod task;
pub mod traffic;
