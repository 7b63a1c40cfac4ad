//! The operations desk's pages.
//!
//! Knows no database and no server: it reaches both through [`backend::Backend`]. Built twice, as
//! native code with the feature `ssr` and as WebAssembly with `hydrate`; never with both.
//!
//! There is no client-side router: a page is a document of its own, and a link loads the next one.
//! The browser only wakes up the page that it was sent.

// A page is one type, and written out it is deeper than the compiler expects.
#![recursion_limit = "256"]

pub mod address;
pub mod api;
pub mod assets;
#[cfg(feature = "hydrate")]
mod awake;
#[cfg(feature = "ssr")]
pub mod backend;
mod cards;
mod chart;
mod components;
mod document;
pub mod dto;
mod findings;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
mod follow;
mod follow_from;
mod followed;
mod format;
mod instant;
mod live;
mod locales;
#[cfg(all(test, feature = "ssr"))]
mod log_fixtures;
pub mod log_query;
mod look;
mod matches;
pub mod pages;
pub mod place;
pub mod route_name;
mod verdict;
pub mod visit;

/// Wakes up the page in the browser: attaches what is live to the HTML that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use place::Place;

    match document::place() {
        Some(Place::SystemStatus) => wake_up(pages::system_status),
        Some(Place::Routes) => wake_up(pages::routes),
        Some(Place::Route) => wake_up(pages::route_page),
        Some(Place::Database) => wake_up(pages::database),
        Some(Place::Logs) => {
            awake::logs();
            document::mark_hydrated();
        }
        Some(Place::Request) => {
            awake::put_times_in_zone();
            document::mark_hydrated();
        }
        // Without scripts, or of another build: it stays as the server sent it, and its links work.
        Some(Place::Tokens | Place::Audit) | None => {}
    }
}

#[cfg(feature = "hydrate")]
fn wake_up<T, V>(page: fn(visit::Visit, T) -> V)
where
    T: serde::de::DeserializeOwned + 'static,
    V: leptos::IntoView + 'static,
{
    let Some(document::First { visit, data, .. }) = document::first() else {
        return;
    };
    leptos::mount::hydrate_body(move || page(visit, data));
    document::mark_hydrated();
}
