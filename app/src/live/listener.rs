//! Listening to the whole document: what the server draws comes and goes, and needs no listeners of its
//! own.

use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use web_sys::Event;

/// For as long as the page lives.
pub fn on(name: &str, listener: impl Fn(&Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| listener(&event));
    let function = listener.as_ref().unchecked_ref();
    // It fails for no document.
    let _ = leptos::prelude::document().add_event_listener_with_callback(name, function);
    listener.forget();
}
