//! One line: the order of its keys, and its two forms, JSON for files and text for people.

use std::time::{SystemTime, UNIX_EPOCH};

use tracing::Level;

use super::escape::{Quoting, escape, quote};
use super::fields::Fields;
use super::file_kind::ACCESS_TARGET;
use super::short;
use crate::clock::{RFC3339_MILLIS_LEN, write_rfc3339_millis};

/// No line is longer, whatever its fields.
pub const MAX_LINE_BYTES: usize = 16 * 1024;

/// Earlier versions wrote lines up to this length: who reads logs still finds them whole.
pub(super) const MAX_READ_BYTES: usize = 256 * 1024;

/// Below this not even a shortened line fits.
pub(super) const MIN_LINE_BYTES: usize = 1024;

pub(super) struct Line<'a> {
    pub timestamp: &'a [u8],
    pub level: Level,
    pub logger: &'a str,
    pub message: &'a str,
    /// As JSON.
    pub request_id: Option<&'a [u8]>,
    pub own: &'a Fields,
    /// What the spans around it say and it does not.
    pub inherited: &'a Fields,
}

/// `DEBUG`, `INFO`, `WARNING` or `ERROR`.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        Level::DEBUG | Level::TRACE => "DEBUG",
    }
}

impl Line<'_> {
    /// The line as a JSON object and `\n`, at most `max_bytes` long: if need be its fields and its
    /// message are cut, which `"truncated":true` says.
    pub fn write_json(&self, out: &mut Vec<u8>, max_bytes: usize) {
        let start = out.len();
        self.write_head(out, self.logger, |out| quote(out, self.message));
        for (key, json) in self.fields() {
            write_pair(out, key, json);
        }
        out.extend_from_slice(b"}\n");
        if out.len() - start > max_bytes {
            out.truncate(start);
            self.write_short_json(out, max_bytes);
        }
    }

    /// What comes after the message.
    fn fields(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        let known_id = self.request_id;
        let own = self.own.iter().filter_map(move |(key, json)| match key {
            "request_id" if known_id == Some(json) => None,
            "request_id" => Some(("field_request_id", json)),
            key => Some((key, json)),
        });
        let inherited = self
            .inherited
            .iter()
            .filter(|(key, _)| *key != "request_id");
        let request_id = self.request_id.map(|id| ("request_id", id));
        request_id.into_iter().chain(own).chain(inherited)
    }

    /// Cuts what is long: first the small fields, among them the ids, then of the others as much
    /// as there is room for.
    fn write_short_json(&self, out: &mut Vec<u8>, max_bytes: usize) {
        const MAX_LOGGER_BYTES: usize = 64;
        const END: &[u8] = b",\"truncated\":true}\n";

        let start = out.len();
        let logger = cut(self.logger, MAX_LOGGER_BYTES.min(max_bytes / 64));
        self.write_head(out, logger, |out| {
            let mut message = Vec::new();
            quote(&mut message, self.message);
            short::push(out, &message, max_bytes / 4);
        });
        let fields: Vec<(&str, &[u8])> = self.fields().collect();
        let is_small = |json: &[u8]| json.len() <= max_bytes / 32;
        let small = fields.iter().filter(|(_, json)| is_small(json));
        let great = fields.iter().filter(|(_, json)| !is_small(json));
        for (key, json) in small.chain(great) {
            let before = out.len();
            let room = (start + max_bytes).saturating_sub(before + END.len());
            let frame = key.len() * short::GROWTH + br#","":"#.len();
            let Some(room) = room.checked_sub(frame) else {
                continue;
            };
            out.push(b',');
            quote(out, key);
            out.push(b':');
            // No field takes more than a quarter from those behind it.
            if !short::push(out, json, room.min(max_bytes / 4)) {
                out.truncate(before);
            }
        }
        out.extend_from_slice(END);
    }

    fn write_head(&self, out: &mut Vec<u8>, logger: &str, message: impl FnOnce(&mut Vec<u8>)) {
        out.extend_from_slice(b"{\"timestamp\":\"");
        out.extend_from_slice(self.timestamp);
        out.extend_from_slice(b"\",\"level\":\"");
        out.extend_from_slice(level_name(self.level).as_bytes());
        out.extend_from_slice(b"\",\"logger\":");
        quote(out, logger);
        out.extend_from_slice(b",\"message\":");
        message(out);
    }

    /// The line for people: time, level, logger, sentence, then its own fields as `key=value`
    /// and the request's id.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.timestamp);
        out.push(b' ');
        let level = level_name(self.level);
        out.extend_from_slice(level.as_bytes());
        out.extend(std::iter::repeat_n(b' ', "WARNING ".len() - level.len()));
        escape(out, self.logger, Quoting::Plain);
        out.extend_from_slice(b": ");
        escape(out, self.message, Quoting::Plain);
        for (key, json) in self.own.iter() {
            // The sentence of an access line says these already; its client is in the file.
            let said = matches!(key, "method" | "path" | "route" | "status" | "user_agent");
            // A page of frames is for the file.
            if matches!(key, "request_id" | "backtrace") {
                continue;
            }
            if !(said && self.logger == ACCESS_TARGET) && json != b"null" {
                write_assignment(out, key, json);
            }
        }
        if let Some(id) = self.request_id {
            write_assignment(out, "request_id", id);
        }
        out.push(b'\n');
    }
}

fn write_pair(out: &mut Vec<u8>, key: &str, json: &[u8]) {
    out.push(b',');
    quote(out, key);
    out.push(b':');
    out.extend_from_slice(json);
}

fn write_assignment(out: &mut Vec<u8>, key: &str, json: &[u8]) {
    out.push(b' ');
    escape(out, key, Quoting::Plain);
    out.push(b'=');
    let bare = json
        .strip_prefix(b"\"")
        .and_then(|json| json.strip_suffix(b"\""))
        .filter(|text| !text.is_empty() && text.iter().all(u8::is_ascii_graphic))
        .filter(|text| memchr::memchr3(b'"', b'=', b'\\', text).is_none());
    out.extend_from_slice(bare.unwrap_or(json));
}

fn cut(text: &str, max_bytes: usize) -> &str {
    let end = text.floor_char_boundary(max_bytes.min(text.len()));
    text.get(..end).unwrap_or_default()
}

/// A timestamp whose date and time of day are written once a second and kept.
#[derive(Debug, Default)]
pub(super) struct Timestamp {
    second: Option<u64>,
    text: Vec<u8>,
}

impl Timestamp {
    pub fn at(&mut self, time: SystemTime) -> &[u8] {
        let since = time.duration_since(UNIX_EPOCH).ok();
        let second = since.map(|since| since.as_secs());
        let millis = since.map_or(0, |since| since.subsec_millis());
        if second.is_none() || second != self.second || self.text.len() != RFC3339_MILLIS_LEN {
            self.text.clear();
            write_rfc3339_millis(&mut self.text, time);
            self.second = second;
        } else if let Some(digits) = self.text.get_mut(RFC3339_MILLIS_LEN - "123Z".len()..) {
            for (place, unit) in digits.iter_mut().zip([100, 10, 1]) {
                *place = b'0' + u8::try_from(millis / unit % 10).unwrap_or(0);
            }
        }
        &self.text
    }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
