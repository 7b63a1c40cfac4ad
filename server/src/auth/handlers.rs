//! Signing in and out, by HTML forms that need no JavaScript.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use app::pages::{LoginError, LoginView, render_login};
use serde::Deserialize;

use super::guard::{NotForeign, SameOrigin};
use super::sign_in::Refused;
use super::{next, token};
use crate::desk::{self, assets};
use crate::error::ApiError;
use crate::middleware::{CurrentUser, RequestContext};
use crate::state::AppState;

#[derive(Deserialize)]
pub struct Target {
    next: Option<String>,
}

#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

/// `GET /admin/login/`
pub async fn login_form(request: HttpRequest, target: web::Query<Target>) -> HttpResponse {
    let next = next::after_sign_in(target.next.as_deref());
    let is_staff = request
        .extensions()
        .get::<CurrentUser>()
        .is_some_and(|user| user.is_staff);
    if is_staff {
        return see_other(&next);
    }
    form(&request, StatusCode::OK, next, String::new(), None)
}

/// `POST /admin/login/`
pub async fn login(
    _: NotForeign,
    request: HttpRequest,
    state: web::Data<AppState>,
    target: web::Query<Target>,
    credentials: web::Form<Credentials>,
) -> Result<HttpResponse, ApiError> {
    let Credentials {
        username,
        password,
        next,
    } = credentials.into_inner();
    let next = next::after_sign_in(next.as_deref().or(target.next.as_deref()));
    let ip = request
        .extensions()
        .get::<RequestContext>()
        .and_then(|context| context.ip);
    let refused = match state.sign_in.attempt(username.clone(), password, ip).await {
        Ok(user) => match state.sessions.begin(&user).await {
            Ok(token) => {
                let secure = state.config.app_env.is_production();
                let mut response = see_other(&next);
                response
                    .add_cookie(&token::cookie(token, secure))
                    .map_err(|error| ApiError::internal(error.to_string()))?;
                tracing::info!(username, "signed in");
                return Ok(response);
            }
            Err(error) => Refused::Database(error),
        },
        Err(refused) => refused,
    };
    let (status, error) = match refused {
        Refused::WrongCredentials => (StatusCode::UNAUTHORIZED, LoginError::WrongCredentials),
        Refused::Throttled {
            retry_after_seconds,
        } => (
            StatusCode::TOO_MANY_REQUESTS,
            LoginError::Throttled {
                retry_after_seconds,
            },
        ),
        Refused::Password(error) => return Err(ApiError::internal(error)),
        Refused::Database(error) => {
            let error = ApiError::from(error);
            if error.status != StatusCode::SERVICE_UNAVAILABLE {
                return Err(error);
            }
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "nobody can sign in now"
            );
            (StatusCode::SERVICE_UNAVAILABLE, LoginError::Unavailable)
        }
    };
    let mut response = form(&request, status, next, username, Some(error));
    let retry_after = match error {
        LoginError::Throttled {
            retry_after_seconds,
        } => Some(retry_after_seconds),
        LoginError::Unavailable => Some(5),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// `POST /admin/logout/`
pub async fn logout(
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let user = request.extensions().get::<CurrentUser>().cloned();
    if let Some(user) = user {
        state.sessions.end(&user).await;
        tracing::info!(username = user.username, "signed out");
    }
    let mut response = see_other("/admin/login/");
    let secure = state.config.app_env.is_production();
    response
        .add_cookie(&token::removal(secure))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

fn form(
    request: &HttpRequest,
    status: StatusCode,
    next: String,
    username: String,
    error: Option<LoginError>,
) -> HttpResponse {
    let view = LoginView {
        language: desk::language(request),
        next,
        username,
        error,
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(render_login(&view, &assets::current()))
}

fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
