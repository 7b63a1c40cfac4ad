//! Pages: each a title and a list of cards.
//!
//! Each is a complete document. The live ones carry the data that they were made of, and the browser
//! wakes them up with it; signing in and errors are plain text.

#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod logs;
#[cfg(feature = "ssr")]
mod request;
mod system_status;

#[cfg(feature = "ssr")]
pub use error::{ErrorView, render_error};
#[cfg(feature = "ssr")]
pub use login::{LoginError, LoginView, render_login};
#[cfg(feature = "ssr")]
pub use logs::logs_document;
#[cfg(feature = "ssr")]
pub use request::request_document;
#[cfg(feature = "hydrate")]
pub(crate) use system_status::system_status;
#[cfg(feature = "ssr")]
pub use system_status::system_status_document;

#[cfg(all(test, feature = "ssr"))]
mod log_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
