//! Choices that the page's own script remembers, in the cookies that the server reads.

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::visit::{REFRESH_COOKIE, Refresh};

const YEAR_SECONDS: u32 = 31_536_000;

pub fn remember_refresh(refresh: Refresh) {
    remember(REFRESH_COOKIE, &refresh.seconds().unwrap_or(0).to_string());
}

/// Tells the server where the reader's clock stands. Whether that is news to it.
#[cfg(feature = "hydrate")]
pub fn remember_zone() -> bool {
    use crate::visit::ZONE_COOKIE;
    use crate::zone::Zone;

    let Some(zone) = Zone::of_browser().to_cookie() else {
        return false;
    };
    let cookie = format!("{ZONE_COOKIE}={zone}");
    let is_known = || {
        let cookies = cookies().cookie().unwrap_or_default();
        cookies.split("; ").any(|known| known == cookie)
    };
    // Where cookies are forbidden it stays unknown, and times stay in UTC.
    !is_known() && {
        remember(ZONE_COOKIE, &zone);
        is_known()
    }
}

/// There is no reader on the server.
#[cfg(not(feature = "hydrate"))]
pub fn remember_zone() -> bool {
    false
}

fn remember(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax");
    // It fails only where cookies are forbidden; then the choice holds until the page is left.
    let _ = cookies().set_cookie(&cookie);
}

fn cookies() -> HtmlDocument {
    document().unchecked_into()
}
