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

mod backup;
mod cli;
mod cli_users;
mod configuration;
mod desk;
mod desk_without_database;
mod errors;
mod faults;
mod health;
mod log_files;
mod log_lines;
mod log_secrets;
mod probe_load;
mod proxy;
mod proxy_outage;
mod proxy_static;
mod proxy_switches;
mod readiness;
mod replicas;
mod request_ids;
mod resets;
mod schema;
mod sentry;
mod sentry_outage;
mod service_manager;
mod sessions;
mod shutdown;
mod sign_in;
mod throttle;
mod traffic;
