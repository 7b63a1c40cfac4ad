//! `POST /admin/preferences/`: remembers a visitor's language and refresh interval, without
//! JavaScript and without an account.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::LOCATION;
use actix_web::web::{self, ServiceConfig};
use app::view::viewer::{LANGUAGE_COOKIE, Language, REFRESH_COOKIE, Refresh};
use serde::Deserialize;

use crate::auth::guard::SameOrigin;
use crate::auth::next;
use crate::auth::state::AuthState;
use crate::http::error::ApiError;
use crate::http::resource::form;

pub fn configure(service: &mut ServiceConfig) {
    service.service(form("/admin/preferences/", remember));
}

#[derive(Deserialize)]
pub struct Preferences {
    language: Option<String>,
    refresh: Option<String>,
    next: Option<String>,
}

pub async fn remember(
    _: SameOrigin,
    state: web::Data<AuthState>,
    form: web::Form<Preferences>,
) -> Result<HttpResponse, ApiError> {
    let secure = state.app_env.is_production();
    let mut response = HttpResponse::SeeOther();
    if let Some(tag) = &form.language {
        let language = Language::from_tag(tag)
            .ok_or_else(|| ApiError::bad_request("language: must be zh-CN or en."))?;
        response.cookie(cookie(LANGUAGE_COOKIE, language.tag().to_owned(), secure));
    }
    if let Some(seconds) = &form.refresh {
        let refresh = seconds
            .parse()
            .ok()
            .and_then(Refresh::from_seconds)
            .ok_or_else(|| {
                ApiError::bad_request("refresh: must be 1, 5, 15, 30, 60 or 0 for paused.")
            })?;
        let seconds = refresh.seconds().unwrap_or(0).to_string();
        response.cookie(cookie(REFRESH_COOKIE, seconds, secure));
    }
    let target = next::local_path(form.next.as_deref());
    Ok(response.insert_header((LOCATION, target)).finish())
}

/// No secret: the page's own script writes one of them.
fn cookie(name: &'static str, value: String, secure: bool) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(Duration::days(365))
        .finish()
}
