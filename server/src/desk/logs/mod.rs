//! The logs for whoever asks: one search behind the page, `GET /api/ops/logs/` and the command line;
//! downloading and following them; the level at run time.

mod answer;
pub mod download;
pub mod find;
pub mod follow;
pub mod json;
pub mod level;
mod moment;
mod query_string;
mod reader;
pub mod seats;
pub mod short_address;
mod terms;

pub use answer::{in_terminal, level_state, line as found_line};
pub use query_string::{Asked, asked};
pub use reader::LogReader;
pub use terms::{Terms, position};

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
        .service(short_address::of_logs())
        .service(read_only(&["/admin/find/"], find::find).wrap(from_fn(staff_reads)));
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
