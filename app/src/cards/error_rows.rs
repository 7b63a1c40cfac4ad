//! Log lines made ready for the list: a key that stays, and fields in a fixed order.
//!
//! Nothing here may depend on the order of a JSON object's members: it differs between the server
//! and the browser as soon as some dependency turns on `serde_json/preserve_order`.

use std::collections::HashMap;

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

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The same for the same line at each refresh, in each browser: it can stand in a link.
    pub key: String,
    pub line: LogLine,
}

/// Of lines that are alike to the last letter, each older one is told apart by its number, counted
/// from the oldest: those that come in at the top change no key below.
pub fn rows(lines: &[LogLine]) -> Vec<Row> {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut rows: Vec<Row> = lines
        .iter()
        .rev()
        .map(|line| {
            let hash = fnv1a(&fields(line));
            let count = seen
                .entry(hash)
                .and_modify(|count| *count += 1)
                .or_default();
            let key = match count {
                0 => format!("{hash:016x}"),
                count => format!("{hash:016x}-{count}"),
            };
            Row {
                key,
                line: line.clone(),
            }
        })
        .collect();
    rows.reverse();
    rows
}

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

/// FNV-1a, 64 bits: the standard library promises no stable hash, and keys stand in links.
fn fnv1a(fields: &[(String, &Value)]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, value) in fields {
        for byte in name
            .bytes()
            .chain([0])
            .chain(plain(value).bytes())
            .chain([0])
        {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixtures;

    fn lines() -> Vec<LogLine> {
        fixtures::healthy().recent_errors.unwrap_or_default()
    }

    fn keys(lines: &[LogLine]) -> Vec<String> {
        rows(lines).into_iter().map(|row| row.key).collect()
    }

    #[test]
    fn a_line_keeps_its_key_when_newer_ones_come_in_on_top() {
        let old = lines();
        let mut new = vec![fixtures::hostile(), fixtures::hostile()];
        new.extend(lines());
        let kept = keys(&new).split_off(2);
        assert_eq!(kept, keys(&old));
    }

    #[test]
    fn equal_lines_have_different_keys() {
        let mut keys = keys(&vec![fixtures::hostile(); 3]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 3);
    }

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
