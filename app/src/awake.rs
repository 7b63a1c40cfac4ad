//! Wakes up a page, as far as there is something to wake up: the shell around what refreshes itself,
//! and following on the log page. What the server drew stays as it is.

use js_sys::Date;
use leptos::prelude::{document, location};
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use web_sys::{Event, HtmlElement, HtmlInputElement};

use crate::cards::log_follow::log_follow;
use crate::document::{First, first, mark_hydrated};
use crate::follow_from::{FollowFrom, PLACE_ID};
use crate::log_query::without_zone;
use crate::look::Look;
use crate::pages::{self, Shell};
use crate::remembered::remember_zone;

/// A page that refreshes itself.
pub fn shell() {
    if let Some(First { visit, data, .. }) = first::<Shell>() {
        leptos::mount::hydrate_body(move || pages::shell(&visit, &data, String::new()));
    }
}

/// A page that shows what was asked for, and stays so.
pub fn still() {
    if remember_zone() {
        // The server did not know where the reader is. Fails nowhere that has an address.
        let _ = location().reload();
    } else {
        mark_hydrated();
    }
}

/// `/admin/logs/`: times as they are typed, and new lines.
pub fn logs() {
    still();
    read_times_in_zone();
    let Some(First { visit, data, .. }) = first::<Option<FollowFrom>>() else {
        return;
    };
    let place = document().get_element_by_id(PLACE_ID);
    let place = place.and_then(|place| place.dyn_into::<HtmlElement>().ok());
    if let (Some(from), Some(place)) = (data, place) {
        let view = move || log_follow(Look::new(&visit, None), from);
        leptos::mount::hydrate_from(place, view).forget();
    }
}

/// What is typed is what the clock on the reader's wall says; it is sent in UTC.
fn read_times_in_zone() {
    let Some(form) = document().get_element_by_id("log-filter") else {
        return;
    };
    let convert = Closure::<dyn FnMut(Event)>::new(|_| {
        for id in ["filter-since", "filter-until"] {
            let input = document().get_element_by_id(id);
            let input = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input
                && let Some(time) = in_browser_zone(&input.value())
            {
                input.set_value(&time);
            }
        }
    });
    // It fails for no element that there is.
    let _ = form.add_event_listener_with_callback("submit", convert.as_ref().unchecked_ref());
    // As long as the page lives.
    convert.forget();
}

/// `None` for what has a zone, or is no time: that goes as it is.
fn in_browser_zone(text: &str) -> Option<String> {
    let local = without_zone(text)?;
    let date = Date::new(&local.into());
    let is_time = !date.get_time().is_nan();
    is_time.then(|| String::from(date.to_iso_string()))
}
