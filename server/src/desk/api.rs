//! `/api/ops/*`: the desk's data for programs.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use app::backend::Backend as _;
use serde::Serialize;

use super::Desk;
use crate::auth::guard::OpsReader;
use crate::error::ApiError;
use crate::logs::{Asked, asked};
use crate::state::AppState;

/// `GET /api/ops/database/`: the database page as JSON.
pub async fn database(_: OpsReader, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let report = Desk::new(state).database().await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(report))
}

/// The system-status page as JSON
#[utoipa::path(get, path = "/api/ops/status/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = Object)))]
pub async fn status(_: OpsReader, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(Desk::new(state).status().await))
}

/// `GET /api/ops/logs/`: a page of lines, as the log page shows it.
pub async fn logs(
    _: OpsReader,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let Asked { query, .. } = asked_by(&request)?;
    Ok(fresh(Desk::new(state).logs(query).await?))
}

/// `GET /api/ops/requests/{id}/`: all that the files know of one request.
pub async fn request_story(
    _: OpsReader,
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let story = Desk::new(state).request_story(id.into_inner()).await;
    Ok(fresh(story))
}

/// What the query string asks for.
pub(super) fn asked_by(request: &HttpRequest) -> Result<Asked, ApiError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_| ApiError::bad_request("The query string can't be read."))?;
    Ok(asked(&pairs)?)
}

pub(super) fn fresh(answer: impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(answer)
}
