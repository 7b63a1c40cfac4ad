//! What the log has to say about itself.

use std::time::Duration;

use tracing::Level;

use super::console::{Console, ConsoleFormat};
use super::escape::quote;
use super::fair_share::HeldBack;
use super::fields::Fields;
use super::file_kind::LogFile;
use super::line::{Line, MAX_LINE_BYTES};
use super::losses::Loss;
use crate::clock::rfc3339_millis;

const LOGGER: &str = "ops::log";

pub(super) struct Notice {
    level: Level,
    message: String,
    fields: Fields,
}

impl Notice {
    /// Lines were lost, and are not any more.
    pub fn recovered(file: LogFile, loss: &Loss) -> Self {
        let Loss {
            from,
            to,
            dropped,
            reason,
            ..
        } = loss;
        let lines = if *dropped == 1 {
            "line was"
        } else {
            "lines were"
        };
        let name = file.name();
        let mut notice = Self::warning(
            format!("{name} is written again, {dropped} {lines} lost: {reason}"),
            file,
        );
        let fields = &mut notice.fields;
        fields.set("reason", |out| quote(out, reason));
        fields.set("dropped", |out| number(out, *dropped));
        fields.set("from", |out| quote(out, &rfc3339_millis(*from)));
        fields.set("to", |out| quote(out, &rfc3339_millis(to.unwrap_or(*from))));
        notice
    }

    /// One logger wrote more than its share.
    pub fn held_back(held: &HeldBack) -> Self {
        let HeldBack {
            file,
            logger,
            lines,
        } = held;
        let name = file.name();
        let mut notice = Self::warning(
            format!("held back {lines} lines of {logger}: it would have filled {name} alone"),
            *file,
        );
        notice.fields.set("held_back", |out| number(out, *lines));
        notice.fields.set("source", |out| quote(out, logger));
        notice
    }

    /// So much is written that older lines go soon.
    pub fn shortened(file: LogFile, reaches_back: Duration) -> Self {
        let (name, seconds) = (file.name(), reaches_back.as_secs());
        let mut notice = Self::warning(
            format!(
                "{name} and its older files reach back only {seconds} s: \
                 so much is written that older lines were removed"
            ),
            file,
        );
        let key = "reaches_back_seconds";
        notice.fields.set(key, |out| number(out, seconds));
        notice
    }

    fn warning(message: String, file: LogFile) -> Self {
        let mut fields = Fields::default();
        fields.set("file", |out| quote(out, file.name()));
        Self {
            level: Level::WARN,
            message,
            fields,
        }
    }

    pub fn failing(file: LogFile, reason: &str) -> Self {
        let message = format!("{} can't be written: {reason}", file.name());
        let mut notice = Self::warning(message, file);
        notice.level = Level::ERROR;
        notice.fields.set("reason", |out| quote(out, reason));
        notice
    }

    pub fn write_json(&self, out: &mut Vec<u8>, timestamp: &[u8], max_bytes: usize) {
        self.with_line(timestamp, |line| line.write_json(out, max_bytes));
    }

    pub fn show(&self, console: &Console, timestamp: &[u8]) {
        let mut out = Vec::new();
        self.with_line(timestamp, |line| match console.format {
            ConsoleFormat::Json => line.write_json(&mut out, MAX_LINE_BYTES),
            ConsoleFormat::Text => line.write_text(&mut out),
        });
        console.write(&out);
    }

    fn with_line(&self, timestamp: &[u8], act: impl FnOnce(&Line<'_>)) {
        act(&Line {
            timestamp,
            level: self.level,
            logger: LOGGER,
            message: &self.message,
            request_id: None,
            own: &self.fields,
            inherited: &Fields::default(),
        });
    }
}

fn number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(number.to_string().as_bytes());
}
