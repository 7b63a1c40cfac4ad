//! What no handler sees: requests beyond the number that the service has room for, addresses that do
//! not mean what they say, and bodies that do not come in time.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::state::EdgeState;
use super::{body_clock, plain_path};
use crate::http::error::ApiError;
use crate::http::place::is_monitoring;

pub async fn admit(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if let Some(refused) = refusal(&request) {
        return Ok(request.error_response(refused).map_into_right_body());
    }
    let late = body_clock::set(&mut request);
    let response = next.call(request).await?;
    if !late.is_late() {
        return Ok(response.map_into_left_body());
    }
    // Whatever the handler made of a body that broke off.
    let (request, _) = response.into_parts();
    let late = ServiceResponse::from_err(ApiError::too_slow(), request);
    Ok(late.map_into_right_body())
}

fn refusal(request: &ServiceRequest) -> Option<ApiError> {
    let path = request.path();
    let state = request.app_data::<web::Data<EdgeState>>();
    let is_probe = is_monitoring(path);
    if !is_probe && state.is_some_and(|state| state.connections.turn_away()) {
        return Some(ApiError::crowded());
    }
    (!plain_path::is_plain(path)).then(ApiError::not_found)
}
