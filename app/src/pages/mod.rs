//! Pages: each a file with its definition, its load and its view, and a line in [`PAGES`].
//!
//! Each is a complete document, drawn by the server. The live ones are drawn anew at each refresh,
//! inside a shell that the browser hydrates; signing in and errors are plain text.

#[cfg(feature = "ssr")]
mod alerts;
#[cfg(feature = "ssr")]
mod api_docs;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod database;
#[cfg(feature = "ssr")]
mod definition;
#[cfg(feature = "ssr")]
mod disabled;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod error_group;
#[cfg(feature = "ssr")]
mod errors;
#[cfg(feature = "ssr")]
mod in_terminal;
#[cfg(feature = "ssr")]
mod incident;
#[cfg(feature = "ssr")]
mod incidents;
#[cfg(feature = "ssr")]
mod load;
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
mod timeline;
#[cfg(feature = "ssr")]
mod tokens;

#[cfg(feature = "ssr")]
use crate::address::with_query;
#[cfg(feature = "ssr")]
use crate::components::menu::{MenuItem, MenuState};
#[cfg(feature = "ssr")]
use crate::view::viewer::Viewer;

#[cfg(feature = "ssr")]
pub use crate::components::field::RefusedForm;
#[cfg(feature = "ssr")]
pub use crate::locales::pages::PageTitle;
#[cfg(feature = "ssr")]
pub use api_docs::{ApiDocs, ApiField, ApiGroup, ApiOperation, render_api_docs};
#[cfg(feature = "ssr")]
pub use audit::{AuditRow, AuditView, PAGE as AUDIT, render_audit};
#[cfg(feature = "ssr")]
pub use definition::{Configured, Drawing, Menu, PageDefinition};
#[cfg(feature = "ssr")]
pub use error::{ErrorView, render_error};
#[cfg(feature = "ssr")]
pub use in_terminal::{TerminalLine, Tone, status_in_terminal};
#[cfg(feature = "ssr")]
pub use login::{LoginError, LoginView, render_login};
#[cfg(feature = "ssr")]
pub use plain::PlainView;
#[cfg(feature = "ssr")]
pub use served::OpenNow;
#[cfg(feature = "hydrate")]
pub(crate) use shell::{LOOKOUT_ID, Shell, lookout, shell};
#[cfg(feature = "ssr")]
pub use tokens::{NewTokenView, PAGE as TOKENS, TokenError, TokenRow, TokensView, render_tokens};

/// All pages of the desk, in the menu's order. The menu, the server's routes, the API's document and
/// the tests that walk all pages go by it.
#[cfg(feature = "ssr")]
pub static PAGES: [&PageDefinition; 14] = [
    &system_status::PAGE,
    &incidents::PAGE,
    &incident::PAGE,
    &alerts::PAGE,
    &errors::PAGE,
    &error_group::PAGE,
    &routes::PAGE,
    &route::PAGE,
    &logs::PAGE,
    &request::PAGE,
    &timeline::PAGE,
    &database::PAGE,
    &tokens::PAGE,
    &audit::PAGE,
];

/// What the menu shows on the page that is open.
#[cfg(feature = "ssr")]
fn menu_items(
    open: &'static PageDefinition,
    viewer: &Viewer,
    configured: &Configured,
    kept: &[(&'static str, String)],
) -> Vec<MenuItem> {
    items_of(&PAGES, open, viewer, configured, kept)
}

#[cfg(feature = "ssr")]
fn items_of(
    pages: &[&'static PageDefinition],
    open: &'static PageDefinition,
    viewer: &Viewer,
    configured: &Configured,
    kept: &[(&'static str, String)],
) -> Vec<MenuItem> {
    let t = viewer.language.messages();
    let shown = pages.iter().filter(|page| page.menu != Menu::Hidden);
    let items = shown.map(|page| MenuItem {
        path: with_query(page.path, kept.iter().cloned()),
        title: page.title.text(viewer.language).to_owned(),
        state: match page.missing(configured) {
            Some(variable) => MenuState::Disabled((t.set_to_enable)(variable)),
            None if page.path == open.path => MenuState::Current,
            None => MenuState::Link,
        },
    });
    items.collect()
}

#[cfg(all(test, feature = "ssr"))]
mod error_group_tests;
#[cfg(all(test, feature = "ssr"))]
mod incident_tests;
#[cfg(all(test, feature = "ssr"))]
mod log_tests;
#[cfg(all(test, feature = "ssr"))]
mod menu_tests;
#[cfg(all(test, feature = "ssr"))]
mod notification_tests;
#[cfg(all(test, feature = "ssr"))]
mod test_backend;
#[cfg(all(test, feature = "ssr"))]
mod tests;
