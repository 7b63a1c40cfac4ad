//! `/api/ops/*`: the desk's data for programs.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use app::address::Address;
use app::backend::Backend as _;
use app::dto::{Period, RouteSort};

use super::{Desk, look};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::state::AppState;
use crate::traffic;

/// `GET /api/ops/status/`: the system-status page as JSON.
pub async fn status(_: Staff, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let status = Desk::new(state).status().await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(status))
}

/// `GET /api/ops/traffic/?period=`: what the page's charts are made of.
pub async fn traffic(
    _: Staff,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let period = period(&look::address(&request))?;
    let history = traffic::history(&state.traffic, period).await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(history))
}

/// `GET /api/ops/routes/?period=&sort=`: the routes page as JSON.
pub async fn routes(
    _: Staff,
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let address = look::address(&request);
    let (period, sort) = (period(&address)?, sort(&address)?);
    let page = Desk::new(state).routes(period, sort).await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(page))
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
