//! Wakes up a page that stays as the server sent it. Nothing of it is rendered again: only what
//! depends on where its reader is changes, and following is hydrated alone. So a long page costs
//! no more than its times, and its views are not in the WebAssembly.

use js_sys::Date;
use leptos::prelude::{Signal, document};
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use crate::cards::log_follow::log_follow;
use crate::document::{First, first};
use crate::follow_from::{FollowFrom, PLACE_ID};
use crate::instant::Instant;
use crate::log_query::without_zone;
use crate::look::{Look, Precision, Zone};

/// `/admin/logs/`: the reader's zone, both ways, and new lines.
pub fn logs() {
    put_times_in_zone();
    read_times_in_zone();
    let Some(First { visit, data, .. }) = first::<Option<FollowFrom>>() else {
        return;
    };
    let place = document().get_element_by_id(PLACE_ID);
    let place = place.and_then(|place| place.dyn_into::<HtmlElement>().ok());
    if let (Some(from), Some(place)) = (data, place) {
        let view = move || log_follow(Look::new(visit.language, Signal::stored(None)), from);
        leptos::mount::hydrate_from(place, view).forget();
    }
}

/// Each time in the reader's zone, and each sentence that says which zone it is.
pub fn put_times_in_zone() {
    for element in all("time[datetime]") {
        let instant = element.get_attribute("datetime");
        let Some(instant) = instant.and_then(|text| Instant::parse(&text)) else {
            continue;
        };
        let precision = element.get_attribute("data-precision").unwrap_or_default();
        let precision = [Precision::Seconds, Precision::Milliseconds]
            .into_iter()
            .find(|known| known.name() == precision);
        let text = match precision {
            Some(precision) => Zone::Browser.show_clock(instant, precision),
            None => Zone::Browser.show(instant),
        };
        element.set_text_content(Some(&text));
    }
    for element in all("[data-awake]") {
        element.set_text_content(element.get_attribute("data-awake").as_deref());
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

fn all(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}
