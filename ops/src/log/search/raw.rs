//! A line's members as they stand in the file, found without building anything.

use serde_json::{Map, Value};

use super::query::Severity;
use crate::clock::{RFC3339_MILLIS_LEN, parse_rfc3339_millis};

/// What every search asks of a line first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Milliseconds since the Unix epoch.
    pub millis: Option<i64>,
    pub severity: Option<Severity>,
}

/// Time and level: at once where they stand in lines of ours, by name in others.
pub(super) fn head(line: &[u8]) -> Head {
    own_head(line).unwrap_or_else(|| Head {
        millis: member(line, b"timestamp")
            .and_then(unquoted)
            .and_then(parse_rfc3339_millis),
        severity: member(line, b"level")
            .and_then(unquoted)
            .and_then(Severity::of_name),
    })
}

fn own_head(line: &[u8]) -> Option<Head> {
    let rest = line.strip_prefix(b"{\"timestamp\":\"")?;
    let (timestamp, rest) = rest.split_at_checked(RFC3339_MILLIS_LEN)?;
    let rest = rest.strip_prefix(b"\",\"level\":\"")?;
    let severity = match rest.first()? {
        b'D' => Severity::Debug,
        b'I' => Severity::Info,
        b'W' => Severity::Warning,
        b'E' => Severity::Error,
        _ => return None,
    };
    let rest = rest.strip_prefix(severity.name().as_bytes())?;
    (rest.first() == Some(&b'"')).then_some(Head {
        millis: Some(parse_rfc3339_millis(timestamp)?),
        severity: Some(severity),
    })
}

/// The value of a member, as it stands there. Of several the first.
pub(super) fn member<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    Members::of(line).find_map(|(key, value)| (key == name).then_some(value))
}

fn unquoted(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Name (without its quotes, escapes as they are) and value of each member; ends where the line
/// is no JSON any more.
struct Members<'a> {
    rest: &'a [u8],
}

impl<'a> Members<'a> {
    fn of(line: &'a [u8]) -> Self {
        let rest = line.trim_ascii_start().strip_prefix(b"{");
        Self {
            rest: rest.unwrap_or_default(),
        }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_ascii_start();
        let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        let (key, rest) = rest.split_at_checked(value_end(rest)?)?;
        let rest = rest.trim_ascii_start().strip_prefix(b":")?;
        let rest = rest.trim_ascii_start();
        let (value, rest) = rest.split_at_checked(value_end(rest)?)?;
        self.rest = rest;
        Some((unquoted(key)?, value))
    }
}

/// Where the value ends that begins here.
fn value_end(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => string_end(text),
        b'{' | b'[' => nested_end(text),
        b',' | b'}' | b']' | b':' => None,
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
            text.iter().position(ends)
        }
    }
}

fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

fn nested_end(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                at += string_end(text.get(at..)?)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Whether a value reads as `wanted`; of a list one item is enough.
pub(super) fn reads_as(value: &[u8], wanted: &str) -> bool {
    if let Some(text) = unquoted(value)
        && memchr::memchr(b'\\', text).is_none()
    {
        return text == wanted.as_bytes();
    }
    match serde_json::from_slice::<Value>(value) {
        Ok(Value::Array(items)) => {
            items.iter().any(|item| shown(item) == wanted) || shown(&Value::Array(items)) == wanted
        }
        Ok(value) => shown(&value) == wanted,
        Err(_) => false,
    }
}

/// A value as text: strings bare, the rest like JSON with its strings bare as well.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(name, value)| format!("{name}: {}", shown(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A line with all its fields; one that is no JSON object becomes `{"message": text}`.
pub fn parse_line(line: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(line).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(line).into_owned();
        Map::from_iter([("message".to_owned(), text.into())])
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Any JSON value, hostile strings among them.
    pub fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z\"\\\\{}\\[\\],: \\n\u{e9}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"{]{0,3}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn members_are_found_as_a_parser_finds_them(
            members in prop::collection::btree_map("[a-z]{1,4}", value(), 0..6),
            pretty: bool,
        ) {
            let line = if pretty {
                serde_json::to_vec_pretty(&members).unwrap()
            } else {
                serde_json::to_vec(&members).unwrap()
            };
            for (name, value) in &members {
                let raw = member(&line, name.as_bytes()).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<Value>(raw).unwrap(), value);
                prop_assert!(reads_as(raw, &shown(value)));
            }
            prop_assert!(member(&line, b"absent").is_none());
        }

        #[test]
        fn no_line_is_too_broken(line: Vec<u8>, cut in 0_usize..80) {
            let whole = br#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"ERROR","a":[{"b":"\""}]}"#;
            for line in [line.as_slice(), whole.get(..cut).unwrap_or(whole)] {
                member(line, b"a");
                head(line);
                parse_line(line);
            }
        }
    }

    #[test]
    fn time_and_level_are_read_in_any_order_and_spacing() {
        let expected = Head {
            millis: Some(1_767_323_045_678),
            severity: Some(Severity::Warning),
        };
        for line in [
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"WARNING","logger":"x"}"#,
            r#" { "level" : "WARNING", "a": {"level":"ERROR"}, "timestamp": "2026-01-02T03:04:05.678Z" }"#,
        ] {
            assert_eq!(head(line.as_bytes()), expected, "{line}");
        }
        for line in ["", "text", "{", r#"{"timestamp":"soon","level":"LOUD"}"#] {
            assert_eq!(
                head(line.as_bytes()),
                Head {
                    millis: None,
                    severity: None
                },
                "{line}"
            );
        }
    }

    #[test]
    fn one_item_of_a_list_is_enough() {
        let chain = json!(["query failed", "no route"]).to_string();
        for wanted in ["query failed", "no route", "[query failed, no route]"] {
            assert!(reads_as(chain.as_bytes(), wanted));
        }
        assert!(!reads_as(chain.as_bytes(), "route"));
    }
}
