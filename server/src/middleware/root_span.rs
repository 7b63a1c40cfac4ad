//! The span around a request: what every line written while serving it carries.

use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage as _, web};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::RootSpanBuilder;

use crate::client_ip;
use crate::request_id::RequestId;
use crate::sentry_report;
use crate::state::AppState;
use crate::trace_context::TraceContext;

/// Known of a request from its first moment; in the request's extensions.
#[derive(Clone, Debug)]
pub struct RequestContext {
    pub request_id: RequestId,
    pub ip: Option<IpAddr>,
    /// The matched pattern, such as `/api/agentcards/{id}/`; never the path itself.
    pub route: Option<String>,
}

pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = RequestId::from_headers(request.headers());
        let ip = request.app_data::<web::Data<AppState>>().and_then(|state| {
            client_ip::of_request(request.request(), &state.config.trusted_proxies)
        });
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
            ip,
            route,
        });
        span
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}
