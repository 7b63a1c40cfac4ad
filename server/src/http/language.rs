//! In which language a visitor is answered.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use app::view::viewer::{LANGUAGE_COOKIE, Language};

/// The remembered language, else the one that the browser asks for.
pub fn language(request: &HttpRequest) -> Language {
    let remembered = request.cookie(LANGUAGE_COOKIE);
    remembered
        .and_then(|cookie| Language::from_tag(cookie.value()))
        .unwrap_or_else(|| {
            let accepted = request.headers().get(ACCEPT_LANGUAGE);
            let accepted = accepted.and_then(|value| value.to_str().ok());
            Language::negotiate(accepted.unwrap_or_default())
        })
}
