//! `/api/ops/*`: the desk's data for programs.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use app::backend::Backend as _;

use super::Desk;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::state::AppState;

/// `GET /api/ops/database/`: the database page as JSON.
pub async fn database(_: Staff, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let report = Desk::new(state).database().await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(report))
}

/// `GET /api/ops/status/`: the system-status page as JSON.
pub async fn status(_: Staff, state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let status = Desk::new(state).status().await;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(status))
}
