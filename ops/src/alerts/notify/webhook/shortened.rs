//! Our JSON within a number of bytes.

use serde_json::Value;

use crate::alerts::message::{Message, cut};

/// Characters of a text, and entries of a list.
const STEPS: [(usize, usize); 5] = [(1000, 50), (400, 20), (200, 10), (100, 5), (40, 1)];

/// Bytes of an address, which can't be cut: a longer one becomes `null` or empty.
const MAX_ADDRESS_BYTES: usize = 500;

/// The message as JSON without blanks. If that is more than `max_bytes`, its texts and lists are
/// shortened until it fits, and `data.truncated` is true.
pub(super) fn json(message: &Message, max_bytes: usize) -> Vec<u8> {
    let Ok(whole) = serde_json::to_value(message) else {
        // A message has string keys only.
        return Vec::new();
    };
    let mut written = serde_json::to_vec(message).unwrap_or_default();
    for (characters, entries) in STEPS {
        if written.len() <= max_bytes {
            break;
        }
        let mut value = whole.clone();
        shorten(&mut value, characters, entries);
        if let Some(Value::Object(data)) = value.get_mut("data") {
            data.insert("truncated".to_owned(), Value::Bool(true));
        }
        written = value.to_string().into_bytes();
    }
    written
}

fn shorten(value: &mut Value, characters: usize, entries: usize) {
    match value {
        Value::String(text) => *text = cut(text, characters),
        Value::Array(list) => {
            list.truncate(entries);
            for entry in list {
                shorten(entry, characters, entries);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                match (name.as_str(), value) {
                    ("url" | "runbook_url", Value::String(address)) => {
                        if address.len() > MAX_ADDRESS_BYTES {
                            address.clear();
                        }
                    }
                    (_, value) => shorten(value, characters, entries),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
