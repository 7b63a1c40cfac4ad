//! Errors by what they are, as JSON.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use utoipa::OpenApi;

use super::Desk;
use super::query::{asked_for, fresh};
use super::state::DeskState;
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&["/api/ops/errors/"], errors));
}

#[derive(OpenApi)]
#[openapi(paths(errors))]
pub struct Operations;

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
    Ok(fresh(Desk::new(state).error_groups(period, &filter).await))
}
