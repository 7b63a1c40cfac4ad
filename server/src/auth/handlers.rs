//! Signing in and out, by HTML forms that need no JavaScript.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, RETRY_AFTER};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use app::pages::{LoginError, LoginView, render_login};
use serde::Deserialize;

use super::guard::{NotForeign, SameOrigin};
use super::sign_in::Refused;
use super::{next, token};
use crate::desk::{self, assets};
use crate::error::ApiError;
use crate::middleware::{CurrentUser, RequestContext, sign_in_policy};
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

#[derive(Deserialize)]
pub struct TypedCode {
    #[serde(default)]
    code: String,
    next: Option<String>,
}

/// `GET /admin/login/`
pub async fn login_form(
    request: HttpRequest,
    state: web::Data<AppState>,
    target: web::Query<Target>,
) -> HttpResponse {
    let next = next::after_sign_in(target.next.as_deref());
    let is_staff = request
        .extensions()
        .get::<CurrentUser>()
        .is_some_and(|user| user.is_staff);
    if is_staff {
        return see_other(&next);
    }
    form(&request, &state, StatusCode::OK, next, String::new(), None).await
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
    let ip = ip_of(&request);
    let refused = match state.sign_in.attempt(username.clone(), password, ip).await {
        Ok(user) => match state.sessions.begin(&user).await {
            Ok(token) => {
                tracing::info!(username, "signed in");
                return let_in(&state, &next, token);
            }
            Err(error) => Refused::Database(error),
        },
        Err(refused) => refused,
    };
    let wrong = LoginError::WrongCredentials;
    refuse(&request, &state, refused, wrong, next, username).await
}

/// `POST /admin/login/code/`: opens the desk for reading, while the registry's database is out of
/// reach, to whoever brings a code that `agent-source-db access-code` printed on the host.
pub async fn login_by_code(
    _: NotForeign,
    request: HttpRequest,
    state: web::Data<AppState>,
    typed: web::Form<TypedCode>,
) -> Result<HttpResponse, ApiError> {
    let TypedCode { code, next } = typed.into_inner();
    let next = next::after_sign_in(next.as_deref());
    let name = String::new();
    if !state.sessions.is_registry_down().await {
        let error = LoginError::CodeNotNeeded;
        return Ok(form(
            &request,
            &state,
            StatusCode::FORBIDDEN,
            next,
            name,
            Some(error),
        )
        .await);
    }
    let ip = ip_of(&request);
    let refused = match state.sign_in.redeem(&code, ip) {
        Ok(code) => match state.sessions.begin_read_only(&code).await {
            Some(token) => {
                tracing::warn!(
                    code_id = code.id,
                    ip = ip.map(tracing::field::display),
                    "the desk was opened for an hour, for reading only, by an access code"
                );
                return let_in(&state, &next, token);
            }
            None => Refused::WrongCredentials,
        },
        Err(refused) => refused,
    };
    refuse(&request, &state, refused, LoginError::WrongCode, next, name).await
}

fn ip_of(request: &HttpRequest) -> Option<IpAddr> {
    let extensions = request.extensions();
    extensions.get::<RequestContext>()?.ip
}

fn let_in(state: &AppState, next: &str, token: String) -> Result<HttpResponse, ApiError> {
    let secure = state.config.app_env.is_production();
    let mut response = see_other(next);
    response
        .add_cookie(&token::cookie(token, secure))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

/// The form again, with what is wrong. `wrong` is the word for wrong credentials.
async fn refuse(
    request: &HttpRequest,
    state: &AppState,
    refused: Refused,
    wrong: LoginError,
    next: String,
    username: String,
) -> Result<HttpResponse, ApiError> {
    let (status, error) = match refused {
        Refused::WrongCredentials => (StatusCode::UNAUTHORIZED, wrong),
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
    let mut response = form(request, state, status, next, username, Some(error)).await;
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

async fn form(
    request: &HttpRequest,
    state: &AppState,
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
        offers_code: state.sessions.is_registry_down().await,
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, sign_in_policy()))
        .body(render_login(&view, &assets::current()))
}

fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
