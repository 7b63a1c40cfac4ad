//! Hydrates a page, as far as there is something to hydrate: the shell around what refreshes itself,
//! and following on the log page. What the server drew stays as it is.

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::cards::log_tail::log_tail;
use crate::document::{First, first, mark_hydrated};
use crate::live::tail_start::{PLACE_ID, TailStart};
use crate::pages::{self, LOOKOUT_ID, Shell};
use crate::view::settings::ViewSettings;

/// A page that refreshes itself.
pub fn shell() {
    let Some(First {
        title,
        viewer,
        state,
        data,
        ..
    }) = first::<Shell>()
    else {
        return;
    };
    leptos::mount::hydrate_body(move || pages::shell(&viewer, &title, state, &data, String::new()));
}

/// A page that shows what was asked for, and stays so: it says no more than that the server is silent.
pub fn still() {
    if let (Some(first), Some(element)) = (first::<serde_json::Value>(), element(LOOKOUT_ID)) {
        let view = move || pages::lookout(&first.viewer, &first.title, first.state);
        leptos::mount::hydrate_from(element, view).forget();
    }
    mark_hydrated();
}

/// `/admin/logs/`: new lines, too.
pub fn logs() {
    still();
    let Some(First { viewer, data, .. }) = first::<Option<TailStart>>() else {
        return;
    };
    if let (Some(from), Some(place)) = (data, element(PLACE_ID)) {
        let view = move || log_tail(ViewSettings::new(&viewer, None), from);
        leptos::mount::hydrate_from(place, view).forget();
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
