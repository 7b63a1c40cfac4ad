//! What the desk's JSON is asked for, and how it is answered.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse};
use app::address::Address;
use app::dto::{self, Period};
use ops::series::InstanceFilter;
use serde::Serialize;

use super::state::DeskState;
use super::view;
use crate::http::error::ApiError;
use crate::{instances, traffic};

/// Measured just now, and not to be kept.
pub fn fresh(answer: impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(answer)
}

/// A program is told of what a page passes over: a period that is none, an instance that nobody knows.
pub async fn asked_for(
    state: &DeskState,
    request: &HttpRequest,
) -> Result<(Period, InstanceFilter), ApiError> {
    let address = view::address(request);
    let period = period(&address)?;
    let asked = address.scope().instance;
    let choice = instances::chosen(&state.recorded.fleet, &state.recorded.traffic, asked).await;
    if let dto::InstanceChoice::Unknown(name) = &choice {
        let detail = format!(
            "instance: there is none of the name {name:?}. Those that are known stand in /api/ops/instances/."
        );
        return Err(ApiError::bad_request(detail));
    }
    Ok((period, traffic::engine(&choice)))
}

pub fn period(address: &Address) -> Result<Period, ApiError> {
    let Some(text) = address.get("period") else {
        return Ok(Period::default());
    };
    Period::from_text(text).ok_or_else(|| {
        let periods = Period::ALL.map(Period::text).join(", ");
        ApiError::bad_request(format!("period must be one of {periods}."))
    })
}
