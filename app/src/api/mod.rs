//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod database;
mod error;
#[cfg(feature = "ssr")]
mod guard;
mod status;

pub use database::fetch_database;
pub use error::FetchError;
pub use status::fetch_status;
