//! The search box of every live page: an id leads to its request's story, anything else to the logs.

use leptos::prelude::*;

use crate::locales::Messages;

pub fn search_box(t: &'static Messages) -> AnyView {
    view! {
        <form class="search-box" role="search" method="get" action="/admin/find/">
            <input
                type="search"
                name="q"
                required
                maxlength="200"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=t.log.find_placeholder
                aria-label=t.log.find_hint
                data-testid="find"
            />
            <button>{t.log.find}</button>
        </form>
    }
    .into_any()
}
