//! Choices that the page's own script remembers, in the cookies that the server reads.

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::view::viewer::{REFRESH_COOKIE, Refresh};

const YEAR_SECONDS: u32 = 31_536_000;

pub fn remember_refresh(refresh: Refresh) {
    remember(REFRESH_COOKIE, &refresh.seconds().unwrap_or(0).to_string());
}

fn remember(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax");
    // It fails only where cookies are forbidden; then the choice holds until the page is left.
    let _ = cookies().set_cookie(&cookie);
}

fn cookies() -> HtmlDocument {
    document().unchecked_into()
}
