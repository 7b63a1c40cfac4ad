//! The top of every live page: where one is, and what one can set.

use leptos::prelude::*;

use super::controls::{language_switch, refresh_select, sign_out};
use crate::locales::Messages;
use crate::visit::{Refresh, Visit};

/// `path` is the page's own: where the forms lead back to.
pub fn topbar(
    t: &'static Messages,
    title: &'static str,
    path: &'static str,
    visit: &Visit,
    refresh: RwSignal<Refresh>,
) -> impl IntoView + use<> {
    view! {
        <a class="skip" href="#content">{t.skip_to_content}</a>
        <header class="topbar">
            <a class="brand" href="/admin/">"agent-source-db"</a>
            <h1>{title}</h1>
            <div class="controls">
                {refresh_select(t, refresh, path)}
                {language_switch(visit.language, path.to_owned())}
                {visit.user.as_deref().map(|user| sign_out(t, user))}
            </div>
        </header>
    }
}
