//! The span around a request: what every line written while serving it carries.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage as _, web};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::RootSpanBuilder;

use super::state::EdgeState;
use crate::http::client_ip;
use crate::http::request_context::RequestContext;
use crate::http::request_id::RequestId;
use crate::http::trace_context::TraceContext;
use crate::sentry_report;

pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = RequestId::from_headers(request.headers());
        let edge = request.app_data::<web::Data<EdgeState>>();
        let proxies = edge.map(|edge| &edge.trusted_proxies);
        let route = request.match_pattern();
        let trace = TraceContext::from_headers(request.headers());
        let span = tracing::info_span!(
            "request",
            request_id = %request_id,
            method = request.method().as_str(),
            path = request.path(),
            route = route.as_deref().unwrap_or("unmatched"),
            user = Empty,
            trace_id = trace.map(|trace| trace.trace_id),
            span_id = trace.map(|trace| trace.span_id),
        );
        sentry_report::name_request(&request_id, request.method().as_str(), route.as_deref());
        request.extensions_mut().insert(RequestContext {
            request_id,
            ip: proxies.and_then(|trusted| client_ip::of_request(request.request(), trusted)),
            is_https: proxies
                .is_some_and(|trusted| client_ip::is_https(request.request(), trusted)),
            route,
        });
        span
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}
