//! Who is asking: the session cookie, checked once, for the paths that care.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

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

pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if cares(request.path())
        && let Some(cookie) = request.cookie(token::COOKIE_NAME)
        && let Some(state) = request.app_data::<web::Data<AppState>>().cloned()
        && let Some(user) = state.sessions.identify(cookie.value()).await
    {
        tracing::Span::current().record("user", user.username.as_str());
        request.extensions_mut().insert(user);
    }
    let answer = next.call(request).await?;
    Ok(answer.map_into_left_body())
}
