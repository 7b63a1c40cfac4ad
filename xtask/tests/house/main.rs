//! Keeps the house's rules, which no compiler knows: who may depend on whom, and how long a file
//! may grow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod crates;
mod deploy;
mod files;
mod folders;
mod source;
mod style;
