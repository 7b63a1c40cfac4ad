//! Cross-origin reading (the Fetch standard's CORS protocol): what anybody may read, scripts of any
//! page may read. Never with credentials, and never the desk's data.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderValue, ORIGIN,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// `*` covers all but `Authorization`, which has no place in a public request.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("*");
const RESPONSE_HEADERS: HeaderValue =
    HeaderValue::from_static("ETag, Retry-After, X-Error-ID, X-Request-ID");
/// A day, in seconds; browsers take less.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");

pub async fn open_what_is_public(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if !is_public(request.path()) {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    }
    if is_preflight(&request) {
        let mut response = HttpResponse::NoContent().finish();
        let headers = response.headers_mut();
        open(headers);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        return Ok(request.into_response(response).map_into_right_body());
    }
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let mut response = next.call(request).await?;
    if is_read {
        open(response.headers_mut());
    }
    Ok(response.map_into_left_body())
}

fn is_preflight(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    *request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn open(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
}

fn is_public(path: &str) -> bool {
    let is_well_known = ["/.well-known/agent-card.json", "/.well-known/agent.json"]
        .iter()
        .any(|end| path.ends_with(end));
    is_well_known || path.starts_with("/api/") && !format!("{path}/").starts_with("/api/ops/")
}
