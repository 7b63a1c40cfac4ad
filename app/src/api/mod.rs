//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod error;
mod status;

pub use error::FetchError;
pub use status::fetch_overview;
