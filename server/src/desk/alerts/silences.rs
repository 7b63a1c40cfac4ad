//! Silences and quiet by JSON.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use ops::alerts::suppress::{LONGEST_SILENCE, Silence, SilenceError, Until};
use ops::clock::{parse_rfc3339_millis, unix_millis};
use ops::events::EventKind;
use serde::Deserialize;
use utoipa::ToSchema;

use super::notifications;
use crate::alerting::alerting::new_id;
use crate::alerting::note_event;
use crate::auth::guard::{Operator, OpsReader};
use crate::desk::change::{audit, created, parsed, refused, worded};
use crate::desk::query::fresh;
use crate::desk::state::DeskState;
use crate::http::error::{ApiError, FieldError};
use crate::http::reply::deleted;
use crate::http::resource::{method_not_allowed, readable};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(
            readable(&["/api/ops/silences/"], list_silences)
                .route(web::post().to(add_silence))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            web::resource("/api/ops/silences/{id}/")
                .route(web::delete().to(end_silence))
                .default_service(method_not_allowed("DELETE")),
        )
        .service(
            web::resource("/api/ops/quiet/")
                .route(web::post().to(ask_for_quiet))
                .route(web::delete().to(end_quiet))
                .default_service(method_not_allowed("POST, DELETE")),
        );
}

/// Who is not to be told of what, and until when: one of `until`, `duration_seconds` and `until_end`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSilence {
    #[serde(default)]
    pub matchers: dto::SilenceMatchers,
    #[serde(default)]
    #[schema(min_length = 1)]
    pub reason: String,
    /// RFC 3339.
    #[serde(default)]
    pub until: Option<String>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 604800)]
    pub duration_seconds: Option<u64>,
    /// Until what it silences has ended.
    #[serde(default)]
    pub until_end: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuiet {
    #[serde(default)]
    #[schema(minimum = 1, maximum = 604800)]
    pub duration_seconds: u64,
    #[serde(default)]
    #[schema(min_length = 1)]
    pub reason: String,
}

fn invalid(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::invalid(vec![FieldError::new(field, message)])
}

/// The silences in force, and those of the last day
#[utoipa::path(get, path = "/api/ops/silences/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::Silences)))]
pub async fn list_silences(_: OpsReader, state: web::Data<DeskState>) -> HttpResponse {
    fresh(dto::Silences {
        results: notifications::silences(&state),
    })
}

/// Silences alerts for a while: nobody is told of them
#[utoipa::path(post, path = "/api/ops/silences/", tag = "desk", security(("session" = []), ("token" = [])),
    request_body = NewSilence,
    responses((status = 201, body = dto::Silence)))]
pub async fn add_silence(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: NewSilence = parsed(&request, payload).await?;
    let reason = worded("reason", &wanted.reason)?;
    let until = until(&wanted, state.alerting.now_ms())?;
    let silence = silenced(
        &request,
        &state,
        &operator,
        (wanted.matchers, reason, until),
    )
    .await?;
    let location = format!("/api/ops/silences/{}/", silence.id);
    Ok(created(location, silence))
}

fn until(wanted: &NewSilence, now_ms: i64) -> Result<Until, ApiError> {
    match (&wanted.until, wanted.duration_seconds, wanted.until_end) {
        (Some(until), None, None | Some(false)) => moment(until).map(Until::At).ok_or_else(|| {
            invalid(
                "until",
                "must be a time as RFC 3339 has it, such as 2026-01-02T03:04:05Z",
            )
        }),
        (None, Some(seconds), None | Some(false)) => {
            let ms = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
            Ok(Until::At(now_ms.saturating_add(ms)))
        }
        (None, None, Some(true)) => Ok(Until::End),
        _ => Err(invalid(
            "until",
            "is required: one of until, duration_seconds, and until_end with true",
        )),
    }
}

fn moment(text: &str) -> Option<i64> {
    let parsed = chrono::DateTime::parse_from_rfc3339(text).ok();
    parse_rfc3339_millis(text.as_bytes()).or(parsed.map(|at| unix_millis(at.into())))
}

/// Makes one, by JSON or by form.
pub async fn silenced(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    (matchers, reason, until): (dto::SilenceMatchers, String, Until),
) -> Result<dto::Silence, ApiError> {
    let setup = state.alerting.setup();
    let matchers = notifications::matchers(matchers);
    if let Some(rule) = &matchers.rule
        && !setup.rules.iter().any(|known| known.name == *rule)
    {
        return Err(invalid("rule", format!("there is no rule {rule:?}")));
    }
    let (id, now_ms) = (new_id(), state.alerting.now_ms());
    let silence = Silence::new(id, matchers, operator.name.clone(), reason, now_ms, until);
    let silence = silence.map_err(|error| {
        let field = match error {
            SilenceError::NoReason => "reason",
            SilenceError::NoMatcher => "matchers",
            SilenceError::Over | SilenceError::TooLong => "until",
        };
        invalid(field, error.to_string())
    })?;
    state.alerting.silence(silence.clone()).await;
    let shown = notifications::of_silence(&silence, &state.alerting.seen(), now_ms);
    let what = silence.matchers.to_string();
    audit(
        request,
        operator,
        ("create", "silence", &silence.id),
        &format!("{what}: {}", silence.reason),
    )
    .await;
    let detail = dto::EventDetail {
        title: Some(what),
        detail: Some(silence.reason.clone()),
        by: Some(operator.name.clone()),
        ..dto::EventDetail::default()
    };
    note_event(state, now_ms, EventKind::Silence, &detail);
    Ok(shown)
}

/// Ends a silence
#[utoipa::path(delete, path = "/api/ops/silences/{id}/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The silence's id")),
    responses((status = 204)))]
pub async fn end_silence(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    ended(&request, &state, &operator, &id).await?;
    Ok(deleted())
}

pub async fn ended(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
) -> Result<(), ApiError> {
    let silence = state.alerting.end_silence(id).await.map_err(refused)?;
    let now_ms = state.alerting.now_ms();
    let what = silence.matchers.to_string();
    audit(request, operator, ("delete", "silence", id), &what).await;
    let detail = dto::EventDetail {
        title: Some(what),
        by: Some(operator.name.clone()),
        is_end: Some(true),
        ..dto::EventDetail::default()
    };
    note_event(state, now_ms, EventKind::Silence, &detail);
    Ok(())
}

/// Asks for quiet: nobody is told of anything for a while, and all is written down
#[utoipa::path(post, path = "/api/ops/quiet/", tag = "desk", security(("session" = []), ("token" = [])),
    request_body = NewQuiet,
    responses((status = 201, body = dto::Quiet)))]
pub async fn ask_for_quiet(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: NewQuiet = parsed(&request, payload).await?;
    let quiet = quieted(&request, &state, &operator, &wanted).await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(quiet))
}

pub async fn quieted(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    wanted: &NewQuiet,
) -> Result<dto::Quiet, ApiError> {
    let reason = worded("reason", &wanted.reason)?;
    let seconds = wanted.duration_seconds;
    if !(1..=LONGEST_SILENCE.as_secs()).contains(&seconds) {
        let message = "must be a whole number of seconds from 1 to 604800, which is seven days";
        return Err(invalid("duration_seconds", message));
    }
    let lasts = Duration::from_secs(seconds);
    let quiet = state.alerting.quiet(&operator.name, &reason, lasts).await;
    audit(
        request,
        operator,
        ("create", "quiet", "quiet"),
        &format!("{seconds} s: {reason}"),
    )
    .await;
    let detail = dto::EventDetail {
        detail: Some(reason),
        by: Some(operator.name.clone()),
        seconds: Some(seconds),
        ..dto::EventDetail::default()
    };
    note_event(state, quiet.from_ms, EventKind::Quiet, &detail);
    Ok(notifications::of_quiet(&quiet))
}

/// Ends quiet
#[utoipa::path(delete, path = "/api/ops/quiet/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 204)))]
pub async fn end_quiet(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    unquieted(&request, &state, &operator).await;
    Ok(deleted())
}

/// To end what has ended already is no mistake.
pub async fn unquieted(request: &HttpRequest, state: &DeskState, operator: &Operator) {
    if !state.alerting.end_quiet().await {
        return;
    }
    audit(request, operator, ("delete", "quiet", "quiet"), "").await;
    let detail = dto::EventDetail {
        by: Some(operator.name.clone()),
        is_end: Some(true),
        ..dto::EventDetail::default()
    };
    note_event(state, state.alerting.now_ms(), EventKind::Quiet, &detail);
}
