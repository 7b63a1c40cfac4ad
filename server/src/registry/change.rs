//! Merge patches (RFC 7396) of what is registered.

use serde_json::Value;
use serde_json::value::RawValue;

use super::fields;
use super::members::{Members, merge};
use crate::http::error::ApiError;

/// A merge patch from the text of a body.
///
/// # Errors
/// 400 if it is not JSON, or has a member twice.
pub fn patch(text: &str) -> Result<Box<RawValue>, ApiError> {
    fields::json(text)?;
    serde_json::from_str(text).map_err(ApiError::internal)
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
