//! Who is asking: the session cookie, checked once, for the paths that care.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::auth::{access_code, token};
use crate::error::ApiError;
use crate::state::AppState;

/// The signed-in user; in the request's extensions if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: i64,
    pub username: String,
    pub is_staff: bool,
    pub session_id: String,
}

impl CurrentUser {
    /// Came in by an access code: see [`access_code`].
    fn only_reads(&self) -> bool {
        self.id == access_code::USER_ID
    }
}

/// What changes nothing but the visitor's own cookies.
fn is_harmless(request: &ServiceRequest) -> bool {
    let own = ["/admin/logout/", "/admin/preferences/", "/admin/login/"];
    request.method().is_safe() || own.contains(&request.path())
}

/// Health and static files must cost no query, whatever cookies come along.
fn cares(path: &str) -> bool {
    !path.starts_with("/health") && !path.starts_with("/static/")
}

pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if cares(request.path())
        && let Some(cookie) = request.cookie(token::COOKIE_NAME)
        && let Some(state) = request.app_data::<web::Data<AppState>>().cloned()
        && let Some(user) = state.sessions.identify(cookie.value()).await
    {
        if user.only_reads() && !is_harmless(&request) {
            let refusal = "An access code opens the desk for reading only.";
            let refused = request.error_response(ApiError::forbidden(refusal));
            return Ok(refused.map_into_right_body());
        }
        tracing::Span::current().record("user", user.username.as_str());
        request.extensions_mut().insert(user);
    }
    let answer = next.call(request).await?;
    Ok(answer.map_into_left_body())
}
