//! A line for people in a terminal.

use serde_json::Value;

use super::raw::{parse_line, shown};
use crate::log::escape::{Quoting, escape};

/// Time, level, logger, sentence, then the other fields as `key=value`; nothing in it can turn the
/// terminal.
pub fn show_line(line: &[u8]) -> String {
    const FIRST: [&str; 4] = ["timestamp", "level", "logger", "message"];
    let fields = parse_line(line);
    let text = |key: &str| fields.get(key).map(shown);
    let mut out = Vec::new();
    if let Some(timestamp) = text("timestamp") {
        escape(&mut out, &timestamp, Quoting::Plain);
        out.push(b' ');
    }
    if let Some(level) = text("level") {
        escape(&mut out, &format!("{level:<8}"), Quoting::Plain);
    }
    if let Some(logger) = text("logger") {
        escape(&mut out, &logger, Quoting::Plain);
        out.extend_from_slice(b": ");
    }
    escape(
        &mut out,
        &text("message").unwrap_or_default(),
        Quoting::Plain,
    );
    for (key, value) in &fields {
        if FIRST.contains(&key.as_str()) || value.is_null() {
            continue;
        }
        out.push(b' ');
        escape(&mut out, key, Quoting::Plain);
        out.push(b'=');
        match value {
            Value::String(text) if is_bare(text) => escape(&mut out, text, Quoting::Plain),
            value => escape(&mut out, &value.to_string(), Quoting::Plain),
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

fn is_bare(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_as_on_the_console() {
        let line = br#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","logger":"access","message":"GET / 200","user":null,"ip":"::1","error":["a \u001b[31m"],"user_agent":"curl 8"}"#;
        assert_eq!(
            show_line(line),
            r#"2026-01-02T03:04:05.678Z INFO    access: GET / 200 error=["a \u001b[31m"] ip=::1 user_agent="curl 8""#
        );
        assert_eq!(show_line(b"no \x1b[31m json"), r"no \u001b[31m json");
    }
}
