//! The operations desk: what it knows of the service, as pages and as JSON. Uses `http`, `db`, `auth`
//! and the desk's own store; of the service that it watches it knows what [`host_service`] asks.

pub mod alerts;
mod audit;
mod backend;
mod change;
pub mod database;
pub mod diagnosis;
mod errors;
mod forms;
pub mod health;
mod host;
pub mod host_service;
pub mod incidents;
mod instances;
mod last_known;
pub mod logs;
pub mod metrics;
pub mod page;
mod preferences;
mod query;
pub mod state;
mod status;
mod timeline;
mod tokens;
mod traffic;
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

pub fn configure(service: &mut ServiceConfig) {
    service
        .configure(health::configure)
        .configure(metrics::configure)
        .configure(status::configure)
        .configure(database::configure)
        .configure(traffic::configure)
        .configure(host::configure)
        .configure(errors::configure)
        .configure(instances::configure)
        .configure(logs::configure)
        .configure(alerts::configure)
        .configure(incidents::configure)
        .configure(timeline::configure)
        .configure(tokens::configure)
        .configure(audit::configure)
        .configure(preferences::configure)
        // Last: shorter addresses of a page come before the page itself.
        .configure(page::configure);
}

/// The desk's part of the API's document.
pub fn operations() -> utoipa::openapi::OpenApi {
    let mut all = health::Operations::openapi();
    for topic in [
        metrics::Operations::openapi(),
        status::Operations::openapi(),
        database::Operations::openapi(),
        traffic::Operations::openapi(),
        host::Operations::openapi(),
        errors::Operations::openapi(),
        instances::Operations::openapi(),
        logs::Operations::openapi(),
        alerts::Operations::openapi(),
        incidents::Operations::openapi(),
        timeline::Operations::openapi(),
    ] {
        all.merge(topic);
    }
    all
}

/// A page opens within a second, whatever the database does; finding the session has its share of it.
const LIMIT: Duration = Duration::from_millis(600);

/// How long a page waits for one thing that may hang; without an answer nothing is said about it.
const PATIENCE: Duration = Duration::from_millis(400);

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
