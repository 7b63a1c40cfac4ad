//! The desk's server side: the pages' backend, their data as JSON, and their files.

pub mod api;
pub mod assets;
mod audit;
mod content_coding;
mod database;
pub mod diagnosis;
mod find;
mod last_known;
pub mod log_download;
pub mod log_follow;
pub mod log_level;
mod look;
pub mod pages;
pub mod preferences;
pub mod seats;
mod short_address;
mod status;
mod tokens;
pub mod watched;

pub use look::language;
pub use status::Desk;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use app::dto;
use tokio::time::timeout;

use crate::db::DbError;
use crate::health;

/// A page opens within a second, whatever the database does; finding the session has its share of it.
const LIMIT: Duration = Duration::from_millis(600);

/// What a page shows of the registry, or why it can't.
async fn in_time<T>(asked: impl Future<Output = Result<T, DbError>>) -> Result<T, dto::Code> {
    match timeout(LIMIT, asked).await {
        Ok(found) => found.map_err(|error| health::code(error.code())),
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
