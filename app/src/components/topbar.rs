//! The top of every live page: where one is, where else one can go, and what one can set.

use leptos::prelude::*;

use super::controls::{language_switch, refresh_select, sign_out};
use super::search_box::search_box;
use crate::address::page::Page;
use crate::locales::Messages;
use crate::view::viewer::{Refresh, Viewer};

/// `here` is the page's own path with the state that it is in: where the forms lead back to.
/// `refresh` is `None` on pages that do not refresh themselves.
pub fn topbar(
    t: &'static Messages,
    place: Page,
    here: String,
    viewer: &Viewer,
    refresh: Option<RwSignal<Refresh>>,
) -> impl IntoView + use<> {
    view! {
        <a class="skip" href="#content">{t.skip_to_content}</a>
        <header class="topbar">
            <a class="brand" href="/admin/">"agent-source-db"</a>
            <h1>{place.title(t)}</h1>
            {navigation(t, place)}
            {search_box(t)}
            <div class="controls">
                {refresh.map(|refresh| refresh_select(t, refresh, here.clone()))}
                {language_switch(viewer.language, here)}
                {viewer.user.as_deref().map(|user| sign_out(t, user))}
            </div>
        </header>
    }
}

/// A link each; with one page only there is nowhere to go.
fn navigation(t: &'static Messages, here: Page) -> Option<impl IntoView> {
    let links: Vec<_> = Page::NAVIGATION
        .into_iter()
        .map(|place| {
            let current = (place == here).then_some("page");
            view! {
                <li>
                    <a href=place.path() aria-current=current>{place.title(t)}</a>
                </li>
            }
        })
        .collect();
    (links.len() > 1).then(|| {
        view! {
            <nav class="navigation" aria-label=t.pages>
                <ul>{links}</ul>
            </nav>
        }
    })
}
