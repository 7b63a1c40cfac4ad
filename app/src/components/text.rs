//! Text that somebody else wrote: always text, never markup, and unable to disturb what is around.

use leptos::prelude::*;

use crate::view::numbers::visible;

/// `<bdi>` keeps right-to-left text from turning its surroundings.
pub fn foreign(text: &str) -> impl IntoView + use<> {
    view! { <bdi>{visible(text)}</bdi> }
}

/// As markup that is that text and nothing else, within an element or a value in double quotes.
#[cfg(feature = "ssr")]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
