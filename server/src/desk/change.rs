//! What everything that somebody changes on the desk has in common.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alerting::people::Unchanged;
use crate::auth::guard::Operator;
use crate::auth::state::AuthState;
use crate::auth::trace::trace_of;
use crate::http::body::{self, Media};
use crate::http::error::{ApiError, FieldError};

/// Longer than anybody writes at night.
const MAX_TEXT: usize = 10_000;

pub fn away() -> ApiError {
    ApiError::unavailable("The monitoring store does not answer. Try again in a few seconds.")
}

/// A body of JSON.
pub async fn parsed<T: serde::de::DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<T, ApiError> {
    let text = body::read(request, payload, Media::Json).await?;
    serde_json::from_str(&text)
        .map_err(|error| ApiError::invalid(vec![FieldError::new("body", format!("{error}."))]))
}

/// Something worth knowing, in Markdown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
}

/// The note of a body.
pub async fn noted(request: &HttpRequest, payload: Payload) -> Result<String, ApiError> {
    let note: Note = parsed(request, payload).await?;
    worded("text", &note.text)
}

/// 201: what was made is at this address.
pub fn created(location: String, shown: impl Serialize) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((LOCATION, location))
        .json(shown)
}

/// What somebody wrote, if they wrote anything.
pub fn worded(field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let message = if text.is_empty() {
        "is required"
    } else if text.chars().count() > MAX_TEXT {
        "is too long: 10000 characters are the most"
    } else {
        return Ok(text.to_owned());
    };
    Err(ApiError::invalid(vec![FieldError::new(field, message)]))
}

pub fn refused(why: Unchanged) -> ApiError {
    match why {
        Unchanged::Unknown => ApiError::not_found(),
        Unchanged::Over => ApiError::conflict("The incident is over already."),
        Unchanged::Away => away(),
    }
}

/// No change of the registry's: it is made whether the audit can take it now or not.
pub async fn audit(
    request: &HttpRequest,
    operator: &Operator,
    (action, object, id): (&'static str, &'static str, &str),
    detail: &str,
) {
    const MOST: usize = 500;
    let Some(auth) = request.app_data::<web::Data<AuthState>>() else {
        return;
    };
    let detail: String = detail.chars().take(MOST).collect();
    let entry = trace_of(request, operator.name.clone()).entry(action, object, id, detail);
    auth.audit_trail.record(entry).await;
}
