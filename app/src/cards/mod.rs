//! Cards: each a pure view of one part of what a page is made of, with its own error and empty state.

pub mod checks;
pub mod data;
pub mod database;
mod error_rows;
pub mod errors;
pub mod logging;
pub mod notable;
pub mod route;
pub mod routes;
pub mod service;
pub mod traffic;
pub mod traffic_charts;
pub mod verdict;

#[cfg(all(test, feature = "ssr"))]
mod tests;
