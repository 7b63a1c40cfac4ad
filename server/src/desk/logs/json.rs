//! Log lines and the story of a request, as JSON.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use app::backend::Backend as _;
use app::dto;

use super::query_string::{Asked, asked};
use crate::auth::guard::OpsReader;
use crate::desk::Desk;
use crate::desk::query::fresh;
use crate::desk::state::DeskState;
use crate::http::error::ApiError;

/// A page of log lines, newest first
#[utoipa::path(get, path = "/api/ops/logs/", tag = "desk", security(("session" = []), ("token" = [])),
    params(dto::LogQuery),
    responses((status = 200, body = dto::LogPage)))]
pub async fn logs(
    _: OpsReader,
    state: web::Data<DeskState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let Asked { query, .. } = asked_by(&request)?;
    Ok(fresh(Desk::new(state).logs(query).await?))
}

/// All that the log files know of one request
#[utoipa::path(get, path = "/api/ops/requests/{id}/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("id" = String, Path, description = "Of the request, or of its error")),
    responses((status = 200, body = dto::RequestStory)))]
pub async fn request_story(
    _: OpsReader,
    state: web::Data<DeskState>,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let story = Desk::new(state).request_story(id.into_inner()).await;
    Ok(fresh(story))
}

/// What the query string asks for.
pub fn asked_by(request: &HttpRequest) -> Result<Asked, ApiError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_| ApiError::bad_request("The query string can't be read."))?;
    Ok(asked(&pairs)?)
}
