//! The page asks for itself: what a reader would get now, drawn by the one function that draws it.

use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Document, DomParser, Element, RequestInit, RequestRedirect, Response,
    ResponseType, SupportedType,
};

use crate::live::refresher::{Measured, NoAnswer};

/// The element that holds what the server drew, by its id.
pub const DRAWN_ID: &str = "drawn";
/// What that element says about itself.
const GENERATED_AT: &str = "data-generated-at";
/// The verdict's state, for the tab's name and icon.
pub const STATE: &str = "data-verdict";

/// An answer that takes longer is none: better to say so than to show old numbers as new.
const TIMEOUT_MS: u32 = 5_000;

/// A document like the one that is open.
pub struct Fresh {
    document: Document,
    drawn: Element,
    generated_at: String,
}

impl Fresh {
    pub fn drawn(&self) -> &Element {
        &self.drawn
    }

    /// Of another build than the one that is open: its look, and perhaps its script, are others.
    pub fn is_of_another_build(&self, open: &Document) -> bool {
        stylesheet(&self.document) != stylesheet(open)
    }
}

impl Measured for Fresh {
    fn generated_at(&self) -> &str {
        &self.generated_at
    }
}

/// Gets the page that is open once more.
pub async fn refetch() -> Result<Fresh, NoAnswer> {
    let response = get().await.map_err(|_| NoAnswer::Unreachable)?;
    match response.status() {
        // Strangers are led to the sign-in page.
        _ if response.type_() == ResponseType::Opaqueredirect => return Err(NoAnswer::SignedOut),
        401 => return Err(NoAnswer::SignedOut),
        403 => return Err(NoAnswer::Forbidden),
        200 => {}
        _ => return Err(NoAnswer::Unreachable),
    }
    let parsed = async {
        let text = JsFuture::from(response.text()?).await?;
        let text = text.as_string().unwrap_or_default();
        DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)
    };
    let document: Document = parsed.await.map_err(|_: JsValue| NoAnswer::Unreachable)?;
    // Some proxy's page has none.
    let drawn = document.get_element_by_id(DRAWN_ID);
    let drawn = drawn.ok_or(NoAnswer::Unreachable)?;
    let generated_at = drawn.get_attribute(GENERATED_AT);
    let generated_at = generated_at.ok_or(NoAnswer::Unreachable)?;
    Ok(Fresh {
        document,
        drawn,
        generated_at,
    })
}

/// An answer that says only that there is a server.
pub struct Sign {
    /// When it came, in milliseconds since the epoch.
    at: String,
}

impl Measured for Sign {
    fn generated_at(&self) -> &str {
        &self.at
    }
}

/// Asks for a sign of life, and for nothing that costs the server anything. A proxy that answers for a
/// server that is gone does not say 200.
pub async fn sign_of_life() -> Result<Sign, NoAnswer> {
    match fetch("/health/").await {
        Ok(response) if response.status() == 200 => Ok(Sign {
            at: js_sys::Date::now().to_string(),
        }),
        _ => Err(NoAnswer::Unreachable),
    }
}

async fn get() -> Result<Response, JsValue> {
    let location = leptos::prelude::window().location();
    fetch(&(location.pathname()? + &location.search()?)).await
}

async fn fetch(address: &str) -> Result<Response, JsValue> {
    let options = RequestInit::new();
    options.set_redirect(RequestRedirect::Manual);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    let asked = leptos::prelude::window().fetch_with_str_and_init(address, &options);
    JsFuture::from(asked).await?.dyn_into()
}

fn stylesheet(document: &Document) -> Option<String> {
    let link = document.query_selector("link[rel=stylesheet]").ok()??;
    link.get_attribute("href")
}
