//! The route table: what each room registers, in the order in which a request is compared with it.
//! Literal paths come before patterns.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, LOCATION};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Responder};

use crate::auth::handlers as auth;
use crate::http::assets;
use crate::http::error::ApiError;
use crate::http::resource::{method_not_allowed, read_only, readable};
use crate::{desk, openapi, registry};

pub fn configure(service: &mut ServiceConfig) {
    service
        .service(read_only(&["/static/{file}"], assets::serve))
        .configure(auth::configure)
        .configure(desk::configure)
        .service(
            readable(&["/"], || see("/admin/"))
                // How HAProxy checks whether a server lives, unless it is told to do better.
                .route(web::method(Method::OPTIONS).to(|| allowed("GET, HEAD, OPTIONS")))
                .default_service(method_not_allowed("GET, HEAD, OPTIONS")),
        )
        .service(read_only(&["/admin/"], || see(desk::page::HOME.path())))
        .configure(openapi::configure)
        .configure(registry::configure)
        .configure(registry::configure_well_known)
        .default_service(web::to(nothing_here));
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
