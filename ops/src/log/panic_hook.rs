//! A panic's line is on disk before the process may die.

use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::thread;
use std::time::Duration;

use super::service::LogHandle;

/// How long a panicking thread waits for its line to be written.
const FLUSH_DEADLINE: Duration = Duration::from_millis(500);

/// What there is to say about a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanicReport {
    pub message: String,
    /// `file:line:column`
    pub location: String,
    pub thread: String,
    pub backtrace: String,
}

impl PanicReport {
    /// Call it in the hook: the backtrace is that of the caller.
    pub fn capture(info: &PanicHookInfo<'_>) -> Self {
        let message = info.payload_as_str().unwrap_or("a value that is no text");
        let location = info.location().map(ToString::to_string);
        Self {
            message: message.to_owned(),
            location: location.unwrap_or_default(),
            thread: thread::current().name().unwrap_or("unnamed").to_owned(),
            backtrace: Backtrace::force_capture().to_string(),
        }
    }
}

/// Logs every panic as an ERROR with the target `panic`, within the span of its thread, and
/// waits until it is written, half a second at most. It replaces the hook there is, whose text on
/// stderr the console's line makes superfluous; so install it **before** a hook that passes on to
/// the previous one, as Sentry's does.
pub fn install_panic_hook(log: LogHandle) {
    panic::set_hook(Box::new(move |info| {
        let report = PanicReport::capture(info);
        tracing::error!(
            target: "panic",
            error = report.message,
            location = report.location,
            thread = report.thread,
            backtrace = report.backtrace,
            "thread {} panicked at {}: {}", report.thread, report.location, report.message,
        );
        log.flush(FLUSH_DEADLINE);
    }));
}
