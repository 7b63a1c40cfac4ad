//! A bare Actix route, the yardstick of `make bench`: the same JSON as `/health/`, and nothing
//! around it.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Serialize;

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    timestamp: &'static str,
    service: &'static str,
    version: &'static str,
}

async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Answer {
            status: "ok",
            timestamp: "2026-01-01T00:00:00.000Z",
            service: "agent-source-db",
            version: "0.1.0",
        })
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let server = HttpServer::new(|| App::new().route("/health/", web::get().to(health)))
        .bind(("127.0.0.1", 0))?;
    for address in server.addrs() {
        use std::io::Write as _;
        writeln!(std::io::stdout(), "listening on http://{address}")?;
    }
    server.run().await
}
