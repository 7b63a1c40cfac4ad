//! Lines of arbitrary content are lines, parse, and stay within their limit.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::clock::rfc3339_millis;
use crate::log::fields::CUT_MARK;

const KEYS: [&str; 4] = ["a", "b\"\n", "request_id", "путь"];

fn fields(values: &[(usize, String)]) -> Fields {
    let mut fields = Fields::default();
    for (key, value) in values {
        fields.set(KEYS[key % KEYS.len()], |out| quote(out, value));
    }
    fields
}

fn values() -> impl Strategy<Value = Vec<(usize, String)>> {
    proptest::collection::vec((0..KEYS.len(), any::<String>()), 0..6)
}

fn parse(line: &[u8]) -> Map<String, Value> {
    assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
    serde_json::from_slice(line).unwrap()
}

proptest! {
    #[test]
    fn any_line_parses_and_says_what_it_was_given(
        (logger, message) in any::<(String, String)>(),
        own in values(),
        inherited in values(),
    ) {
        let own = fields(&own);
        let mut rest = Fields::default();
        rest.inherit(&fields(&inherited), |key| own.contains(key) || key == "request_id");
        let line = Line {
            timestamp: b"2026-01-02T03:04:05.678Z",
            level: Level::WARN,
            logger: &logger,
            message: &message,
            request_id: Some(b"\"abc\""),
            own: &own,
            inherited: &rest,
        };
        let mut out = Vec::new();
        line.write_json(&mut out, MAX_LINE_BYTES);
        let parsed = parse(&out);
        prop_assert_eq!(&parsed["level"], "WARNING");
        prop_assert_eq!(&parsed["logger"], &logger);
        prop_assert_eq!(&parsed["message"], &message);
        prop_assert_eq!(&parsed["request_id"], "abc");
        for (key, json) in own.iter().chain(rest.iter()) {
            let key = if key == "request_id" { "field_request_id" } else { key };
            let value: Value = serde_json::from_slice(json).unwrap();
            if value != "abc" {
                prop_assert_eq!(&parsed[key], &value);
            }
        }

        let mut text = Vec::new();
        line.write_text(&mut text);
        prop_assert_eq!(text.iter().filter(|byte| **byte < 0x20).count(), 1);
    }

    #[test]
    fn a_line_fits_its_limit(
        message in "(\\PC|[\\x00-\\x1f]){0,900}",
        logger in any::<String>(),
        own in values(),
        max_bytes in MIN_LINE_BYTES..4096,
    ) {
        let own = fields(&own);
        let line = Line {
            timestamp: b"2026-01-02T03:04:05.678Z",
            level: Level::ERROR,
            logger: &logger,
            message: &message,
            request_id: Some(b"\"0123456789012345678901234567890123456789012345678901234567890123\""),
            own: &own,
            inherited: &Fields::default(),
        };
        let mut out = Vec::new();
        line.write_json(&mut out, max_bytes);
        prop_assert!(out.len() <= max_bytes, "{} > {}", out.len(), max_bytes);
        let parsed = parse(&out);
        let shown = parsed["message"].as_str().unwrap();
        prop_assert!(message.starts_with(shown.strip_suffix(CUT_MARK).unwrap_or(shown)));
        prop_assert!(shown == message || parsed["truncated"] == true);
    }

    #[test]
    fn the_kept_timestamp_equals_a_fresh_one(steps in proptest::collection::vec(-3000_i64..3000, 1..50)) {
        let mut timestamp = Timestamp::default();
        let mut millis = 5000_i64;
        for step in steps {
            millis += step;
            let offset = Duration::from_millis(millis.unsigned_abs());
            let time = if millis < 0 { UNIX_EPOCH - offset } else { UNIX_EPOCH + offset };
            let fresh = rfc3339_millis(time);
            prop_assert_eq!(timestamp.at(time), fresh.as_bytes());
        }
    }
}
