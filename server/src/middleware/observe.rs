//! Starts the clock, catches panics, and on the way back writes one access line and one traffic sample.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderValue, USER_AGENT};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes};
use actix_web::{Error, HttpMessage as _};
use futures_util::future::LocalBoxFuture;
use ops::log::MAX_PATH_BYTES;
use ops::traffic::{Sample, Traffic};
use tracing::Span;

use super::state::EdgeState;
use super::{errors, panic};
use crate::auth::api_token::Bearer;
use crate::auth::identity::CurrentUser;
use crate::db::{self, milliseconds};
use crate::http::request_context::RequestContext;
use crate::http::request_id;

use crate::http::place::is_monitoring;
use crate::traces::{Answered, RequestTrace};
use crate::traffic::is_counted;

/// Nobody was there any more to take the answer: nginx's number for it.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// A header may be as long as the server admits; a log line need not.
const MAX_USER_AGENT_BYTES: usize = 1024;

pub struct Observe;

impl<S, B> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<ObservedBody<B>>;
    type Error = Error;
    type Transform = ObserveMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ObserveMiddleware { service }))
    }
}

pub struct ObserveMiddleware<S> {
    service: S,
}

impl<S, B> Service<ServiceRequest> for ObserveMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<ObservedBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let mut line = AccessLine::begin(&request);
        let failure = errors::Scene::of(&request);
        let served = self.service.call(request);
        Box::pin(async move {
            let parent = line.trace().and_then(RequestTrace::parent);
            let (outcome, database) = db::timed(parent, panic::Caught::new(served)).await;
            line.database = database;
            match outcome {
                Ok(Ok(mut response)) => {
                    line.answered(&response);
                    if let Some(id) = line.request_id_header() {
                        response.headers_mut().insert(request_id::HEADER, id);
                    }
                    Ok(response.map_body(|_, body| ObservedBody { body, line }))
                }
                Ok(Err(error)) => {
                    line.failed(error.as_response_error().status_code(), 0);
                    Err(error)
                }
                Err(panicked) => {
                    let failed = failure.panicked(panicked);
                    line.failed(StatusCode::INTERNAL_SERVER_ERROR, failed.body_bytes());
                    Err(failed.into())
                }
            }
        })
    }
}

/// Written when dropped: with the last byte of the body, or with the connection.
struct AccessLine {
    started: Instant,
    span: Span,
    context: Option<RequestContext>,
    /// Only of a request that counts.
    traffic: Option<Arc<Traffic>>,
    method: Method,
    path: String,
    user_agent: Option<String>,
    user: Option<String>,
    status: u16,
    /// How long it waited for databases.
    database: Duration,
    bytes: u64,
}

impl AccessLine {
    fn begin(request: &ServiceRequest) -> Self {
        let user_agent = request.headers().get(USER_AGENT).map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            let cut = text.floor_char_boundary(MAX_USER_AGENT_BYTES);
            text.get(..cut).unwrap_or_default().to_owned()
        });
        let context = request.extensions().get::<RequestContext>().cloned();
        let route = context
            .as_ref()
            .and_then(|context| context.route.as_deref());
        let traffic = request
            .app_data::<web::Data<EdgeState>>()
            .filter(|_| is_counted(route.unwrap_or_else(|| request.path())))
            .map(|edge| Arc::clone(&edge.traffic));
        if let Some(traffic) = &traffic {
            traffic.recorder().started(request.method().as_str());
        }
        Self {
            started: Instant::now(),
            span: Span::current(),
            context,
            traffic,
            method: request.method().clone(),
            path: request.path().to_owned(),
            user_agent,
            user: None,
            status: CLIENT_CLOSED_REQUEST,
            database: Duration::ZERO,
            bytes: 0,
        }
    }

    fn answered<B>(&mut self, response: &ServiceResponse<B>) {
        self.status = response.status().as_u16();
        let extensions = response.request().extensions();
        self.user = match extensions.get::<Bearer>() {
            Some(Bearer::Known(token)) => Some(token.as_user()),
            _ => extensions
                .get::<CurrentUser>()
                .map(|user| user.username.clone()),
        };
    }

    fn failed(&mut self, status: StatusCode, bytes: u64) {
        self.status = status.as_u16();
        self.bytes = bytes;
    }

    fn trace(&self) -> Option<&RequestTrace> {
        self.context.as_ref()?.trace.as_ref()
    }

    fn request_id_header(&self) -> Option<HeaderValue> {
        let context = self.context.as_ref()?;
        Some(context.request_id.header_value())
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let elapsed: Duration = self.started.elapsed();
        let context = self.context.as_ref();
        let ip = context.and_then(|context| context.ip);
        let route = context
            .and_then(|context| context.route.as_deref())
            .unwrap_or("unmatched");
        if let Some(traffic) = &self.traffic {
            traffic.recorder().finished(&Sample {
                method: self.method.as_str(),
                route,
                status: self.status,
                duration: elapsed,
                // What ran side by side adds up to more than the request took.
                database: self.database.min(elapsed),
                bytes: self.bytes,
                request_id: context.map_or("", |context| context.request_id.as_str()),
                trace: self.trace().and_then(RequestTrace::recorded),
            });
        }
        if let Some(trace) = self.trace() {
            trace.finish(&Answered {
                method: self.method.as_str(),
                route: context.and_then(|context| context.route.as_deref()),
                path: &self.path,
                is_https: context.is_some_and(|context| context.is_https),
                status: Some(self.status).filter(|status| *status != CLIENT_CLOSED_REQUEST),
                took: elapsed,
                request_id: context.map_or("", |context| context.request_id.as_str()),
            });
        }
        macro_rules! write_line {
            ($level:ident) => {
                tracing::$level!(
                    target: "access",
                    user = self.user.as_deref(),
                    ip = ip.map(tracing::field::display),
                    method = self.method.as_str(),
                    path = self.path.as_str(),
                    route,
                    status = self.status,
                    duration_ms = milliseconds(elapsed),
                    bytes = self.bytes,
                    user_agent = self.user_agent.as_deref(),
                    "{} {} {}", self.method, Shown(&self.path), self.status
                )
            };
        }
        self.span.in_scope(|| {
            // Probes and scrapes come by the second and say nothing, unless somebody looks for just that.
            if is_monitoring(route) {
                write_line!(debug);
            } else {
                write_line!(info);
            }
        });
    }
}

/// A path in the line's sentence: so much of it that what follows is still seen.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ROOM: usize = MAX_PATH_BYTES - 64;
        if self.0.len() <= ROOM {
            return f.write_str(self.0);
        }
        let cut = self.0.floor_char_boundary(ROOM);
        write!(f, "{}…", self.0.get(..cut).unwrap_or_default())
    }
}

pin_project_lite::pin_project! {
    /// Counts the bytes that go out, and holds the access line until the last one has.
    pub struct ObservedBody<B> {
        #[pin]
        body: B,
        line: AccessLine,
    }
}

impl<B: MessageBody> MessageBody for ObservedBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, B::Error>>> {
        let this = self.project();
        let polled = this.body.poll_next(cx);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            this.line.bytes += chunk.len() as u64;
        }
        polled
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, mut line } = self;
        match body.try_into_bytes() {
            Ok(bytes) => {
                line.bytes = bytes.len() as u64;
                Ok(bytes)
            }
            Err(body) => Err(Self { body, line }),
        }
    }
}
