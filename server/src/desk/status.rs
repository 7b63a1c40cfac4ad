//! The system status: the overview page, and `GET /api/ops/status/`.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use app::backend::Backend as _;
use app::dto;
use utoipa::OpenApi;

use super::Desk;
use super::query::fresh;
use super::state::DeskState;
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&["/api/ops/status/"], status));
}

#[derive(OpenApi)]
#[openapi(paths(status))]
pub struct Operations;

/// The system-status page as JSON
#[utoipa::path(get, path = "/api/ops/status/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::Status)))]
pub async fn status(_: OpsReader, state: web::Data<DeskState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(Desk::new(state).status().await))
}
