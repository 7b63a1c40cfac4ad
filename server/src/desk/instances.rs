//! The instances that share the desk's own store, as JSON.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use utoipa::OpenApi;

use super::Desk;
use super::query::{fresh, range};
use super::state::DeskState;
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&["/api/ops/instances/"], instances));
}

#[derive(OpenApi)]
#[openapi(paths(instances))]
pub struct Operations;

/// The instances that share the desk's own store, with their shares of the traffic
#[utoipa::path(get, path = "/api/ops/instances/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("from" = Option<String>, Query, description = "Instead of a period: RFC 3339 or seconds since 1970"),
        ("to" = Option<String>, Query, description = "Likewise; now if not said")),
    responses((status = 200, body = dto::Instances)))]
pub async fn instances(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let range = range(&state, &request)?;
    Ok(fresh(Desk::new(state).instances(range).await))
}
