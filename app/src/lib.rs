//! The operations desk's pages.
//!
//! Knows no database and no server: it reaches both through [`backend::Backend`]. Built twice, as
//! native code with the feature `ssr` and as WebAssembly with `hydrate`; never with both.
//!
//! There is no client-side router: a page is a document of its own, and a link loads the next one.
//! The browser only hydrates the page that it was sent: the shell around what the server drew.

// A page is one type, and written out it is deeper than the compiler expects.
#![recursion_limit = "256"]

pub mod address;
pub mod assets;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "hydrate")]
mod boot;
mod cards;
#[cfg(feature = "ssr")]
mod chart;
mod components;
mod document;
pub mod dto;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
mod live;
mod locales;
pub mod pages;
pub mod view;

#[cfg(feature = "ssr")]
pub use locales::{ago_in_english, finding_in_english, finding_words, timeline_words};

/// Hydrates the page in the browser: attaches what is live to the HTML that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use document::Hydrated;

    match document::hydrated() {
        Some(Hydrated::Shell) => boot::shell(),
        Some(Hydrated::Lookout) => boot::still(),
        Some(Hydrated::Tail) => boot::logs(),
        // It stays as the server sent it, and its links work.
        None => {}
    }
}
