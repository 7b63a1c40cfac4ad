//! Resources by the methods that they answer, and answers that lead elsewhere.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, Route};

use super::error::ApiError;

/// A resource that is only read: GET and HEAD, and 405 for the rest.
pub fn read_only<F, Arguments>(paths: &[&str], handler: F) -> Resource
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    readable(paths, handler).default_service(method_not_allowed("GET, HEAD"))
}

/// A resource with GET and HEAD, to which the caller adds what else it answers, and the refusal of
/// the rest.
pub fn readable<F, Arguments>(paths: &[&str], handler: F) -> Resource
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(paths.to_vec())
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
}

/// The target of a form: POST alone.
pub fn form<F, Arguments>(path: &str, handler: F) -> Resource
where
    F: Handler<Arguments>,
    Arguments: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .default_service(method_not_allowed("POST"))
}

/// The answer to every other method of a resource: 405, with those that it does answer.
pub fn method_not_allowed(allowed: &'static str) -> Route {
    web::to(move || {
        std::future::ready(Err::<HttpResponse, _>(ApiError::method_not_allowed(
            allowed,
        )))
    })
}

/// 302 to an address that depends on more than the one that was asked for.
pub fn found(target: impl Into<String>) -> HttpResponse {
    redirect(StatusCode::FOUND, target.into())
}

/// 303: what was sent has been dealt with, and a page shows what came of it.
pub fn see_other(target: impl Into<String>) -> HttpResponse {
    redirect(StatusCode::SEE_OTHER, target.into())
}

fn redirect(status: StatusCode, target: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((LOCATION, target))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
