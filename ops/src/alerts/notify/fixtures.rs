//! What the channels' tests share.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::Value;

use super::{Answer, Delivery, Endpoint, Request, Secret};
use crate::alerts::message::Timestamp;

pub const NOTICE: &str = "019ac9f4-6000-7c00-8a57-000000000001";

pub fn delivery() -> Delivery<'static> {
    Delivery {
        id: NOTICE,
        at: Timestamp(1_795_867_270_000),
    }
}

pub fn endpoint(url: &str, secret: &str) -> Endpoint {
    Endpoint {
        url: Secret::new(url),
        secret: (!secret.is_empty()).then(|| Secret::new(secret)),
    }
}

pub fn answer(status: u16, body: &str) -> Answer<'_> {
    Answer::new(status, None, body.as_bytes(), delivery().at)
}

pub fn json(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// For snapshots.
pub fn pretty(request: &Request) -> String {
    serde_json::to_string_pretty(&json(request)).unwrap()
}

/// All texts within a JSON value.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
