//! What is logged, where to, and when the files rotate.

use std::path::PathBuf;

use ops::log::LogLevel;

use super::error::ConfigError;
use super::number::whole;
use super::settings::Settings;
use super::variables;
use crate::db::slow_queries::SlowQueries;

/// A file must hold at least a few lines, or rotation would be all that it does.
const MIN_FILE_BYTES: u64 = 4096;
const MAX_FILE_BYTES: u64 = 1 << 40;

#[derive(Debug, Clone)]
pub struct Logging {
    pub dir: PathBuf,
    /// What `app.log` and the console take.
    pub level: LogLevel,
    /// A file is rotated before it would grow past this.
    pub max_bytes: u64,
    /// How many rotated generations of each file are kept.
    pub max_files: u32,
    /// The console's format.
    pub format: LogFormat,
    /// Queries slower than these go to `db.log`.
    pub slow_queries: SlowQueries,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl Logging {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            dir: settings.required(&variables::LOG_DIR, |text| {
                Ok(directory(text, &host_name()))
            })?,
            level: settings.required(&variables::LOG_LEVEL, level)?,
            max_bytes: settings.required(
                &variables::LOG_MAX_BYTES,
                whole("bytes", MIN_FILE_BYTES..=MAX_FILE_BYTES),
            )?,
            max_files: settings.required(&variables::LOG_MAX_FILES, whole("files", 1..=1000))?,
            format: settings.required(&variables::LOG_FORMAT, format)?,
            slow_queries: settings.required(&variables::SLOW_QUERY_MS, SlowQueries::parse)?,
        })
    }
}

/// `{host}` in it is the host's name: containers that share a volume have a directory each.
fn directory(text: &str, host: &str) -> PathBuf {
    PathBuf::from(text.replace("{host}", host))
}

/// What the host calls itself: in a container, the container.
pub fn host_name() -> String {
    let named = std::env::var("HOSTNAME")
        .ok()
        .filter(|name| !name.is_empty())
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    named.as_deref().map_or("localhost", str::trim).to_owned()
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("text or json".to_owned()),
    }
}

fn level(text: &str) -> Result<LogLevel, String> {
    LogLevel::parse(text).map_err(|_| {
        "a level (error, warn, info, debug, trace, off) or target=level, separated by commas"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_that_share_a_volume_have_a_directory_each() {
        let of = |host| directory("/app/logs/{host}", host);
        assert_eq!(of("4f1b"), PathBuf::from("/app/logs/4f1b"));
        assert_ne!(of("4f1b"), of("9c0d"));
        assert_eq!(directory("logs", "4f1b"), PathBuf::from("logs"));
    }
}
