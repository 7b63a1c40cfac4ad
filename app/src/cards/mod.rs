//! Cards: each a pure view of one part of the status, with its own error and empty state.

pub mod checks;
pub mod data;
pub mod database;
mod error_rows;
pub mod errors;
pub mod findings;
pub mod inside;
pub mod logging;
pub mod named_queries;
pub mod service;
pub mod verdict;

#[cfg(all(test, feature = "ssr"))]
mod database_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
