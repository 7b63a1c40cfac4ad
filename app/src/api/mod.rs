//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod error;
#[cfg(feature = "ssr")]
mod guard;
mod routes;
mod status;

pub use error::FetchError;
pub use routes::{fetch_route, fetch_routes};
pub use status::fetch_overview;
