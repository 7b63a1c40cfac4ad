//! Who is asking: the session cookie and the bearer token, checked once, for the paths that care.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::auth::api_token::Bearer;
use crate::auth::token;
use crate::error::ApiError;
use crate::state::AppState;

/// The signed-in user; in the request's extensions if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: i64,
    pub username: String,
    pub is_staff: bool,
    /// Came in by an access code.
    pub is_read_only: bool,
    pub session_id: String,
}

/// Health and static files must cost no query, whatever cookies come along.
fn cares(path: &str) -> bool {
    !path.starts_with("/health") && !path.starts_with("/static/")
}

/// What changes nothing but the visitor's own visit.
const OWN_AFFAIRS: [&str; 2] = ["/admin/logout/", "/admin/preferences/"];

/// Closed by default: whoever may only read is stopped here, not in each handler.
fn may_pass(user: &CurrentUser, request: &ServiceRequest) -> bool {
    !user.is_read_only || request.method().is_safe() || OWN_AFFAIRS.contains(&request.path())
}

/// The scheme's name is written in any case (RFC 9110, section 11.1).
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Of several session cookies, one that is valid counts: another host of the domain may have set one,
/// too.
async fn signed_in(request: &ServiceRequest) -> Option<CurrentUser> {
    let state = request.app_data::<web::Data<AppState>>()?.clone();
    let name = token::cookie_name(state.config.app_env.is_production());
    for token in token::brought(request.headers(), name) {
        let found = state.sessions.identify(token).await;
        if found.is_some() {
            return found;
        }
    }
    None
}

pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if cares(request.path())
        && let Some(user) = signed_in(&request).await
    {
        tracing::Span::current().record("user", user.username.as_str());
        if !may_pass(&user, &request) {
            let refusal = ApiError::forbidden(
                "An access code opens the desk for reading only. Sign in with your name to change anything.",
            );
            return Ok(request.error_response(refusal).map_into_right_body());
        }
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
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}
