//! The monitoring engine: health checks, the log pipeline, traffic, error groups.
//!
//! Here lives what any service could use to watch itself. No web framework, no database and no
//! registry may appear here; the folders know each other only through [`clock`] and [`store`].

pub mod clock;
pub mod errors;
pub mod health;
pub mod log;
pub mod store;
pub mod traffic;
