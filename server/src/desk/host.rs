//! Host and process over a period, as JSON.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::dto;
use ops::clock::Minute;
use utoipa::OpenApi;

use super::query::{asked_for, fresh};
use super::state::DeskState;
use crate::auth::guard::OpsReader;
use crate::host;
use crate::http::error::ApiError;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&["/api/ops/host/"], host));
}

#[derive(OpenApi)]
#[openapi(paths(host))]
pub struct Operations;

/// Host and process over a period, and what happened to instances, as JSON
#[utoipa::path(get, path = "/api/ops/host/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("from" = Option<String>, Query, description = "Instead of a period: RFC 3339 or seconds since 1970"),
        ("to" = Option<String>, Query, description = "Likewise; now if not said"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::HostHistory)))]
pub async fn host(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let (range, filter) = asked_for(&state, &request).await?;
    Ok(fresh(
        host::history(
            &state.recorded.host,
            range,
            &filter,
            Minute::of(state.clock.now()),
        )
        .await,
    ))
}
