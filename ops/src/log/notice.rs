//! What the log has to say about itself.

use tracing::Level;

use super::console::{Console, ConsoleFormat};
use super::escape::quote;
use super::fields::Fields;
use super::file_kind::LogFile;
use super::line::{Line, MAX_LINE_BYTES};

const LOGGER: &str = "ops::log";

pub(super) struct Notice {
    level: Level,
    message: String,
    fields: Fields,
}

impl Notice {
    /// Lines were lost, and are not any more.
    pub fn recovered(file: LogFile, dropped: u64, reason: &str) -> Self {
        let lines = if dropped == 1 {
            "line was"
        } else {
            "lines were"
        };
        let name = file.name();
        let mut notice = Self {
            level: Level::WARN,
            message: format!("{name} is written again, {dropped} {lines} lost: {reason}"),
            fields: fields(file, reason),
        };
        notice.fields.set("dropped", |out| {
            out.extend_from_slice(dropped.to_string().as_bytes());
        });
        notice
    }

    pub fn failing(file: LogFile, reason: &str) -> Self {
        Self {
            level: Level::ERROR,
            message: format!("{} can't be written: {reason}", file.name()),
            fields: fields(file, reason),
        }
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

fn fields(file: LogFile, reason: &str) -> Fields {
    let mut fields = Fields::default();
    fields.set("file", |out| quote(out, file.name()));
    fields.set("reason", |out| quote(out, reason));
    fields
}
