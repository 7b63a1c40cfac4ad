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

mod access_code;
mod admin_pages;
mod alert_calendar;
mod alert_certificates;
mod alert_complaints;
mod alert_faults;
mod alert_gap;
mod alert_mail;
mod alert_outage;
mod alert_peers;
mod alert_replicas;
mod alerts;
mod audit;
mod backup;
mod bodies;
mod bulk;
mod cli;
mod cli_alerts;
mod cli_doctor;
mod cli_logs;
mod cli_status;
mod cli_support_bundle;
mod cli_users;
mod configuration;
mod connections;
mod database_page;
mod db_failover;
mod db_poolers;
mod db_read_only;
mod db_tls;
mod desk;
mod desk_without_database;
mod error_facets;
mod error_groups;
mod error_states;
mod errors;
mod faults;
mod file_modes;
mod health;
mod host;
mod instances;
mod log_crash;
mod log_disk;
mod log_files;
mod log_level;
mod log_lines;
mod log_pages;
mod log_refusals;
mod log_secrets;
mod log_traces;
mod logs_follow;
mod logs_search;
mod metrics;
mod openapi;
mod paths;
mod probe_load;
mod proxy;
mod proxy_locations;
mod proxy_outage;
mod proxy_static;
mod proxy_switches;
mod readiness;
mod registry_access;
mod registry_bodies;
mod registry_budget;
mod registry_cards;
mod registry_lists;
mod registry_namespaces;
mod registry_public;
mod registry_races;
mod registry_schemas;
mod registry_validity;
mod replicas;
mod request_ids;
mod resets;
mod rights_without_database;
mod schema;
mod sentry;
mod sentry_outage;
mod service_manager;
mod sessions;
mod shutdown;
mod sign_in;
mod sign_in_https;
mod sign_in_memory;
mod sign_in_names;
mod signals;
mod store_faults;
mod throttle;
mod tokens;
mod traces;
mod traffic;
mod traffic_pages;
mod upgrade;
mod verdict;
mod watching;
