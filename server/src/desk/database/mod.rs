//! The databases from within: one function behind `/admin/database/` and `GET /api/ops/database/`.

mod map;
mod report;
pub mod watched;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use app::dto;
use utoipa::OpenApi;

pub use report::report;

use super::query::fresh;
use super::state::DeskState;
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&["/api/ops/database/"], database));
}

#[derive(OpenApi)]
#[openapi(paths(database))]
pub struct Operations;

/// Both databases from within, and what this instance's queries cost
#[utoipa::path(get, path = "/api/ops/database/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::DatabaseReport)))]
pub async fn database(_: OpsReader, state: web::Data<DeskState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(report(&state).await))
}
