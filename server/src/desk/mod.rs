//! The desk's server side: the pages' backend, their data as JSON, and their files.

pub mod api;
pub mod assets;
mod audit;
mod content_coding;
mod database;
mod find;
pub mod log_download;
pub mod log_follow;
pub mod log_level;
mod look;
pub mod pages;
pub mod preferences;
mod short_address;
mod status;
mod tokens;

pub use look::language;
pub use status::Desk;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;

/// A page of one person's own.
fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page)
}
