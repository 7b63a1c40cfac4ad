//! The logs for whoever asks: one search behind the page, `GET /api/ops/logs/` and the command line;
//! downloading and following them; the level at run time.

pub mod canonical_url;
pub mod download;
pub mod follow;
pub mod follow_limit;
mod from_wire;
pub mod json;
pub mod level;
mod query_string;
mod reader;
pub mod search_redirect;
mod time_argument;
mod to_wire;

pub use from_wire::{Terms, position};
pub use query_string::asked;
pub use reader::LogReader;
pub use to_wire::{in_terminal, level_state, line as found_line};

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use super::page::staff_reads;
use crate::http::resource::{form, method_not_allowed, read_only, readable};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/api/ops/logs/"], json::logs))
        .service(read_only(&["/api/ops/requests/{id}/"], json::request_story))
        .service(read_only(&["/api/ops/logs/download/"], download::download))
        .service(read_only(&["/api/ops/logs/follow/"], follow::follow))
        .service(
            readable(&["/api/ops/log-level/"], level::show)
                .route(web::put().to(level::set))
                .default_service(method_not_allowed("GET, HEAD, PUT")),
        )
        .service(form("/admin/log-level/", level::set_by_form))
        .service(canonical_url::of_logs())
        .service(read_only(&["/admin/find/"], search_redirect::find).wrap(from_fn(staff_reads)));
}

#[derive(OpenApi)]
#[openapi(paths(
    json::logs,
    json::request_story,
    download::download,
    follow::follow,
    level::show,
    level::set
))]
pub struct Operations;
