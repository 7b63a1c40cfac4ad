//! A copy of the ERROR lines, and of those of requests answered with 503, for whoever groups them.
//!
//! Taken where the writer has the lines anyway, so that no thread that logs does more for it. What
//! never came so far, because a queue was full, is counted; so is what nobody came for in time.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use memchr::memmem::Finder;
use tokio::sync::Notify;

use crate::clock::RFC3339_MILLIS_LEN;

/// More is counted and not kept.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What stands before the level in each of our lines.
const LEVEL_AT: usize = "{\"timestamp\":\"".len() + RFC3339_MILLIS_LEN;
const ERROR: &[u8] = b"\",\"level\":\"ERROR\"";
const WARNING: &[u8] = b"\",\"level\":\"WARNING\"";

/// Within a text its quotes would be escaped.
static STATUS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b",\"status\":5"));

/// ERROR lines as they stand in the file, each with its `\n`.
#[derive(Debug, Default)]
pub struct ErrorLines {
    pub bytes: Vec<u8>,
    /// How many more there were.
    pub missed: u64,
}

impl ErrorLines {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.missed == 0
    }
}

#[derive(Debug, Default)]
pub(super) struct Tap {
    kept: Mutex<ErrorLines>,
    arrived: Notify,
}

impl Tap {
    /// Copies the ERROR lines among these.
    pub fn copy(&self, lines: &[u8]) {
        let mut errors = lines
            .split_inclusive(|byte| *byte == b'\n')
            .filter(is_error)
            .peekable();
        if errors.peek().is_none() {
            return;
        }
        let mut kept = self.lock();
        for line in errors {
            if kept.bytes.len() + line.len() > MAX_BYTES {
                kept.missed += 1;
            } else {
                kept.bytes.extend_from_slice(line);
            }
        }
        drop(kept);
        self.arrived.notify_one();
    }

    /// Counts an ERROR line that got lost before it came here.
    pub fn miss(&self) {
        self.lock().missed += 1;
        self.arrived.notify_one();
    }

    pub fn take(&self) -> ErrorLines {
        std::mem::take(&mut *self.lock())
    }

    /// Resolves when there is something to take; at once, if there is.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, ErrorLines> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that was answered with 503 is logged as a WARNING, and is an error all the same.
fn is_error(line: &&[u8]) -> bool {
    line.get(LEVEL_AT..).is_some_and(|rest| {
        rest.starts_with(ERROR) || (rest.starts_with(WARNING) && STATUS.find(rest).is_some())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;
    use std::time::Duration;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::clock::SystemClock;
    use crate::log::{LogConfig, LogLevel, start};

    #[test]
    fn each_error_line_is_copied_as_it_stands_in_the_file_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let log = start(LogConfig::new(directory.path()), Arc::new(SystemClock)).unwrap();
        let level = LogLevel::parse("debug").unwrap();
        let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..500 {
                tracing::error!(number, "password=hunter2 \"ERROR\"");
                tracing::warn!(number, ",\"status\":503 \"level\":\"ERROR\"");
                tracing::info!(target: "access", number, "GET /");
            }
        });
        assert!(log.flush(Duration::from_secs(5)));
        let taken = log.take_errors();
        let file = std::fs::read(log.path(crate::log::LogFile::Error)).unwrap();
        let errors: Vec<u8> = file
            .split_inclusive(|byte| *byte == b'\n')
            .filter(is_error)
            .flatten()
            .copied()
            .collect();
        assert_eq!(taken.bytes, errors);
        assert_eq!(taken.missed, 0);
        assert_eq!(errors.iter().filter(|byte| **byte == b'\n').count(), 500);
        let text = String::from_utf8(taken.bytes).unwrap();
        assert!(!text.contains("hunter2"), "what the log hides is hidden");
        assert!(log.take_errors().is_empty());
    }

    #[test]
    fn a_request_that_can_not_be_served_is_an_error_though_it_is_a_warning() {
        let line = br#"{"timestamp":"2026-11-24T03:22:40.120Z","level":"WARNING","logger":"a","message":"b","status":503}"#;
        assert!(is_error(&&line[..]));
        let other = br#"{"timestamp":"2026-11-24T03:22:40.120Z","level":"WARNING","logger":"a","message":"b","status":404}"#;
        assert!(!is_error(&&other[..]));
    }

    #[test]
    fn what_nobody_comes_for_is_counted() {
        let tap = Tap::default();
        let head = "{\"timestamp\":\"2026-11-24T03:22:40.120Z\",\"level\":\"ERROR\",\"message\":\"";
        let line = format!("{head}{}\"}}\n", "x".repeat(100_000));
        for _ in 0..100 {
            tap.copy(line.as_bytes());
        }
        tap.miss();
        let taken = tap.take();
        assert!(taken.bytes.len() <= MAX_BYTES);
        let kept = taken.bytes.len() / line.len();
        assert_eq!(taken.bytes.len() % line.len(), 0);
        assert_eq!(kept as u64 + taken.missed, 101);
    }
}
