//! `/api/ops/*`: the desk's data for programs.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use app::address::Address;
use app::backend::Backend as _;
use app::dto::{self, Period, RouteSort};
use ops::traffic::Whose;
use serde::Serialize;

use super::logs::{Asked, asked};
use super::state::DeskState;
use super::{Desk, view};
use crate::auth::guard::OpsReader;
use crate::http::error::ApiError;
use crate::http::resource::read_only;
use crate::{host, instances, traffic};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/ops/status/"], status))
        .service(read_only(&["/api/ops/database/"], database))
        .service(read_only(&["/api/ops/traffic/"], traffic))
        .service(read_only(&["/api/ops/host/"], host))
        .service(read_only(&["/api/ops/routes/"], routes))
        .service(read_only(&["/api/ops/errors/"], errors))
        .service(read_only(&["/api/ops/instances/"], instances))
        .service(read_only(&["/api/ops/logs/"], logs))
        .service(read_only(&["/api/ops/requests/{id}/"], request_story));
}

/// Both databases from within, and what this instance's queries cost
#[utoipa::path(get, path = "/api/ops/database/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::DatabaseReport)))]
pub async fn database(_: OpsReader, state: web::Data<DeskState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(Desk::new(state).database().await))
}

/// The system-status page as JSON
#[utoipa::path(get, path = "/api/ops/status/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = dto::Status)))]
pub async fn status(_: OpsReader, state: web::Data<DeskState>) -> Result<HttpResponse, ApiError> {
    Ok(fresh(Desk::new(state).status().await))
}

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

/// Traffic over a period: what the page's charts are made of
#[utoipa::path(get, path = "/api/ops/traffic/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::TrafficHistory)))]
pub async fn traffic(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let (period, whose) = asked_for(&state, &request).await?;
    let summary = state
        .recorded
        .traffic
        .summary(traffic::period_of(period), &whose)
        .await;
    Ok(fresh(traffic::history(
        &summary,
        &state.recorded.host,
        period,
        &whose,
    )))
}

/// Host and process over a period, and what happened to instances, as JSON
#[utoipa::path(get, path = "/api/ops/host/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
        ("instance" = Option<String>, Query, description = "One instance's, by name; else those of all together")),
    responses((status = 200, body = dto::HostHistory)))]
pub async fn host(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let (period, whose) = asked_for(&state, &request).await?;
    Ok(fresh(
        host::history(&state.recorded.host, period, &whose).await,
    ))
}

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
    let (period, whose) = asked_for(&state, &request).await?;
    Ok(fresh(Desk::new(state).error_groups(period, &whose).await))
}

/// The instances that share the desk's own store, with their shares of the traffic
#[utoipa::path(get, path = "/api/ops/instances/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d")),
    responses((status = 200, body = dto::Instances)))]
pub async fn instances(
    _: OpsReader,
    request: HttpRequest,
    state: web::Data<DeskState>,
) -> Result<HttpResponse, ApiError> {
    let period = period(&view::address(&request))?;
    Ok(fresh(Desk::new(state).instances(period).await))
}

/// Traffic route by route
#[utoipa::path(get, path = "/api/ops/routes/", tag = "desk", security(("session" = []), ("token" = [])),
    params(("period" = Option<String>, Query, description = "1h, 6h, 24h (the default), 7d or 30d"),
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
    asked_for(&state, &request).await?;
    let page = Desk::new(state).routes(address.scope(), sort).await;
    Ok(fresh(page))
}

/// A program is told of what a page passes over: a period that is none, an instance that nobody knows.
async fn asked_for(state: &DeskState, request: &HttpRequest) -> Result<(Period, Whose), ApiError> {
    let address = view::address(request);
    let period = period(&address)?;
    let asked = address.scope().instance;
    let whose = instances::whose(&state.recorded.fleet, &state.recorded.traffic, asked).await;
    if let dto::Whose::Unknown(name) = &whose {
        let detail = format!(
            "instance: there is none of the name {name:?}. Those that are known stand in /api/ops/instances/."
        );
        return Err(ApiError::bad_request(detail));
    }
    Ok((period, traffic::engine(&whose)))
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

fn period(address: &Address) -> Result<Period, ApiError> {
    let Some(text) = address.get("period") else {
        return Ok(Period::default());
    };
    Period::from_text(text).ok_or_else(|| {
        let periods = Period::ALL.map(Period::text).join(", ");
        ApiError::bad_request(format!("period must be one of {periods}."))
    })
}
