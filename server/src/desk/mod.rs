//! The operations desk: what it knows of the service, as pages and as JSON. Uses `http`, `db`, `auth`
//! and the desk's own store; of the service that it watches it knows what [`host_service`] asks.

mod api;
mod audit;
mod backend;
pub mod database;
pub mod health;
pub mod host_service;
mod last_known;
pub mod logs;
pub mod page;
mod preferences;
pub mod state;
mod tokens;
mod view;

pub use backend::Desk;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::ServiceConfig;
use app::dto;
use tokio::time::timeout;
use utoipa::OpenApi;

use crate::db::DbError;
use crate::http::resource::form;

pub fn configure(service: &mut ServiceConfig) {
    health::configure(service);
    api::configure(service);
    logs::configure(service);
    service.service(form("/admin/preferences/", preferences::remember));
    page::configure(service);
}

/// The desk's part of the API's document.
#[derive(OpenApi)]
#[openapi(paths(
    api::status,
    api::traffic,
    api::host,
    api::errors,
    api::instances,
    api::routes,
    api::database,
    api::logs,
    api::request_story,
    logs::download::download,
    logs::follow::follow,
    logs::level::show,
    logs::level::set,
    health::liveness,
    health::readiness,
    health::database,
))]
pub struct Operations;

/// A page opens within a second, whatever the database does; finding the session has its share of it.
const LIMIT: Duration = Duration::from_millis(600);

/// What a page shows of the registry, or why it can't.
async fn in_time<T>(asked: impl Future<Output = Result<T, DbError>>) -> Result<T, dto::Code> {
    match timeout(LIMIT, asked).await {
        Ok(found) => found.map_err(|error| health::map::code(error.code())),
        Err(_) => Err(dto::Code::Timeout),
    }
}

/// A page of one person's own.
fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page)
}
