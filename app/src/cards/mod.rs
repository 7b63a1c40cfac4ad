//! Cards: each a pure view of one part of what a page is made of, with its own error and empty state.

#[cfg(feature = "ssr")]
pub mod alert_rules;
#[cfg(feature = "ssr")]
pub mod channels;
#[cfg(feature = "ssr")]
pub mod checks;
#[cfg(feature = "ssr")]
pub mod data;
#[cfg(feature = "ssr")]
pub mod database;
#[cfg(feature = "ssr")]
pub mod error_group_facets;
#[cfg(feature = "ssr")]
pub mod error_group_head;
#[cfg(feature = "ssr")]
pub mod error_group_list;
#[cfg(feature = "ssr")]
pub mod error_group_rest;
#[cfg(feature = "ssr")]
pub mod error_groups;
#[cfg(feature = "ssr")]
mod error_rows;
#[cfg(feature = "ssr")]
pub mod errors;
#[cfg(feature = "ssr")]
pub mod events;
#[cfg(feature = "ssr")]
pub mod exemplars;
#[cfg(feature = "ssr")]
mod failure;
#[cfg(feature = "ssr")]
pub mod findings;
#[cfg(feature = "ssr")]
pub mod first_line;
#[cfg(feature = "ssr")]
pub mod host;
#[cfg(feature = "ssr")]
mod host_charts;
#[cfg(feature = "ssr")]
pub mod incident_alerts;
#[cfg(feature = "ssr")]
pub mod incident_charts;
#[cfg(feature = "ssr")]
pub mod incident_evidence;
#[cfg(feature = "ssr")]
mod incident_forms;
#[cfg(feature = "ssr")]
pub mod incident_head;
#[cfg(feature = "ssr")]
mod incident_row;
#[cfg(feature = "ssr")]
pub mod incident_timeline;
#[cfg(feature = "ssr")]
pub mod incidents;
#[cfg(feature = "ssr")]
pub mod inside;
#[cfg(feature = "ssr")]
pub mod instances;
#[cfg(feature = "ssr")]
pub mod last_errors;
mod line_fields;
mod line_text;
#[cfg(feature = "ssr")]
pub mod log_conditions;
#[cfg(feature = "ssr")]
pub mod log_filter;
#[cfg(feature = "ssr")]
pub mod log_histogram;
#[cfg(feature = "ssr")]
pub mod log_level;
pub mod log_lines;
#[cfg(feature = "ssr")]
pub mod log_result;
pub mod log_tail;
#[cfg(feature = "ssr")]
pub mod logging;
#[cfg(feature = "ssr")]
pub mod named_queries;
#[cfg(feature = "ssr")]
pub mod quiet;
#[cfg(feature = "ssr")]
pub mod route;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod rule_trial;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod signal_charts;
#[cfg(feature = "ssr")]
pub mod silences;
#[cfg(feature = "ssr")]
pub mod story_lines;
#[cfg(feature = "ssr")]
pub mod story_summary;
#[cfg(feature = "ssr")]
pub mod timeline;
#[cfg(feature = "ssr")]
pub mod traffic;
#[cfg(feature = "ssr")]
pub mod traffic_charts;
#[cfg(feature = "ssr")]
pub mod verdict;

#[cfg(all(test, feature = "ssr"))]
mod database_tests;
#[cfg(all(test, feature = "ssr"))]
mod error_groups_tests;
#[cfg(all(test, feature = "ssr"))]
mod host_tests;
#[cfg(all(test, feature = "ssr"))]
pub(crate) mod tests;
