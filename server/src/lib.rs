//! agent-source-db: a registry of A2A agent cards with its operations desk built in.

mod audit_trail;
pub mod auth;
mod bring_up;
pub mod cli;
pub mod client_ip;
pub mod config;
mod connections;
pub mod db;
pub mod desk;
pub mod error;
pub mod error_groups;
pub mod health;
pub mod host;
pub mod instances;
mod listener;
pub mod logs;
pub mod middleware;
pub mod ops_store;
pub mod phase;
mod private_files;
pub mod process;
pub mod refusals;
pub mod registry;
pub mod request_id;
mod routes;
mod sentry_report;
mod service_manager;
pub mod startup;
pub mod state;
pub mod telemetry;
pub mod trace_context;
pub mod traffic;

/// What the service calls itself, in answers and on the page.
pub const SERVICE_NAME: &str = "agent-source-db";
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that the binary was built from, `unknown` outside a checkout.
pub const COMMIT: &str = env!("GIT_COMMIT");
