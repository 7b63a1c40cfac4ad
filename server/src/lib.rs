//! agent-source-db: a registry of A2A agent cards with its operations desk built in.
//!
//! Arrows between the rooms point one way, and a test keeps them: `traces` -> `http`, `db` -> `auth` ->
//! `registry` | `desk` -> the wiring, where an arrow means that the right may use the left.

pub mod alerting;
pub mod auth;
pub mod cli;
pub mod config;
pub mod db;
pub mod desk;
mod doctor;
pub mod error_groups;
pub mod host;
pub mod http;
pub mod instances;
mod listener;
pub mod middleware;
pub mod openapi;
pub mod ops_store;
pub mod process;
pub mod registry;
mod routes;
pub mod startup;
pub mod state;
mod support_bundle;
pub mod telemetry;
pub mod traces;
pub mod traffic;

/// What the service calls itself, in answers and on the page.
pub const SERVICE_NAME: &str = "agent-source-db";
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that the binary was built from, `unknown` outside a checkout.
pub const COMMIT: &str = env!("GIT_COMMIT");
