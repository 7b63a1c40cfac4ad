//! Looking at JSON.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// An object's keys, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("{object} is not an object"));
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// A time in RFC 3339 that says with `Z` that it is UTC.
pub fn utc(value: &Value) -> DateTime<Utc> {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is not a text"));
    assert!(text.ends_with('Z'), "{text} does not end with Z");
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A number of milliseconds with at most two decimals.
pub fn milliseconds(value: &Value) -> f64 {
    let number = value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"));
    let hundredths = number * 100.0;
    assert!(
        (hundredths - hundredths.round()).abs() < 1e-6,
        "{number} has more than two decimals"
    );
    assert!(number >= 0.0);
    number
}
