//! The route table, nothing else. Literal paths come before patterns.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, LOCATION};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder};

use crate::auth::handlers as auth;
use crate::desk::{api, assets, log_download, log_follow, log_level, pages, preferences};
use crate::error::ApiError;
use crate::{health, registry};

pub fn configure(service: &mut ServiceConfig) {
    health::configure(service);
    service
        .service(read_only(&["/static/{file}"], assets::serve))
        .service(
            web::resource("/admin/login/")
                .route(web::get().to(auth::login_form))
                .route(web::head().to(auth::login_form))
                .route(web::post().to(auth::login))
                .default_service(web::to(|| method_not_allowed("GET, HEAD, POST"))),
        )
        .service(form("/admin/login/code/", auth::login_by_code))
        .service(form("/admin/logout/", auth::logout))
        .service(form("/admin/preferences/", preferences::remember))
        .service(form("/admin/log-level/", log_level::set_by_form))
        .service(read_only(&["/api/ops/status/"], api::status))
        .service(read_only(&["/api/ops/database/"], api::database))
        .service(read_only(&["/api/ops/logs/"], api::logs))
        .service(read_only(
            &["/api/ops/logs/download/"],
            log_download::download,
        ))
        .service(read_only(&["/api/ops/logs/follow/"], log_follow::follow))
        .service(read_only(&["/api/ops/requests/{id}/"], api::request_story))
        .service(
            web::resource("/api/ops/log-level/")
                .route(web::get().to(log_level::show))
                .route(web::head().to(log_level::show))
                .route(web::put().to(log_level::set))
                .default_service(web::to(|| method_not_allowed("GET, HEAD, PUT"))),
        )
        .service(read_only(&["/api/ops/traffic/"], api::traffic))
        .service(read_only(&["/api/ops/host/"], api::host))
        .service(read_only(&["/api/ops/routes/"], api::routes))
        .service(read_only(&["/api/ops/errors/"], api::errors))
        .service(read_only(&["/api/ops/instances/"], api::instances))
        .service(
            web::resource("/")
                .route(web::get().to(|| see("/admin/")))
                .route(web::head().to(|| see("/admin/")))
                // How HAProxy checks whether a server lives, unless it is told to do better.
                .route(web::method(Method::OPTIONS).to(|| allowed("GET, HEAD, OPTIONS")))
                .default_service(web::to(|| method_not_allowed("GET, HEAD, OPTIONS"))),
        )
        .service(read_only(&["/admin/"], || see(pages::HOME.path())))
        .configure(pages::configure)
        .configure(registry::configure)
        .configure(registry::configure_well_known)
        .default_service(web::to(nothing_here));
}

/// A resource that is only read: GET and HEAD, and 405 for the rest.
pub fn read_only<F, Arguments>(paths: &[&str], handler: F) -> Resource
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(paths.to_vec())
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(web::to(|| method_not_allowed("GET, HEAD")))
}

/// What a form is sent to.
fn form<F, Arguments>(path: &str, handler: F) -> Resource
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .default_service(web::to(|| method_not_allowed("POST")))
}

pub async fn method_not_allowed(allowed: &'static str) -> Result<HttpResponse, ApiError> {
    Err(ApiError::method_not_allowed(allowed))
}

async fn see(path: &'static str) -> impl Responder {
    HttpResponse::Found()
        .insert_header((LOCATION, path))
        .finish()
}

async fn allowed(methods: &'static str) -> impl Responder {
    HttpResponse::NoContent()
        .insert_header((ALLOW, methods))
        .finish()
}

/// Pages and data have a trailing slash; who asks without it is led there.
async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let there = format!("{}/", request.path());
    if !is_read || !request.resource_map().has_resource(&there) {
        return Err(ApiError::not_found());
    }
    let uri = request.uri();
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    Ok(HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, format!("{}/{query}", uri.path())))
        .finish())
}
