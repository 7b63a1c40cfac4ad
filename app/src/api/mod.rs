//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod error;
#[cfg(feature = "ssr")]
mod guard;
#[cfg(feature = "ssr")]
mod logs;
mod status;

pub use error::FetchError;
#[cfg(feature = "ssr")]
pub use logs::{LogsView, fetch_logs, fetch_story};
pub use status::fetch_status;
