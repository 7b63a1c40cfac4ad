//! A log line's fields in a fixed order, and their values as text.
//!
//! Nothing here may depend on the order of a JSON object's members: it differs between the server
//! and the browser as soon as some dependency turns on `serde_json/preserve_order`.

use serde_json::Value;

use crate::dto::LogLine;

/// Shown first, in this order; the rest follows by name.
const FIRST: [&str; 7] = [
    "timestamp",
    "level",
    "logger",
    "message",
    "error",
    "error_id",
    "request_id",
];

pub fn fields(line: &LogLine) -> Vec<(String, &Value)> {
    let mut fields: Vec<(String, &Value)> = line
        .iter()
        .map(|(name, value)| (name.clone(), value))
        .collect();
    let rank = |name: &str| {
        FIRST
            .iter()
            .position(|first| *first == name)
            .unwrap_or(FIRST.len())
    };
    fields.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
    fields
}

/// A value as text: strings without quotes, the rest like JSON with its members sorted.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = fields(members)
                .into_iter()
                .map(|(name, value)| format!("{name}: {}", plain(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_members_changes_nothing() {
        let a = json!({"b": 1, "message": "m", "a": {"y": [1, "two"], "x": null}});
        let fields: Vec<(String, String)> = a
            .as_object()
            .into_iter()
            .flat_map(fields)
            .map(|(name, value)| (name, plain(value)))
            .collect();
        let expected = [
            ("message", "m"),
            ("a", "{x: null, y: [1, two]}"),
            ("b", "1"),
        ];
        assert_eq!(
            fields,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
