//! What the desk's JSON is asked for, and how it is answered.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse};
use app::dto::{self, Range};
use app::view::instant::Instant;
use app::view::zone::Zone;
use ops::clock::unix_millis;
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

/// A program is told of what a page passes over: an instance that nobody knows.
pub async fn asked_for(
    state: &DeskState,
    request: &HttpRequest,
) -> Result<(Range, InstanceFilter), ApiError> {
    let range = range(state, request)?;
    let asked = view::address(request).instance();
    let choice = instances::chosen(&state.recorded.fleet, &state.recorded.traffic, asked).await;
    if let dto::InstanceChoice::Unknown(name) = &choice {
        let detail = format!(
            "instance: there is none of the name {name:?}. Those that are known stand in /api/ops/instances/."
        );
        return Err(ApiError::bad_request(detail));
    }
    Ok((range, traffic::engine(&choice)))
}

/// Moments without a zone are UTC.
pub fn range(state: &DeskState, request: &HttpRequest) -> Result<Range, ApiError> {
    let now = Instant::from_epoch_ms(unix_millis(state.clock.now()));
    let range = view::address(request).range().read(Zone::Utc, now);
    range.map_err(ApiError::from)
}
