//! The console: the same events that go to `app.log`, for whoever watches.

use std::io::Write as _;

use tracing_subscriber::fmt::MakeWriter;

/// How an event looks on the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleFormat {
    /// `2026-01-02T03:04:05.678Z INFO    target: sentence key=value request_id=…`
    Text,
    /// The line of the files.
    Json,
}

type Write = dyn Fn(&[u8]) + Send + Sync;

/// Where events are shown. Built on any [`MakeWriter`]; one that never blocks is the caller's to
/// choose, `tracing_appender::non_blocking` for example.
pub struct Console {
    pub(super) format: ConsoleFormat,
    write: Box<Write>,
}

impl Console {
    pub fn new<W>(format: ConsoleFormat, writer: W) -> Self
    where
        W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    {
        let write = move |line: &[u8]| {
            // There is nowhere to report to that the console does not work.
            let _ = writer.make_writer().write_all(line);
        };
        Self {
            format,
            write: Box::new(write),
        }
    }

    pub(super) fn write(&self, line: &[u8]) {
        (self.write)(line);
    }
}
