//! Answers with an entity tag, which a client may keep and ask for again.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::etag::Etag;

/// May be kept, but asked for again each time; and who asks decides what there is to see.
fn begin(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Authorization, Cookie"));
    response
}

pub fn plain<T: Serialize>(value: &T) -> HttpResponse {
    begin(StatusCode::OK).json(value)
}

/// 200, or 304 to who has it already.
pub fn read<T: Serialize>(request: &HttpRequest, etag: &Etag, value: &T) -> HttpResponse {
    if etag.is_known_to(request) {
        return begin(StatusCode::NOT_MODIFIED)
            .insert_header(etag.header())
            .finish();
    }
    changed(etag, value)
}

pub fn changed<T: Serialize>(etag: &Etag, value: &T) -> HttpResponse {
    begin(StatusCode::OK)
        .insert_header(etag.header())
        .json(value)
}

pub fn created<T: Serialize>(location: &str, etag: &Etag, value: &T) -> HttpResponse {
    begin(StatusCode::CREATED)
        .insert_header((LOCATION, location))
        .insert_header(etag.header())
        .json(value)
}

pub fn deleted() -> HttpResponse {
    begin(StatusCode::NO_CONTENT).finish()
}
