//! Fields of an event or a span, already in the form in which they stand in a line.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};

use serde::Serialize;
use tracing::field::{Field, Visit};

use super::escape::quote;
use super::redact::redact;
use super::secret_format::HIDDEN;
use super::secret_key::{is_measure, is_secret_name};

/// Longer texts are cut to this and end in `…[truncated]`.
pub const MAX_TEXT_BYTES: usize = 8 * 1024;

/// The same for what a client chooses, and for the sentence that repeats it.
pub const MAX_PATH_BYTES: usize = 2 * 1024;

/// So much more is looked at for secrets: one must not escape because it is cut in half.
const MAX_SECRET_BYTES: usize = 1024;

pub(super) const CUT_MARK: &str = "…[truncated]";

/// A chain of causes longer than this is a circle.
const MAX_CAUSES: usize = 32;

/// Keys with their values as JSON, each key once, in one buffer that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Fields {
    json: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    key: &'static str,
    start: usize,
    end: usize,
}

impl Fields {
    pub fn clear(&mut self) {
        self.json.clear();
        self.entries.clear();
    }

    /// What it holds on to when it is cleared.
    pub fn capacity_bytes(&self) -> usize {
        self.json.capacity()
    }

    pub fn contains(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub fn get(&self, key: &str) -> Option<&[u8]> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        self.json.get(entry.start..entry.end)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry.key, self.json.get(entry.start..entry.end)?)))
    }

    /// Sets `key` to the JSON that `write` appends, in place of an earlier value.
    pub fn set(&mut self, key: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.json.len();
        write(&mut self.json);
        let end = self.json.len();
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => (entry.start, entry.end) = (start, end),
            None => self.entries.push(Entry { key, start, end }),
        }
    }

    /// Takes over what `other` has and this has not.
    pub fn inherit(&mut self, other: &Self, unless: impl Fn(&str) -> bool) {
        for (key, json) in other.iter() {
            if !self.contains(key) && !unless(key) {
                self.set(key, |out| out.extend_from_slice(json));
            }
        }
    }

    /// Takes over what `other` has, over what this has.
    pub fn update(&mut self, other: &Self) {
        for (key, json) in other.iter() {
            self.set(key, |out| out.extend_from_slice(json));
        }
        // A span that is recorded to for ever must not grow for ever.
        if self.json.len() > 2 * self.live_bytes() + 1024 {
            self.compact();
        }
    }

    fn live_bytes(&self) -> usize {
        self.entries.iter().map(|e| e.end - e.start).sum()
    }

    fn compact(&mut self) {
        let mut fresh = Self::default();
        for (key, json) in self.iter() {
            fresh.set(key, |out| out.extend_from_slice(json));
        }
        *self = fresh;
    }
}

/// Whose fields are visited; an event's `message` is its sentence and no field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Event,
    Span,
}

/// Fills [`Fields`]: values redacted, cut and escaped.
pub(super) struct Recorder<'a> {
    pub origin: Origin,
    pub fields: &'a mut Fields,
    /// The event's sentence, redacted and cut but not escaped.
    pub message: &'a mut String,
    /// For values that have to be printed before they can be looked at.
    pub scratch: &'a mut String,
}

impl Recorder<'_> {
    /// A number or a truth value.
    fn scalar(&mut self, field: &Field, value: impl Serialize) {
        let name = field.name();
        if is_secret_name(name) && !is_measure(name) {
            return self.text(field, HIDDEN);
        }
        let Some(key) = self.key(name) else { return };
        if key == "error" {
            let text = serde_json::to_string(&value).unwrap_or_default();
            return self.text(field, &text);
        }
        // Appending to a Vec can't fail, and these have no form that is not JSON.
        self.fields.set(key, |out| {
            let _ = serde_json::to_writer(out, &value);
        });
    }

    fn text(&mut self, field: &Field, text: &str) {
        let name = field.name();
        if self.origin == Origin::Event && name == "message" {
            self.message.clear();
            self.message.push_str(&clean(text, MAX_PATH_BYTES));
            return;
        }
        let Some(key) = self.key(name) else { return };
        if is_secret_name(name) {
            return self.fields.set(key, |out| quote(out, HIDDEN));
        }
        self.fields.set(key, |out| {
            // An error is always an array, so that readers need to know one form only.
            let (open, close): (&[u8], &[u8]) = match key {
                "error" => (b"[", b"]"),
                _ => (b"", b""),
            };
            out.extend_from_slice(open);
            quote(out, &clean(text, max_bytes(key)));
            out.extend_from_slice(close);
        });
    }

    fn key(&self, name: &'static str) -> Option<&'static str> {
        line_key(self.origin, name)
    }
}

/// A field's key in the line. Those of the line itself are out of its reach; instructions to other
/// layers and the `log` crate's bookkeeping are no data.
pub(super) fn line_key(origin: Origin, name: &'static str) -> Option<&'static str> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    match name {
        "message" if origin == Origin::Event => None,
        "timestamp" => Some("field_timestamp"),
        "level" => Some("field_level"),
        "logger" => Some("field_logger"),
        "message" => Some("field_message"),
        "log.target" | "log.module_path" | "log.file" | "log.line" => None,
        name if origin == Origin::Span && name.starts_with("otel.") => None,
        name => Some(name),
    }
}

impl Visit for Recorder<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.scalar(field, value); // not a number: null
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.scalar(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.scalar(field, value);
    }

    /// Beyond 64 bits most readers lose digits: as text.
    fn record_i128(&mut self, field: &Field, value: i128) {
        match i64::try_from(value) {
            Ok(value) => self.scalar(field, value),
            Err(_) => self.scalar(field, value.to_string()),
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        match u64::try_from(value) {
            Ok(value) => self.scalar(field, value),
            Err(_) => self.scalar(field, value.to_string()),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.scalar(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    /// The chain of causes, outermost first.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let name = field.name();
        if is_secret_name(name) {
            return self.text(field, HIDDEN);
        }
        let Some(key) = self.key(name) else { return };
        let scratch = &mut *self.scratch;
        self.fields.set(key, |out| {
            out.push(b'[');
            let causes = std::iter::successors(Some(value), |&cause| cause.source());
            for (index, cause) in causes.take(MAX_CAUSES).enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                print(scratch, format_args!("{cause}"));
                quote(out, &clean(scratch, MAX_PATH_BYTES));
            }
            out.push(b']');
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut scratch = std::mem::take(self.scratch);
        print(&mut scratch, format_args!("{value:?}"));
        self.text(field, &scratch);
        *self.scratch = scratch;
    }
}

fn max_bytes(key: &str) -> usize {
    match key {
        "path" | "error" => MAX_PATH_BYTES,
        _ => MAX_TEXT_BYTES,
    }
}

/// Without secrets, and not longer than `max_bytes`.
pub fn clean(text: &str, max_bytes: usize) -> Cow<'_, str> {
    let looked_at = text.floor_char_boundary(max_bytes + MAX_SECRET_BYTES);
    let shown = redact(text.get(..looked_at).unwrap_or_default());
    if shown.len() <= max_bytes && looked_at == text.len() {
        return shown;
    }
    let end = shown.floor_char_boundary(max_bytes - CUT_MARK.len());
    let mut cut = shown.get(..end).unwrap_or_default().to_owned();
    cut.push_str(CUT_MARK);
    Cow::Owned(cut)
}

/// Prints into `out`, in place of what is there, and stops soon after what is shown of it: what
/// prints without end must not take all memory.
fn print(out: &mut String, text: fmt::Arguments<'_>) {
    struct Limited<'a>(&'a mut String);
    impl fmt::Write for Limited<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = (MAX_TEXT_BYTES + MAX_SECRET_BYTES + 1).saturating_sub(self.0.len());
            let end = text.ceil_char_boundary(room.min(text.len()));
            self.0.push_str(text.get(..end).unwrap_or_default());
            if end < text.len() {
                Err(fmt::Error)
            } else {
                Ok(())
            }
        }
    }
    out.clear();
    // An error is the limit, or the value's own refusal to be printed: what there is will do.
    let _ = Limited(out).write_fmt(text);
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
