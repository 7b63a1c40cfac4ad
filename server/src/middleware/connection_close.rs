//! When no connection is kept for later: by a service that is about to go, so that no proxy writes its
//! next request into one that is being closed; while there are many of them; and after a body that did
//! not come in time.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::state::EdgeState;

/// `Connection: close`; for a service that goes, from the first 503 of readiness on.
pub async fn close_unless_kept(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<EdgeState>>().cloned();
    let mut response = next.call(request).await?;
    let is_over =
        |state: web::Data<EdgeState>| state.phase.is_draining() || state.connections.are_many();
    if state.is_some_and(is_over) || response.status() == StatusCode::REQUEST_TIMEOUT {
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
