//! A query made ready: what to look for in raw bytes first, and what a line must then have.

use memchr::memmem;
use serde_json::Value;

use super::needle::Needle;
use super::query::{Query, Severity};
use super::raw::{Head, head, member, reads_as};
use crate::log::escape::is_dangerous;

/// Shorter runs are in too many lines to be worth looking for.
const MIN_RUN_BYTES: usize = 2;

pub(super) struct Matcher<'q> {
    query: &'q Query,
    driver: Driver,
    text: Option<Text<'q>>,
}

/// Leads to the lines that are worth a look. All others can't match.
enum Driver {
    Every,
    Exact(memmem::Finder<'static>),
    AnyCase(Needle),
}

struct Text<'q> {
    wanted: &'q str,
    raw: Needle,
    /// It may stand in the file with escapes in it.
    is_escaped: bool,
}

impl<'q> Matcher<'q> {
    /// `sample` is a part of what will be searched.
    pub fn new(query: &'q Query, sample: &[u8]) -> Self {
        let wanted = query.text.as_deref().unwrap_or_default();
        let text = Needle::new(wanted.as_bytes(), sample).map(|raw| Text {
            wanted,
            raw,
            is_escaped: longest_run(wanted).len() < wanted.len(),
        });
        Self {
            driver: driver(query, sample),
            text,
            query,
        }
    }

    /// Appends where the lines lie that are worth a look, in their order.
    pub fn candidates(&self, block: &[u8], out: &mut Vec<(usize, usize)>) {
        let line_end = |from: usize| {
            let rest = block.get(from..).unwrap_or_default();
            memchr::memchr(b'\n', rest).map_or(block.len(), |at| from + at)
        };
        let mut at = 0;
        while at < block.len() {
            let rest = block.get(at..).unwrap_or_default();
            let found = match &self.driver {
                Driver::Every => Some(at),
                Driver::Exact(finder) => finder.find(rest).map(|found| at + found),
                Driver::AnyCase(needle) => needle.find(block, at),
            };
            let Some(found) = found else { return };
            let before = block.get(at..found).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(at, |line_break| at + line_break + 1);
            let end = line_end(found);
            if start < end {
                out.push((start, end));
            }
            at = end + 1;
        }
    }

    /// Time and level of a line that matches.
    pub fn check(&self, line: &[u8]) -> Option<Head> {
        let head = head(line);
        let query = self.query;
        let is_in_time = |millis: i64| {
            query.since.is_none_or(|since| millis >= since)
                && query.until.is_none_or(|until| millis < until)
        };
        if (query.since.is_some() || query.until.is_some()) && !head.millis.is_some_and(is_in_time)
        {
            return None;
        }
        let wanted = query.severity.unwrap_or(Severity::Debug);
        if query.severity.is_some() && head.severity.is_none_or(|severity| severity < wanted) {
            return None;
        }
        let has_all = self.has_fields(line) && self.has_status(line) && self.has_text(line);
        has_all.then_some(head)
    }

    fn has_fields(&self, line: &[u8]) -> bool {
        self.query.fields.iter().all(|(name, wanted)| {
            match member(line, name.as_bytes()) {
                Some(value) => reads_as(value, wanted),
                // A line that is no JSON is all message.
                None => name == "message" && line == wanted.as_bytes(),
            }
        })
    }

    fn has_status(&self, line: &[u8]) -> bool {
        self.query.status.is_none_or(|wanted| {
            let status = member(line, b"status").and_then(|text| std::str::from_utf8(text).ok());
            let status = status.and_then(|text| text.parse().ok());
            status.is_some_and(|status| wanted.admits(status))
        })
    }

    fn has_text(&self, line: &[u8]) -> bool {
        let Some(text) = &self.text else { return true };
        text.raw.find(line, 0).is_some()
            || (text.is_escaped
                && serde_json::from_slice::<Value>(line)
                    .is_ok_and(|value| says(&value, &text.wanted.to_ascii_lowercase())))
    }
}

/// The rarest-looking thing that every matching line has, as it is written there.
fn driver(query: &Query, sample: &[u8]) -> Driver {
    let fields = query.fields.iter();
    let fields = fields.map(|(_, value)| longest_run_of_value(value));
    let field = fields.max_by_key(|run| run.len()).unwrap_or_default();
    let text = longest_run(query.text.as_deref().unwrap_or_default());
    if field.len() >= MIN_RUN_BYTES && field.len() >= text.len() {
        return Driver::Exact(memmem::Finder::new(field).into_owned());
    }
    if text.len() >= MIN_RUN_BYTES
        && let Some(needle) = Needle::new(text.as_bytes(), sample)
    {
        return Driver::AnyCase(needle);
    }
    if query.status.is_some() {
        return Driver::Exact(memmem::Finder::new("\"status\"").into_owned());
    }
    match query.severity {
        Some(Severity::Error) => Driver::Exact(memmem::Finder::new("\"ERROR\"").into_owned()),
        _ => Driver::Every,
    }
}

/// The longest part of a text that stands in a line as it is: what our writer does not escape.
fn longest_run(text: &str) -> &str {
    let is_escaped = |c: char| matches!(c, '"' | '\\') || is_dangerous(c);
    let runs = text.split(is_escaped);
    runs.max_by_key(|run| run.len()).unwrap_or_default()
}

/// Likewise of a field's value. A list or an object reads otherwise than it is written.
fn longest_run_of_value(value: &str) -> &str {
    if !value.starts_with(['[', '{']) {
        return longest_run(value);
    }
    let runs = value
        .split(|c: char| "[]{},: ".contains(c))
        .map(longest_run);
    runs.max_by_key(|run| run.len()).unwrap_or_default()
}

/// Whether a name or a value has the text, which is in lower case.
fn says(value: &Value, lower: &str) -> bool {
    let has = |text: &str| text.to_ascii_lowercase().contains(lower);
    match value {
        Value::String(text) => has(text),
        Value::Array(items) => items.iter().any(|item| says(item, lower)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| has(name) || says(value, lower)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
