//! Signing in and out, by HTML forms that need no JavaScript.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use app::pages::{LoginError, LoginView, render_login};
use serde::Deserialize;

use super::guard::{self, SameOrigin};
use super::hashing_queue::Busy;
use super::identity::CurrentUser;
use super::next;
use super::same_origin::{self, Mismatch, Proof};
use super::session::READ_ONLY_LIFETIME;
use super::sign_in::Refused;
use super::state::AuthState;
use super::token::{self, LIFETIME};
use super::trace::trace_of;
use super::username::ACCESS_CODE;
use crate::http::assets;
use crate::http::content_policy::sign_in_policy;
use crate::http::error::ApiError;
use crate::http::language::language;
use crate::http::request_context::RequestContext;
use crate::http::resource::{self, method_not_allowed, readable, see_other};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(
            readable(&["/admin/login/"], login_form)
                .route(web::post().to(login))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(resource::form("/admin/login/code/", login_by_code))
        .service(resource::form("/admin/logout/", logout));
}

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
    state: web::Data<AuthState>,
    target: web::Query<Target>,
) -> HttpResponse {
    let next = next::after_sign_in(target.next.as_deref());
    let is_staff = request
        .extensions()
        .get::<CurrentUser>()
        .is_some_and(|user| user.is_staff);
    if is_staff {
        return see_other(next);
    }
    form(&request, &state, StatusCode::OK, next, String::new(), None).await
}

/// `POST /admin/login/`
pub async fn login(
    request: HttpRequest,
    state: web::Data<AuthState>,
    target: web::Query<Target>,
    credentials: web::Form<Credentials>,
) -> Result<HttpResponse, ApiError> {
    let Credentials {
        username,
        password,
        next,
    } = credentials.into_inner();
    let next = next::after_sign_in(next.as_deref().or(target.next.as_deref()));
    if let Some(error) = elsewhere(&request) {
        let status = StatusCode::FORBIDDEN;
        return Ok(form(&request, &state, status, next, username, Some(error)).await);
    }
    let ip = ip_of(&request);
    let trace = trace_of(&request, username.clone());
    let attempted = state
        .sign_in
        .attempt(username.clone(), password, ip, &trace);
    let refused = match attempted.await {
        Ok(user) => match state.sessions.begin(&user, trace).await {
            Ok(token) => {
                tracing::info!(username, "signed in");
                say_if_insecure(&request, &state);
                return let_in(&state, &next, token, LIFETIME);
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
    request: HttpRequest,
    state: web::Data<AuthState>,
    typed: web::Form<TypedCode>,
) -> Result<HttpResponse, ApiError> {
    let TypedCode { code, next } = typed.into_inner();
    let next = next::after_sign_in(next.as_deref());
    let name = String::new();
    if let Some(error) = elsewhere(&request) {
        let status = StatusCode::FORBIDDEN;
        return Ok(form(&request, &state, status, next, name, Some(error)).await);
    }
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
    let trace = trace_of(&request, ACCESS_CODE.to_owned());
    let refused = match state.sign_in.redeem(&code, ip, &trace) {
        Ok(code) => match state.sessions.begin_read_only(&code, trace).await {
            Some(token) => {
                tracing::warn!(
                    code_id = code.id,
                    ip = ip.map(tracing::field::display),
                    "the desk was opened for an hour, for reading only, by an access code"
                );
                return let_in(&state, &next, token, READ_ONLY_LIFETIME);
            }
            None => Refused::WrongCredentials,
        },
        Err(refused) => refused,
    };
    refuse(&request, &state, refused, LoginError::WrongCode, next, name).await
}

fn ip_of(request: &HttpRequest) -> Option<IpAddr> {
    RequestContext::of(request)?.ip
}

/// Says why not, if the form was sent from another site. What proves nothing is let through: there is
/// no session yet that another site could abuse, and plain HTTP clients are welcome.
fn elsewhere(request: &HttpRequest) -> Option<LoginError> {
    if same_origin::proof(request) != Proof::Foreign {
        return None;
    }
    let Mismatch { said, expected } = guard::refused_for_its_origin(request);
    Some(LoginError::CrossOrigin { said, expected })
}

/// Production's cookies are for https: whether the browser will drop the session's.
/// If so, the log says it, too.
fn say_if_insecure(request: &HttpRequest, state: &AuthState) -> bool {
    let is_https = RequestContext::of(request).is_some_and(|context| context.is_https);
    let is_insecure = state.app_env.is_production() && !is_https;
    if is_insecure {
        state.complaints.plain_http(state.clock.monotonic());
    }
    is_insecure
}

fn let_in(
    state: &AuthState,
    next: &str,
    token: String,
    lifetime: Duration,
) -> Result<HttpResponse, ApiError> {
    let secure = state.app_env.is_production();
    let mut response = see_other(next);
    response
        .add_cookie(&token::cookie(token, lifetime, secure))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

/// The form again, with what is wrong. `wrong` is the word for wrong credentials.
async fn refuse(
    request: &HttpRequest,
    state: &AuthState,
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
        Refused::Busy(Busy::ByThisNetwork) => (StatusCode::TOO_MANY_REQUESTS, LoginError::Busy),
        Refused::Busy(Busy::Everywhere) => (StatusCode::SERVICE_UNAVAILABLE, LoginError::Busy),
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
    let retry_after = match error {
        LoginError::Throttled {
            retry_after_seconds,
        } => Some(retry_after_seconds),
        LoginError::Unavailable | LoginError::Busy => Some(5),
        _ => None,
    };
    let mut response = form(request, state, status, next, username, Some(error)).await;
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// `POST /admin/logout/`
pub async fn logout(
    _: SameOrigin,
    request: HttpRequest,
    state: web::Data<AuthState>,
) -> Result<HttpResponse, ApiError> {
    let user = request.extensions().get::<CurrentUser>().cloned();
    if let Some(user) = user {
        let trace = trace_of(&request, user.username.clone());
        state.sessions.end(&user, trace).await;
        tracing::info!(username = user.username, "signed out");
    }
    let mut response = see_other("/admin/login/");
    let secure = state.app_env.is_production();
    response
        .add_cookie(&token::removal(secure))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

async fn form(
    request: &HttpRequest,
    state: &AuthState,
    status: StatusCode,
    next: String,
    username: String,
    error: Option<LoginError>,
) -> HttpResponse {
    let view = LoginView {
        language: language(request),
        next,
        username,
        error,
        offers_code: state.sessions.is_registry_down().await,
        is_insecure: say_if_insecure(request, state),
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, sign_in_policy()))
        .body(render_login(&view, &assets::current()))
}
