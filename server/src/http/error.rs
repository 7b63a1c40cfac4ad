//! [`ApiError`]: what a client sees, and what the log sees.
//!
//! A handler returns one with `?`; the edge (`middleware::errors`) renders it once, as
//! `application/problem+json` (RFC 9457) under `/api/` and as a page elsewhere, and the edge logs
//! it once.

use std::error::Error as StdError;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use app::dto::BadQuery;
use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one field of an input: of its body, or a parameter in its query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// `body` where it is the input as a whole.
    pub field: String,
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    /// One sentence for the client: what is wrong and what to do. Never another system's text.
    pub detail: String,
    /// Field by field, where the input is to blame.
    pub errors: Vec<FieldError>,
    pub retry_after_seconds: Option<u64>,
    /// The methods that this address does answer.
    pub allow: Option<&'static str>,
    /// Counted and told of elsewhere: no line of its own in the log.
    pub is_counted: bool,
    /// For the log.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ApiError {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            allow: None,
            is_counted: false,
            source: None,
        }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Sign in first.")
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
    }

    /// 400 that names the fields.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut detail = "The input is not valid: see `errors`.".to_owned();
        if let [FieldError { field, message }] = errors.as_slice() {
            detail = format!("{field}: {message}");
        }
        Self {
            errors,
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    pub fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "It was changed since you read it: read it again, and send its new ETag in If-Match.",
        )
    }

    pub fn too_large(limit_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("A body, and what is stored of it, may have {limit_bytes} bytes at most."),
        )
    }

    pub fn unsupported_media_type(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("Send the body as Content-Type: {expected}, not compressed."),
        )
    }

    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("This address answers {allow} only."),
            )
        }
    }

    /// One client has as much as one may have at once.
    pub fn too_many_requests(detail: impl Into<String>) -> Self {
        Self {
            retry_after_seconds: Some(5),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
        }
    }

    /// What the answer depends on can't be had for the moment.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self {
            retry_after_seconds: Some(5),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    }

    /// More connections than the service has room for.
    pub fn crowded() -> Self {
        Self {
            is_counted: true,
            ..Self::unavailable("Too many connections at the moment. Try again in a few seconds.")
        }
    }

    /// A body that did not come in time.
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "The body did not arrive in time.",
        )
    }

    /// Something that should not happen: 500, with an id that leads to its line in the log.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The service failed to answer. The error's id leads to its line in the log.",
            )
        }
    }
}

impl From<BadQuery> for ApiError {
    fn from(bad: BadQuery) -> Self {
        Self::invalid(vec![FieldError::new(bad.field, bad.message)])
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => source.fmt(f),
            None => f.write_str(&self.detail),
        }
    }
}

impl StdError for ApiError {
    /// The source speaks for this error already; what comes next is the source's own cause.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().and_then(|source| source.source())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Bare: the edge knows the request and writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status);
        if let Some(allow) = self.allow {
            let headers = response.headers_mut();
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}
