//! Request bodies: which kinds are taken, and how large they may be.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;

use super::error::{ApiError, FieldError};

/// A body's limit, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// How much of a body that is too large is read and dropped before the refusal: one who is cut off
/// while sending may never see it.
const MAX_DROPPED_BYTES: usize = 16 * 1024 * 1024;

/// What a method takes.
#[derive(Clone, Copy)]
pub enum Media {
    Json,
    /// A merge patch (RFC 7396), under its own name or plainly as JSON.
    MergePatch,
}

impl Media {
    fn takes(self, essence: &str) -> bool {
        match self {
            Self::Json => essence == "application/json",
            Self::MergePatch => {
                essence == "application/merge-patch+json" || Self::Json.takes(essence)
            }
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::MergePatch => "application/merge-patch+json or application/json",
        }
    }
}

/// The body's text.
///
/// # Errors
/// 415 for another kind of body, 413 for one above [`MAX_BYTES`], 400 if it is not UTF-8 or ends too
/// soon.
pub async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    media: Media,
) -> Result<String, ApiError> {
    if !is_taken(request, media) {
        return Err(ApiError::unsupported_media_type(media.expected()));
    }
    let announced = header(request, CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok());
    let mut body = BytesMut::new();
    let mut size = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| unreadable("it ends too soon"))?;
        size += chunk.len();
        if size > MAX_DROPPED_BYTES {
            break;
        }
        if size <= MAX_BYTES && announced.is_none_or(|announced| announced <= MAX_BYTES) {
            body.extend_from_slice(&chunk);
        }
    }
    if size > MAX_BYTES {
        return Err(ApiError::too_large(MAX_BYTES));
    }
    let text = String::from_utf8(body.into()).map_err(|_| unreadable("it is not UTF-8"))?;
    Ok(without_mark(&text).map(str::to_owned).unwrap_or(text))
}

/// What comes after a byte order mark, which many editors put before a text; `None` without one.
pub fn without_mark(text: &str) -> Option<&str> {
    text.strip_prefix('\u{feff}')
}

fn is_taken(request: &HttpRequest, media: Media) -> bool {
    let essence = header(request, CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase());
    let is_plain =
        header(request, CONTENT_ENCODING).is_none_or(|it| it.eq_ignore_ascii_case("identity"));
    is_plain && essence.is_some_and(|essence| media.takes(&essence))
}

fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

fn unreadable(why: &str) -> ApiError {
    ApiError::invalid(vec![FieldError::new(
        "body",
        format!("can't be read: {why}"),
    )])
}
