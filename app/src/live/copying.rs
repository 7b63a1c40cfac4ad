//! A button that copies what an address answers, and says so beside itself. Where nothing can be
//! copied, the button leads to that address.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect};
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::{Blob, BlobPropertyBag, ClipboardItem, Element, Event, Response};

use crate::live::listener::on;

/// What the button copies: an address of this server's.
const COPIES: &str = "data-copies";
/// What is said then; it goes into the element that the button controls, by `aria-controls`.
const COPIED: &str = "data-copied";

const SAID_FOR_MS: u32 = 8_000;
const PLAIN_TEXT: &str = "text/plain";

/// From now on, all over the page.
pub fn listen() {
    on("click", |event| {
        if let Some((button, address)) = button_of(event) {
            spawn_local(copy(button, address));
        }
    });
}

fn button_of(event: &Event) -> Option<(Element, String)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let button = target.closest("button[data-copies]").ok()??;
    let address = button.get_attribute(COPIES)?;
    Some((button, address))
}

async fn copy(button: Element, address: String) {
    if put(&address).await.is_err() {
        // Fails nowhere that has an address.
        let _ = leptos::prelude::location().assign(&address);
        return;
    }
    let place = button.get_attribute("aria-controls");
    let place = place.and_then(|id| leptos::prelude::document().get_element_by_id(&id));
    if let Some(place) = place {
        place.set_text_content(button.get_attribute(COPIED).as_deref());
        TimeoutFuture::new(SAID_FOR_MS).await;
        place.set_text_content(None);
    }
}

/// Some browsers let a page write there only at once, with the click: so they are given what is still to
/// come. Without a safe connection there is no clipboard at all.
async fn put(address: &str) -> Result<(), JsValue> {
    let clipboard = leptos::prelude::window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let text = future_to_promise(text_at(address.to_owned()));
    let items = Object::new();
    Reflect::set(&items, &PLAIN_TEXT.into(), &text)?;
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&items)?;
    JsFuture::from(clipboard.write(&Array::of1(&item))).await?;
    Ok(())
}

async fn text_at(address: String) -> Result<JsValue, JsValue> {
    let asked = leptos::prelude::window().fetch_with_str(&address);
    let response: Response = JsFuture::from(asked).await?.dyn_into()?;
    if !response.ok() {
        return Err(response.status().into());
    }
    let text = JsFuture::from(response.text()?).await?;
    let options = BlobPropertyBag::new();
    options.set_type(PLAIN_TEXT);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text), &options)?;
    Ok(blob.into())
}
