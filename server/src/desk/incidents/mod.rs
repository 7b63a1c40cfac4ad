//! Incidents: as JSON, as Markdown, and what people do with them.

pub mod find;
mod forms;
pub mod map;
mod report;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use ops::events::EventKind;
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use self::find::Wanted;
use super::change::{Note, audit, away, created, noted, parsed, refused, worded};
use super::query::fresh;
use super::state::DeskState;
use crate::alerting::{note_event, of_incident};
use crate::auth::guard::{Operator, OpsReader};
use crate::http::error::ApiError;
use crate::http::language::language;
use crate::http::paging::{Query, link};
use crate::http::resource::{method_not_allowed, read_only, readable};

const MOST_LISTED: usize = 100;
const LISTED: usize = 20;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/ops/incidents/"], list_incidents))
        .service(
            web::resource("/api/ops/incidents/{id}/acknowledge/")
                .route(web::post().to(acknowledge))
                .route(web::delete().to(give_back))
                .default_service(method_not_allowed("POST, DELETE")),
        )
        .service(
            web::resource("/api/ops/incidents/{id}/notes/")
                .route(web::post().to(add_note))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            web::resource("/api/ops/incidents/{id}/close/")
                .route(web::post().to(close_incident))
                .default_service(method_not_allowed("POST")),
        )
        .service(read_only(
            &["/api/ops/incidents/{id}/report/"],
            incident_report,
        ))
        .service(
            readable(&["/api/ops/incidents/{id}/"], show_incident)
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .configure(super::forms::configure::<forms::IncidentForms>);
}

#[derive(OpenApi)]
#[openapi(
    paths(
        list_incidents,
        show_incident,
        incident_report,
        acknowledge,
        give_back,
        add_note,
        close_incident
    ),
    components(schemas(Reason, Note))
)]
pub struct Operations;

/// Why somebody does it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentReason)]
pub struct Reason {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 10000)]
    reason: String,
}

/// Incidents, the newest first
#[utoipa::path(get, path = "/api/ops/incidents/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("state" = Option<String>, Query, description = "open or closed; else both"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 20 by default"),
        ("before" = Option<String>, Query, description = "An incident's id: those that were opened before it")),
    responses((status = 200, body = dto::Incidents)))]
pub async fn list_incidents(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let mut query = Query::of(&request);
    let is_open = query.one_of("state", &[("open", true), ("closed", false)]);
    let limit = query.number("limit").unwrap_or(LISTED as i64);
    let before = query.text("before");
    query.finish()?;
    let wanted = Wanted {
        is_open,
        before,
        limit: usize::try_from(limit)
            .unwrap_or(MOST_LISTED)
            .min(MOST_LISTED),
    };
    let part = find::list(&state, language(&request), &wanted).await;
    let last = part.results.last().filter(|_| part.has_more);
    Ok(fresh(dto::Incidents {
        next: last.map(|last| link(&request, "before", &last.id)),
        results: part.results,
        error: part.error,
    }))
}

async fn found(
    state: &DeskState,
    request: &HttpRequest,
    id: &str,
) -> Result<dto::IncidentReport, ApiError> {
    match find::report(state, language(request), id).await {
        Ok(Some(report)) => Ok(report),
        Ok(None) => Err(ApiError::not_found()),
        Err(_) => Err(away()),
    }
}

/// An incident with its timeline, what was known when it opened, and who was told
#[utoipa::path(get, path = "/api/ops/incidents/{id}/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    responses((status = 200, body = dto::IncidentReport)))]
pub async fn show_incident(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(fresh(found(&state, &request, &id).await?))
}

/// The same as Markdown, to hand over
#[utoipa::path(get, path = "/api/ops/incidents/{id}/report/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    responses((status = 200, body = String, content_type = "text/markdown")))]
pub async fn incident_report(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let report = found(&state, &request, &id).await?;
    let setup = state.alerting.setup();
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/markdown; charset=utf-8")
        .body(report::markdown(&report, setup.public_url.as_deref())))
}

/// Takes an incident: nobody is reminded of it any more
#[utoipa::path(post, path = "/api/ops/incidents/{id}/acknowledge/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    request_body = Reason,
    responses((status = 200, body = dto::IncidentReport)))]
pub async fn acknowledge(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let reason: Reason = parsed(&request, payload).await?;
    let reason = worded("reason", &reason.reason)?;
    take(&request, &state, &operator, &id, Some(&reason)).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Gives an incident back
#[utoipa::path(delete, path = "/api/ops/incidents/{id}/acknowledge/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    responses((status = 200, body = dto::IncidentReport)))]
pub async fn give_back(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    take(&request, &state, &operator, &id, None).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

/// Writes something down
#[utoipa::path(post, path = "/api/ops/incidents/{id}/notes/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    request_body = Note,
    responses((status = 201, body = dto::IncidentReport)))]
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
    Ok(created(format!("/api/ops/incidents/{id}/"), report))
}

/// Closes an incident; its alerts stay closed until they were good once
#[utoipa::path(post, path = "/api/ops/incidents/{id}/close/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "The incident's id")),
    request_body = Reason,
    responses((status = 200, body = dto::IncidentReport)))]
pub async fn close_incident(
    operator: Operator,
    request: HttpRequest,
    state: web::Data<DeskState>,
    id: web::Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let reason: Reason = parsed(&request, payload).await?;
    let reason = worded("reason", &reason.reason)?;
    shut(&request, &state, &operator, &id, &reason).await?;
    Ok(fresh(found(&state, &request, &id).await?))
}

async fn take(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
    reason: Option<&str>,
) -> Result<(), ApiError> {
    let changed = state.alerting.acknowledge(id, &operator.name, reason).await;
    let title = changed.map_err(refused)?;
    let action = if reason.is_some() {
        "acknowledge"
    } else {
        "unacknowledge"
    };
    audit(
        request,
        operator,
        (action, "incident", id),
        reason.unwrap_or_default(),
    )
    .await;
    let detail = dto::EventDetail {
        by: Some(operator.name.clone()),
        detail: reason.map(str::to_owned),
        is_end: reason.is_none().then_some(true),
        ..of_incident(id, &title)
    };
    note_event(
        state,
        state.alerting.now_ms(),
        EventKind::Acknowledged,
        &detail,
    );
    Ok(())
}

async fn write_down(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
    text: &str,
) -> Result<(), ApiError> {
    let noted = state.alerting.note(id, &operator.name, text).await;
    noted.map_err(refused)?;
    audit(request, operator, ("note", "incident", id), text).await;
    Ok(())
}

async fn shut(
    request: &HttpRequest,
    state: &DeskState,
    operator: &Operator,
    id: &str,
    reason: &str,
) -> Result<(), ApiError> {
    let closed = state.alerting.close(id, &operator.name, reason).await;
    let title = closed.map_err(refused)?;
    audit(request, operator, ("close", "incident", id), reason).await;
    let detail = dto::EventDetail {
        by: Some(operator.name.clone()),
        detail: Some(reason.to_owned()),
        ..of_incident(id, &title)
    };
    note_event(
        state,
        state.alerting.now_ms(),
        EventKind::IncidentClosed,
        &detail,
    );
    Ok(())
}
