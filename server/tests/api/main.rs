//! Black-box tests: each runs the real binary in a directory of its own, over HTTP, on SQLite and on
//! a real PostgreSQL that it starts itself. What is expected here is the contract with the outside;
//! nothing of the server's inside is called.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

#[macro_use]
mod support;

mod cli;
mod cli_logs;
mod cli_users;
mod configuration;
mod desk;
mod desk_without_database;
mod errors;
mod faults;
mod health;
mod log_crash;
mod log_files;
mod log_level;
mod log_lines;
mod log_pages;
mod log_secrets;
mod log_traces;
mod logs_follow;
mod logs_search;
mod probe_load;
mod readiness;
mod replicas;
mod request_ids;
mod resets;
mod schema;
mod sessions;
mod shutdown;
mod sign_in;
mod throttle;
mod traffic;
