//! Cards: each a pure view of one part of what a page is made of, with its own error and empty state.

pub mod checks;
pub mod data;
pub mod database;
mod error_rows;
pub mod errors;
pub mod findings;
pub mod inside;
mod line_fields;
#[cfg(feature = "ssr")]
pub mod log_conditions;
#[cfg(feature = "ssr")]
pub mod log_filter;
pub mod log_follow;
#[cfg(feature = "ssr")]
pub mod log_histogram;
#[cfg(feature = "ssr")]
pub mod log_level;
pub mod log_lines;
#[cfg(feature = "ssr")]
pub mod log_result;
pub mod logging;
pub mod named_queries;
pub mod notable;
pub mod route;
pub mod routes;
pub mod service;
#[cfg(feature = "ssr")]
pub mod story_lines;
#[cfg(feature = "ssr")]
pub mod story_summary;
pub mod traffic;
pub mod traffic_charts;
pub mod verdict;

#[cfg(all(test, feature = "ssr"))]
mod database_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
