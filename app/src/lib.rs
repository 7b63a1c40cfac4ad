//! The operations desk's pages.
//!
//! Knows no database and no server: it reaches both through [`backend::Backend`]. Built twice, as
//! native code with the feature `ssr` and as WebAssembly with `hydrate`; never with both.
//!
//! There is no client-side router: a page is a document of its own, and a link loads the next one.
//! The browser only wakes up the page that it was sent.

pub mod api;
pub mod assets;
#[cfg(feature = "ssr")]
pub mod backend;
mod cards;
mod components;
mod document;
pub mod dto;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
mod format;
mod instant;
mod live;
mod locales;
mod look;
pub mod pages;
mod verdict;
pub mod visit;

/// Wakes up the page in the browser: attaches what is live to the HTML that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let Some(document::First { visit, data }) = document::first() else {
        return;
    };
    leptos::mount::hydrate_body(move || pages::system_status(visit, data));
    document::mark_hydrated();
}
