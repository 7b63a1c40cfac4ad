//! The subscriber as a value: the log's files and console, and Sentry, put together in one place.

pub mod sentry_report;

use std::io;
use std::sync::Arc;

use ops::clock::SystemClock;
use ops::log::{Console, ConsoleFormat, Log, LogConfig, LogHandle, StartError};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::sentry_report::SentryReport;
use crate::config::{Config, LogFormat, Logging};
use crate::http::refusals::Refusals;

/// What keeps telemetry alive: dropped, it writes what is left.
pub struct Telemetry {
    log: Log,
    refusals: Refusals,
    /// The console has a thread of its own, so that a terminal that is not read holds nothing up.
    _console: WorkerGuard,
    _sentry: Option<SentryReport>,
}

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("LOG_DIR: {0}")]
    Log(#[from] StartError),
    #[error("a subscriber is installed already")]
    Installed(#[from] tracing_subscriber::util::TryInitError),
}

impl Telemetry {
    /// Opens the log files and installs everything for the whole process.
    ///
    /// # Errors
    /// If another process has the log directory. Files that can't be written are no error: their
    /// lines are counted, and written again as soon as that works.
    pub fn install(config: &Config) -> Result<Self, TelemetryError> {
        let sentry = sentry_report::start(config);
        let Logging {
            dir,
            level,
            max_bytes,
            max_files,
            format,
            ..
        } = &config.logging;
        let files = LogConfig {
            dir: dir.clone(),
            max_bytes: *max_bytes,
            max_files: *max_files,
        };
        let log = ops::log::start(files, Arc::new(SystemClock))?;
        let (stdout, guard) = tracing_appender::non_blocking(io::stdout());
        let format = match format {
            LogFormat::Text => ConsoleFormat::Text,
            LogFormat::Json => ConsoleFormat::Json,
        };
        let console = Console::new(format, stdout);
        let refusals = Refusals::default();
        tracing_subscriber::registry()
            .with(log.handle().layer(level, Some(console)))
            .with(refusals.layer())
            .with(sentry.is_some().then(sentry_report::layers))
            // Takes the records of the `log` crate, too.
            .try_init()?;
        Ok(Self {
            log,
            refusals,
            _console: guard,
            _sentry: sentry,
        })
    }

    /// What clients sent that is no HTTP.
    pub fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    pub fn log(&self) -> LogHandle {
        self.log.handle()
    }
}
