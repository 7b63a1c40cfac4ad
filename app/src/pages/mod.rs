//! Pages: each a title and a list of cards.
//!
//! Each is a complete document, drawn by the server. The live ones are drawn anew at each refresh,
//! inside a shell that the browser wakes up; signing in and errors are plain text.

#[cfg(feature = "ssr")]
mod api_docs;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod database;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod login;
#[cfg(feature = "ssr")]
mod logs;
#[cfg(feature = "ssr")]
mod plain;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
mod route;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod served;
mod shell;
#[cfg(feature = "ssr")]
mod system_status;
#[cfg(feature = "ssr")]
mod tokens;

#[cfg(feature = "ssr")]
pub use api_docs::{ApiDocs, ApiField, ApiGroup, ApiOperation, render_api_docs};
#[cfg(feature = "ssr")]
pub use audit::{AuditRow, AuditView, render_audit};
#[cfg(feature = "ssr")]
pub use database::database_document;
#[cfg(feature = "ssr")]
pub use error::{ErrorView, render_error};
#[cfg(feature = "ssr")]
pub use login::{LoginError, LoginView, render_login};
#[cfg(feature = "ssr")]
pub use logs::logs_document;
#[cfg(feature = "ssr")]
pub use request::request_document;
#[cfg(feature = "ssr")]
pub use route::route_document;
#[cfg(feature = "ssr")]
pub use routes::routes_document;
#[cfg(feature = "hydrate")]
pub(crate) use shell::{LOOKOUT_ID, Shell, lookout, shell};
#[cfg(feature = "ssr")]
pub use system_status::system_status_document;
#[cfg(feature = "ssr")]
pub use tokens::{NewTokenView, TokenError, TokenRow, TokensView, render_tokens};

#[cfg(all(test, feature = "ssr"))]
mod log_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
