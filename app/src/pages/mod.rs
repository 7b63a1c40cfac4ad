//! Pages: each a title and a list of cards.
//!
//! Each is a complete document. The live ones carry the data that they were made of, and the browser
//! wakes them up with it; signing in and errors are plain text.

#[cfg(feature = "ssr")]
mod api_docs;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod quiet;
mod system_status;
#[cfg(feature = "ssr")]
mod tokens;

#[cfg(feature = "ssr")]
pub use api_docs::{ApiDocs, ApiField, ApiGroup, ApiOperation, render_api_docs};
#[cfg(feature = "ssr")]
pub use audit::{AuditRow, AuditView, render_audit};
#[cfg(feature = "ssr")]
pub use error::{ErrorView, render_error};
#[cfg(feature = "ssr")]
pub use login::{LoginError, LoginView, render_login};
#[cfg(feature = "hydrate")]
pub(crate) use system_status::system_status;
#[cfg(feature = "ssr")]
pub use system_status::system_status_document;
#[cfg(feature = "ssr")]
pub use tokens::{TokenError, TokenRow, TokensView, render_tokens};

#[cfg(all(test, feature = "ssr"))]
mod tests;
