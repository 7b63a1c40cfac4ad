//! What changes of all resources have in common.

use actix_web::HttpResponse;
use serde_json::Value;
use serde_json::value::RawValue;

use super::duplicates;
use super::members::{Members, merge};
use crate::db::queries::namespaces::Deletion;
use crate::http::error::{ApiError, FieldError};
use crate::http::reply;

/// How often a change is tried anew when others change the same thing at the same time. Each time
/// at least one of them gets through.
pub const ATTEMPTS: usize = 50;

/// A merge patch from the text of a body.
///
/// # Errors
/// 400 if it is not JSON, or has a member twice.
pub fn patch(text: &str) -> Result<Box<RawValue>, ApiError> {
    let invalid = |error: serde_json::Error| {
        ApiError::invalid(vec![FieldError::new(
            "body",
            format!("is not JSON: {error}"),
        )])
    };
    // As a value first: that sets a limit to how deep it is, which raw texts have not.
    serde_json::from_str::<Value>(text).map_err(invalid)?;
    if let Some(twice) = duplicates::complaint(text) {
        return Err(ApiError::invalid(vec![twice]));
    }
    serde_json::from_str(text).map_err(invalid)
}

/// The text of what a patch makes of the latest state.
pub fn patched(latest: &Members, patch: &RawValue) -> String {
    let merged = merge(&latest.to_raw(), patch);
    let is_there = |name: &str| latest.names().any(|there| there == name);
    let removed = Members::of(patch.get()).unwrap_or_default().nulls();
    let mut odd = removed
        .into_iter()
        .filter(|name| !is_there(name))
        .peekable();
    let Some(mut members) = odd.peek().and_then(|_| Members::of(merged.get())) else {
        return merged.get().to_owned();
    };
    // The removal of what is not there leaves no trace. It stays in, so that whoever takes the result
    // apart sees it: a name that is misspelt must not look as if it had worked.
    for name in odd {
        members.set_value(&name, &Value::Null);
    }
    members.to_raw().get().to_owned()
}

pub fn too_contended() -> ApiError {
    ApiError::unavailable("Too many change this at the same time. Try again in a few seconds.")
}

/// The answer to a deletion.
pub fn deleted(deletion: Deletion) -> Result<HttpResponse, ApiError> {
    match deletion {
        Deletion::Done => Ok(reply::deleted()),
        Deletion::Missing => Err(ApiError::not_found()),
        Deletion::Changed => Err(ApiError::precondition_failed()),
    }
}

/// The names of what has changed.
pub fn names_of(changed: &[(&str, bool)]) -> String {
    let names: Vec<&str> = changed
        .iter()
        .filter(|(_, has_changed)| *has_changed)
        .map(|(name, _)| *name)
        .collect();
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}
