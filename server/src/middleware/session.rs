//! Who is asking: the session cookie and the bearer token, checked once, for the paths that care.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::auth::api_token::Bearer;
use crate::auth::token;
use crate::state::AppState;

/// The signed-in user; in the request's extensions if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: i64,
    pub username: String,
    pub is_staff: bool,
    pub session_id: String,
}

/// Health and static files must cost no query, whatever cookies come along.
fn cares(path: &str) -> bool {
    !path.starts_with("/health") && !path.starts_with("/static/")
}

/// The scheme's name is written in any case (RFC 9110, section 11.1).
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if cares(request.path())
        && let Some(cookie) = request.cookie(token::COOKIE_NAME)
        && let Some(state) = request.app_data::<web::Data<AppState>>().cloned()
        && let Some(user) = state.sessions.identify(cookie.value()).await
    {
        tracing::Span::current().record("user", user.username.as_str());
        request.extensions_mut().insert(user);
    }
    if request.path().starts_with("/api/")
        && let Some(token) = bearer(&request)
        && let Some(state) = request.app_data::<web::Data<AppState>>()
    {
        let bearer = state.api_tokens.identify(token).await;
        if let Bearer::Known(token) = &bearer {
            tracing::Span::current().record("user", token.as_user().as_str());
        }
        request.extensions_mut().insert(bearer);
    }
    next.call(request).await
}
