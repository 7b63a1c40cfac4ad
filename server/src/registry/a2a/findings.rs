//! What a JSON Schema finds in a document, in words that stay short whatever the document holds.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// More than these nobody reads, and a document of a megabyte may have a hundred thousand.
const MAX_FINDINGS: usize = 100;
const MAX_MESSAGE_CHARS: usize = 300;

/// What keeps a document from being valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Where, as a JSON Pointer (RFC 6901): the value that is wrong, or the place of one that is
    /// missing.
    #[schema(examples("/protocolVersion"))]
    pub path: String,
    #[schema(examples("\"protocolVersion\" is a required property"))]
    pub message: String,
}

/// Everything that `validator` finds in `document`, with `prefix` before each path.
pub fn findings(validator: &Validator, document: &Value, prefix: &str) -> Vec<Finding> {
    let mut errors = validator.iter_errors(document);
    let mut found: Vec<Finding> = errors
        .by_ref()
        .take(MAX_FINDINGS)
        .map(|error| finding(&error, prefix))
        .collect();
    if errors.next().is_some() {
        found.push(Finding {
            path: prefix.to_owned(),
            message: format!("there is more: only the first {MAX_FINDINGS} are listed"),
        });
    }
    found
}

pub(super) fn finding(error: &ValidationError<'_>, prefix: &str) -> Finding {
    let mut path = format!("{prefix}{}", error.instance_path());
    if let ValidationErrorKind::Required { property } = error.kind()
        && let Some(property) = property.as_str()
    {
        path.push('/');
        path.push_str(&property.replace('~', "~0").replace('/', "~1"));
    }
    let message = error.masked().to_string();
    let message = match message.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
        None => message,
    };
    Finding { path, message }
}
