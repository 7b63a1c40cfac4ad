//! The top of every page of the desk: where one is, where else one can go, and what one can set.

use leptos::prelude::*;

use super::controls::{language_switch, refresh_select, sign_out};
use super::menu::{MenuItem, menu};
use super::search_box::search_box;
use crate::view::viewer::{Refresh, Viewer};

/// `here` is the page's own path with the state that it is in: where the forms lead back to.
/// `refresh` is `None` on pages that do not refresh themselves.
pub fn topbar(
    viewer: &Viewer,
    title: String,
    items: &[MenuItem],
    here: String,
    refresh: Option<RwSignal<Refresh>>,
) -> AnyView {
    let t = viewer.language.messages();
    view! {
        <a class="skip" href="#content">{t.skip_to_content}</a>
        <header class="topbar">
            <a class="brand" href="/admin/">"agent-source-db"</a>
            <h1>{title}</h1>
            {menu(t, items)}
            {search_box(t)}
            <div class="controls">
                {refresh.map(|refresh| refresh_select(t, refresh, here.clone()))}
                {language_switch(viewer.language, here)}
                {viewer.user.as_deref().map(|user| sign_out(t, user))}
            </div>
        </header>
    }
    .into_any()
}
