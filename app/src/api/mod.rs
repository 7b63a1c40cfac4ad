//! Server functions: guard, one call on the backend, reply. Each is a public endpoint.

mod error;
#[cfg(feature = "ssr")]
mod guard;
mod logs;
mod status;

pub use error::FetchError;
pub use logs::LogsView;
#[cfg(feature = "ssr")]
pub use logs::{fetch_logs, fetch_story};
pub use status::fetch_status;
