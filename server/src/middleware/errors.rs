//! Renders what failed, once, at the edge: `application/problem+json` (RFC 9457) under `/api/`, a
//! page elsewhere; and logs what is the service's own fault.

use std::error::Error as StdError;
use std::fmt;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use app::pages::{ErrorView, render_error};
use app::view::viewer::Language;
use ops::log::PanicReport;
use serde::Serialize;

use crate::http::error::{ApiError, FieldError};
use crate::http::language::language;
use crate::http::place::is_for_programs;
use crate::http::request_context::RequestContext;
use crate::http::{assets, request_id};

const ERROR_ID: HeaderName = HeaderName::from_static("x-error-id");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// RFC 9457, section 3.1, with three members of our own.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_id: Option<&'a str>,
}

pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let response = next.call(request).await?;
    let Some(error) = response.response().error() else {
        return Ok(response.map_into_left_body());
    };
    let known = error.as_error::<ApiError>();
    let status = response.status();
    let failure = Failure {
        status,
        detail: known.map_or_else(|| generic_detail(status), |known| known.detail.clone()),
        errors: known.map(|known| known.errors.clone()).unwrap_or_default(),
        retry_after_seconds: known.and_then(|known| known.retry_after_seconds),
        error_id: None,
    };
    let failure = match known {
        Some(known) if known.is_counted => failure,
        Some(known) => failure.log(known),
        None => failure.log(error),
    };
    let scene = Scene::of_request(response.request());
    let mut rendered = failure.render(&scene);
    if let Some(allow) = response.headers().get(ALLOW) {
        rendered.headers_mut().insert(ALLOW, allow.clone());
    }
    Ok(response.into_response(rendered).map_into_right_body())
}

fn generic_detail(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("Error");
    if status.is_server_error() {
        "The service failed to answer. The error's id leads to its line in the log.".to_owned()
    } else {
        format!("{reason}.")
    }
}

/// What of a request is needed to answer for its failure when the request itself is gone.
pub struct Scene {
    context: Option<RequestContext>,
    is_api: bool,
    language: Language,
}

impl Scene {
    pub fn of(request: &ServiceRequest) -> Self {
        Self::of_request(request.request())
    }

    fn of_request(request: &HttpRequest) -> Self {
        // On its own: reading cookies borrows the extensions again, and mutably.
        let context = request.extensions().get::<RequestContext>().cloned();
        Self {
            context,
            is_api: is_for_programs(request.path()),
            language: language(request),
        }
    }

    /// Logs the panic and makes the answer to it.
    pub fn panicked(self, panicked: PanicReport) -> PanicAnswer {
        let error_id = new_error_id();
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        tracing::error!(
            error = panicked.message.as_str(),
            location = panicked.location.as_str(),
            backtrace = panicked.backtrace.as_str(),
            error_id,
            status = status.as_u16(),
            "panicked at {}: {}",
            panicked.location,
            panicked.message,
        );
        PanicAnswer {
            failure: Failure {
                status,
                detail: generic_detail(status),
                errors: Vec::new(),
                retry_after_seconds: None,
                error_id: Some(error_id),
            },
            scene: self,
        }
    }
}

struct Failure {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    error_id: Option<String>,
}

impl Failure {
    /// A failure of ours gets an id and an ERROR line; a database that can't be reached is known
    /// by itself and gets a WARNING; a client's mistake gets neither.
    fn log(mut self, error: &(impl StdError + 'static)) -> Self {
        let error = error as &(dyn StdError + 'static);
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                let status = self.status.as_u16();
                tracing::warn!(error, status, "{}", cause(error));
            }
            status if status.is_server_error() => {
                let error_id = new_error_id();
                let status = status.as_u16();
                tracing::error!(error, error_id, status, "{}", cause(error));
                self.error_id = Some(error_id);
            }
            _ => {}
        }
        self
    }

    fn render(&self, scene: &Scene) -> HttpResponse<BoxBody> {
        let request_id = scene
            .context
            .as_ref()
            .map(|context| context.request_id.to_string());
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(error_id) = &self.error_id {
            response.insert_header((ERROR_ID, error_id.as_str()));
        }
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if scene.is_api {
            let problem = Problem {
                kind: "about:blank",
                title: self.status.canonical_reason().unwrap_or("Error"),
                status: self.status.as_u16(),
                detail: &self.detail,
                errors: &self.errors,
                request_id,
                error_id: self.error_id.as_deref(),
            };
            response
                .insert_header((CONTENT_TYPE, PROBLEM_JSON))
                .body(serde_json::to_string(&problem).unwrap_or_default())
        } else {
            let view = ErrorView {
                language: scene.language,
                status: self.status.as_u16(),
                error_id: self.error_id.clone(),
                request_id,
            };
            response
                .content_type("text/html; charset=utf-8")
                .body(render_error(&view, &assets::current()))
        }
    }
}

/// The answer to a panic, as an error because the request that an answer would need is gone.
pub struct PanicAnswer {
    failure: Failure,
    scene: Scene,
}

impl PanicAnswer {
    pub fn body_bytes(&self) -> u64 {
        match self.failure.render(&self.scene).body().size() {
            actix_web::body::BodySize::Sized(bytes) => bytes,
            _ => 0,
        }
    }
}

impl fmt::Debug for PanicAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PanicAnswer")
    }
}

impl fmt::Display for PanicAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("panic while serving a request")
    }
}

impl ResponseError for PanicAnswer {
    fn status_code(&self) -> StatusCode {
        self.failure.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = self.failure.render(&self.scene);
        if let Some(context) = &self.scene.context {
            let id = context.request_id.header_value();
            response.headers_mut().insert(request_id::HEADER, id);
        }
        super::headers::insert(response.headers_mut());
        response
    }
}

/// What failed in the end: the chain's last error says it, those before it say what came of it.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().unwrap_or(error)
}

/// Eight upper-case hexadecimal digits: short enough to read out on the phone.
fn new_error_id() -> String {
    let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
    format!("{:08X}", high >> 32)
}
