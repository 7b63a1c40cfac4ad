//! Logs: one JSON object a line, four files, a console, and exact books over every line.
//!
//! The way of an event: [`LogLayer`] formats it once into a buffer of the thread (`fields`,
//! `redact`, `secret_*`, `foreign`, `escape`, `line`, `short`) → `fair_share` → `queue`, bounded in bytes → `writer`, the one thread that touches
//! files → `rotate`. [`tail`], [`newest_lines`] and [`search`] read back.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tracing_subscriber::layer::SubscriberExt;
//! use ops::log::{Console, ConsoleFormat, LogConfig, LogLevel};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(ops::clock::SystemClock);
//! let log = ops::log::start(LogConfig::new("logs"), clock)?;
//! let level = LogLevel::parse("info")?;
//! let console = Console::new(ConsoleFormat::Text, std::io::stdout);
//! let subscriber = tracing_subscriber::registry().with(log.layer(&level, Some(console)));
//! tracing::subscriber::with_default(subscriber, || {
//!     tracing::info!(target: "access", status = 200, "GET / 200");
//! });
//! log.shutdown(std::time::Duration::from_secs(2));
//! # Ok(())
//! # }
//! ```
//!
//! Rules for fields, for whoever logs:
//! - `timestamp`, `level` and `logger` (and in spans `message`) belong to the line: fields of these
//!   names become `field_timestamp`, …; so does an event's `request_id` that differs from that of
//!   the span around it.
//! - An event's field wins over a span's, an inner span's over an outer's.
//! - `error = &error as &dyn Error` becomes the array of the chain; any other `error` an array of
//!   one.
//! - Values under secret-looking names, and secrets within texts, become `***` (see `redact`).
//! - In access lines, declared but empty fields are `null`; elsewhere they are left out, but for
//!   what each WARNING and ERROR line of a request says: `method`, `path`, `route`, `user`, `status`.
//! - Span fields named `otel.*` are for another layer and are not written.
//!
//! Records of the `log` crate come through once `tracing_log::LogTracer` is installed.

mod console;
mod directory;
mod escape;
mod fair_share;
mod fields;
mod file_kind;
mod foreign;
mod layer;
#[cfg(test)]
mod layer_fixture;
mod level;
mod line;
mod losses;
mod notice;
mod panic_hook;
mod queue;
mod redact;
mod removed;
mod rotate;
pub mod search;
mod secret_format;
mod secret_key;
mod secret_value;
mod service;
mod short;
mod tail;
mod tap;
mod temporary_level;
mod writer;

pub use console::{Console, ConsoleFormat};
pub use fields::{MAX_PATH_BYTES, MAX_TEXT_BYTES, clean};
pub use file_kind::{DB_TARGET, LogFile};
pub use foreign::{is_clients_doing, is_of_peers_certificate};
pub use layer::LogLayer;
pub use level::{LevelError, LogFilter, LogLevel};
pub use line::level_name;
pub use losses::Loss;
pub use panic_hook::{PanicReport, install_panic_hook};
pub use queue::{LEVELS, LineCounts};
pub use redact::redact;
pub use removed::Removed;
pub use secret_key::is_secret_key;
pub use service::{FileStats, Log, LogConfig, LogHandle, StartError, start};
pub use tail::{newest_lines, tail};
pub use tap::ErrorLines;
pub use temporary_level::{LevelState, TemporaryLevel};
