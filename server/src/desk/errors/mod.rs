//! Errors by what they are, as JSON, and what people say of them.

mod facets;
pub mod find;
mod forms;

use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use ops::alerts::duration;
use ops::clock::unix_millis;
use ops::errors::{Change, Unchanged};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use super::change::{Note, audit, away, created, noted, parsed, worded};
use super::query::{asked_for, fresh};
use super::state::DeskState;
use crate::auth::guard::{Operator, OpsReader};
use crate::http::error::{ApiError, FieldError};
use crate::http::resource::{method_not_allowed, read_only};

/// Nobody remembers a mute that is older.
const MOST_DAYS: i64 = 366;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/ops/errors/"], errors))
        .service(
            web::resource("/api/ops/errors/{id}/resolve/")
                .route(web::post().to(resolve))
                .route(web::delete().to(reopen))
                .default_service(method_not_allowed("POST, DELETE")),
        )
        .service(
            web::resource("/api/ops/errors/{id}/mute/")
                .route(web::post().to(mute))
                .route(web::delete().to(unmute))
                .default_service(method_not_allowed("POST, DELETE")),
        )
        .service(
            web::resource("/api/ops/errors/{id}/notes/")
                .route(web::post().to(add_note))
                .default_service(method_not_allowed("POST")),
        )
        .service(read_only(&["/api/ops/errors/{id}/"], show_error))
        .configure(super::forms::configure::<forms::ErrorForms>);
}

#[derive(OpenApi)]
#[openapi(
    paths(errors, show_error, resolve, reopen, mute, unmute, add_note),
    components(schemas(Resolution, Mute, Note))
)]
pub struct Operations;

/// What was done about it, if anything is to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ErrorResolution)]
pub struct Resolution {
    #[serde(default)]
    #[schema(max_length = 10000)]
    reason: String,
}

/// Why nobody has to hear of it: until `until`, for `lasts`, or with neither until it is unmuted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ErrorMute)]
pub struct Mute {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 10000)]
    reason: String,
    /// RFC 3339.
    #[serde(default)]
    until: Option<String>,
    /// Such as `7d`.
    #[serde(default)]
    lasts: Option<String>,
}

/// Errors by what they are, the most frequent first
#[utoipa::path(get, path = "/api/ops/errors/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::ErrorGroups)))]
pub async fn errors(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let (period, filter) = asked_for(&state, &request).await?;
    Ok(fresh(find::list(&state, period, &filter).await))
}

async fn found(
    state: &DeskState,
    request: &HttpRequest,
    id: &str,
) -> Result<dto::ErrorGroupReport, ApiError> {
    let (period, filter) = asked_for(state, request).await?;
    match find::report(state, id, period, &filter).await {
        Ok(Some((report, _))) => Ok(report),
        Ok(None) => Err(ApiError::not_found()),
        Err(_) => Err(away()),
    }
}

/// One error group: its course, whom it hits, examples, and what was said of it
#[utoipa::path(get, path = "/api/ops/errors/{id}/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The group's id"),
        ("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::ErrorGroupReport)))]
pub async fn show_error(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Resolves a group; its next error opens it again
#[utoipa::path(post, path = "/api/ops/errors/{id}/resolve/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The group's id")),
    request_body = Resolution,
    responses((status = 200, body = dto::ErrorGroupReport)))]
pub async fn resolve(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: Resolution = parsed(&request, payload).await?;
    let reason = if_any("reason", &wanted.reason)?;
    say(&request, &state, &operator, &id, (Change::Resolve, &reason)).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Takes a resolution back; of a group that came back: it is known now
#[utoipa::path(delete, path = "/api/ops/errors/{id}/resolve/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 200, body = dto::ErrorGroupReport)))]
pub async fn reopen(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    say(&request, &state, &operator, &id, (Change::Reopen, "")).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Mutes a group: it is counted on, and raises no alert
#[utoipa::path(post, path = "/api/ops/errors/{id}/mute/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The group's id")),
    request_body = Mute,
    responses((status = 200, body = dto::ErrorGroupReport)))]
pub async fn mute(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let wanted: Mute = parsed(&request, payload).await?;
    let reason = worded("reason", &wanted.reason)?;
    let until_ms = until(&state, wanted.until.as_deref(), wanted.lasts.as_deref())?;
    let change = Change::Mute { until_ms };
    say(&request, &state, &operator, &id, (change, &reason)).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Unmutes a group
#[utoipa::path(delete, path = "/api/ops/errors/{id}/mute/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The group's id")),
    responses((status = 200, body = dto::ErrorGroupReport)))]
pub async fn unmute(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    say(&request, &state, &operator, &id, (Change::Unmute, "")).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Writes something down
#[utoipa::path(post, path = "/api/ops/errors/{id}/notes/", tag = "desk", security(("session" = []), ("token" = [])),
    operation_id = "add_error_note",
    params(("id" = String, Path, description = "The group's id")),
    request_body = Note,
    responses((status = 201, body = dto::ErrorGroupReport)))]
pub async fn add_note(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let text = noted(&request, payload).await?;
    write_down(&request, &state, &operator, &id, &text).await?;
    let report = found(&state, &request, &id).await?;
    Ok(created(format!("/api/ops/errors/{id}/"), report))
}

/// What may be left out.
fn if_any(field: &str, text: &str) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    worded(field, text)
}

/// When a mute ends, in milliseconds since the Unix epoch; `None`: not by itself.
fn until(
    state: &DeskState,
    until: Option<&str>,
    lasts: Option<&str>,
) -> Result<Option<i64>, ApiError> {
    let now_ms = state.alerting.now_ms();
    let invalid = |field, message| ApiError::invalid(vec![FieldError::new(field, message)]);
    let (field, until_ms) = match (until, lasts) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(invalid("until", "is one too many: give until or lasts"));
        }
        (Some(text), None) => {
            let at = chrono::DateTime::parse_from_rfc3339(text.trim()).ok();
            ("until", at.map(|at| unix_millis(at.into())))
        }
        (None, Some(text)) => {
            let lasts = duration::parse(text.trim());
            let lasts = lasts.and_then(|lasts| i64::try_from(lasts.as_millis()).ok());
            ("lasts", lasts.and_then(|lasts| now_ms.checked_add(lasts)))
        }
    };
    let latest_ms = now_ms + MOST_DAYS * 24 * 3_600_000;
    match until_ms {
        Some(until_ms) if until_ms > now_ms && until_ms <= latest_ms => Ok(Some(until_ms)),
        _ => Err(invalid(
            field,
            "must be a time that lies ahead, a year at most: until as RFC 3339 has it, such as 2026-01-02T03:04:05Z, or lasts such as 7d",
        )),
    }
}

fn unsaid(why: Unchanged) -> ApiError {
    match why {
        Unchanged::Unknown => ApiError::not_found(),
        Unchanged::Away(_) => away(),
    }
}

async fn say(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
    (change, reason): (Change, &str),
) -> Result<(), ApiError> {
    let errors = &state.recorded.errors;
    let said = errors.change(id, change, &operator.name, reason).await;
    said.map_err(unsaid)?;
    let action = match change {
        Change::Resolve => "resolve",
        Change::Reopen => "reopen",
        Change::Mute { .. } => "mute",
        Change::Unmute => "unmute",
    };
    audit(request, operator, (action, "error_group", id), reason).await;
    Ok(())
}

async fn write_down(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
    text: &str,
) -> Result<(), ApiError> {
    let errors = &state.recorded.errors;
    let noted = errors.add_note(id, &operator.name, text).await;
    noted.map_err(unsaid)?;
    audit(request, operator, ("note", "error_group", id), text).await;
    Ok(())
}
