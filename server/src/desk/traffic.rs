//! Traffic: over a period, and route by route.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::address::Address;
use app::backend::Backend as _;
use app::dto::{self, RouteSort, Scope};
use ops::clock::Minute;
use ops::series::InstanceFilter;
use utoipa::OpenApi;

use super::query::{asked_for, fresh};
use super::state::{DeskState, Recorded};
use super::{Desk, view};
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;
use crate::traffic;

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/ops/traffic/"], traffic))
        .service(read_only(&["/api/ops/routes/"], routes));
}

#[derive(OpenApi)]
#[openapi(paths(traffic, routes))]
pub struct Operations;

/// Traffic over a period: what the page's charts are made of
#[utoipa::path(get, path = "/api/ops/traffic/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("from" = Option<String>, Query, description = "Instead of a period: RFC 3339 or seconds since 1970"),
        ("to" = Option<String>, Query, description = "Likewise; now if not said"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::TrafficHistory)))]
pub async fn traffic(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let (range, filter) = asked_for(&state, &request).await?;
    let Recorded { traffic, host, .. } = &state.recorded;
    let steps = traffic::period_of(range, Minute::of(state.clock.now()));
    let summary = traffic.summary(steps, &filter).await;
    Ok(fresh(traffic::history(&summary, host, range, &filter)))
}

/// Traffic route by route
#[utoipa::path(get, path = "/api/ops/routes/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("from" = Option<String>, Query, description = "Instead of a period: RFC 3339 or seconds since 1970"),
        ("to" = Option<String>, Query, description = "Likewise; now if not said"),
        ("sort" = Option<dto::RouteSort>, Query, description = "By what, the largest first; by time spent if not said"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::RoutesPage)))]
pub async fn routes(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let address = view::address(&request);
    let sort = sort(&address)?;
    let (range, filter) = asked_for(&state, &request).await?;
    let instance = match &filter {
        InstanceFilter::All => None,
        InstanceFilter::Instance(name) => Some(name.as_str()),
    };
    let scope = Scope::of(range, instance);
    let page = Desk::new(state).routes(scope, sort).await;
    Ok(fresh(page))
}

fn sort(address: &Address) -> Result<RouteSort, ApiError> {
    let Some(text) = address.get("sort") else {
        return Ok(RouteSort::default());
    };
    RouteSort::from_text(text).ok_or_else(|| {
        let sorts = RouteSort::ALL.map(RouteSort::text).join(", ");
        ApiError::bad_request(format!("sort must be one of {sorts}."))
    })
}
