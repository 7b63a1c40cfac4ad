//! `/api/ops/*`: the desk's data for programs.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use app::backend::Backend as _;

use super::Desk;
use crate::auth::guard::OpsReader;
use crate::error::ApiError;
use crate::state::AppState;

/// The system-status page as JSON
#[utoipa::path(get, path = "/api/ops/status/", tag = "desk", security(("session" = []), ("token" = [])),
    responses((status = 200, body = Object)))]
pub async fn status(_: OpsReader, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let status = Desk::new(state).status().await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(status))
}
