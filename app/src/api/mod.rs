//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod database;
mod error;
#[cfg(feature = "ssr")]
mod guard;
#[cfg(feature = "ssr")]
mod logs;
mod routes;
mod status;

pub use database::fetch_database;
pub use error::FetchError;
#[cfg(feature = "ssr")]
pub use logs::{LogsView, fetch_logs, fetch_story};
pub use routes::{fetch_route, fetch_routes};
pub use status::fetch_overview;
