//! Keeps the house's rules, which no compiler knows: who may depend on whom, and how long a file
//! may grow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

mod circles;
mod crates;
mod deploy;
mod files;
mod folders;
mod modules;
mod observability;
mod rooms;
mod source;
mod style;
mod tokens;
