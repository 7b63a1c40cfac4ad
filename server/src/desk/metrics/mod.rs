//! `GET /metrics`: what the desk knows, for Prometheus and whoever reads its formats.

mod alerting;
mod families;
mod fresh;

pub use fresh::keep;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use actix_web::middleware::Compress;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use ops::export::Format;
use utoipa::OpenApi;

use super::state::DeskState;
use crate::auth::guard::MetricsReader;
use crate::http::place::METRICS;
use crate::http::resource::read_only;

pub fn configure(service: &mut ServiceConfig) {
    service.service(read_only(&[METRICS], metrics).wrap(Compress::default()));
}

#[derive(OpenApi)]
#[openapi(paths(metrics))]
pub struct Operations;

/// Metrics for Prometheus, as text 0.0.4 or OpenMetrics 1.0
#[utoipa::path(get, path = "/metrics", tag = "desk",
    security((), ("token" = [])),
    responses((status = 200, content((String = "text/plain"), (String = "application/openmetrics-text")))))]
pub async fn metrics(
    _: MetricsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> HttpResponse {
    let accept = request.headers().get(ACCEPT);
    let format = Format::accepted(accept.and_then(|value| value.to_str().ok()));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((VARY, "Accept, Accept-Encoding"))
        .body(families::write(&state, format))
}
