//! The span around a request: what every line written while serving it carries.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage as _, web};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::RootSpanBuilder;

use super::state::EdgeState;
use crate::http::client_ip;
use crate::http::place::is_monitoring;
use crate::http::request_context::RequestContext;
use crate::http::request_id::RequestId;
use crate::http::trace_context;
use crate::telemetry::sentry_report;

pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = RequestId::from_headers(request.headers());
        let edge = request.app_data::<web::Data<EdgeState>>();
        let proxies = edge.map(|edge| &edge.trusted_proxies);
        let route = request.match_pattern();
        let caller = trace_context::caller(request.headers());
        let trace = edge.and_then(|edge| edge.tracer.as_ref()).map(|tracer| {
            let is_routine = route.as_deref().is_some_and(is_monitoring);
            tracer.begin(caller, is_routine)
        });
        // Of the request's own span where there is one, else as its caller has it.
        let (trace_id, span_id) = match (&trace, caller) {
            (Some(trace), _) => (Some(trace.trace_id), Some(trace.span_id)),
            (None, Some(caller)) => (Some(caller.trace_id), Some(caller.span_id)),
            (None, None) => (None, None),
        };
        let span = tracing::info_span!(
            "request",
            request_id = %request_id,
            method = request.method().as_str(),
            path = request.path(),
            route = route.as_deref().unwrap_or("unmatched"),
            user = Empty,
            trace_id = trace_id.map(display),
            span_id = span_id.map(display),
        );
        sentry_report::name_request(&request_id, request.method().as_str(), route.as_deref());
        request.extensions_mut().insert(RequestContext {
            request_id,
            ip: proxies.and_then(|trusted| client_ip::of_request(request.request(), trusted)),
            is_https: proxies
                .is_some_and(|trusted| client_ip::is_https(request.request(), trusted)),
            route,
            trace,
        });
        span
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}
