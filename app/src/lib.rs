//! The operations desk's pages.
//!
//! Knows no database and no server: it reaches both through [`backend::Backend`]. Built twice, as
//! native code with the feature `ssr` and as WebAssembly with `hydrate`; never with both.
//!
//! There is no client-side router: a page is a document of its own, and a link loads the next one.
//! The browser only wakes up the page that it was sent: the shell around what the server drew.

// A page is one type, and written out it is deeper than the compiler expects.
#![recursion_limit = "256"]

pub mod address;
#[cfg(feature = "ssr")]
mod api;
pub mod assets;
#[cfg(feature = "hydrate")]
mod awake;
#[cfg(feature = "ssr")]
pub mod backend;
mod cards;
#[cfg(feature = "ssr")]
mod chart;
mod chart_cursor;
mod components;
mod document;
pub mod dto;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
mod follow;
mod follow_from;
mod followed;
#[cfg_attr(
    not(feature = "ssr"),
    allow(dead_code, reason = "the texts speak of it")
)]
mod format;
mod instant;
mod live;
mod locales;
#[cfg(all(test, feature = "ssr"))]
mod log_fixtures;
pub mod log_query;
mod look;
mod matches;
mod morph;
pub mod pages;
pub mod place;
mod refetch;
mod remembered;
pub mod route_name;
pub mod visit;
pub mod zone;

#[cfg(feature = "ssr")]
pub use locales::finding_in_english;

/// Wakes up the page in the browser: attaches what is live to the HTML that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use place::Place;

    match document::place() {
        Some(Place::SystemStatus | Place::Routes | Place::Route | Place::Database) => {
            awake::shell();
        }
        Some(Place::Logs) => awake::logs(),
        Some(Place::Request) => awake::still(),
        // Without scripts, or of another build: it stays as the server sent it, and its links work.
        Some(Place::Tokens | Place::Audit) | None => {}
    }
}
