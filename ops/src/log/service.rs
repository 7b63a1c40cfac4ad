//! Starting and stopping the pipeline, and what others may ask of it.

use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::console::Console;
use super::directory::{Directory, DirectoryError};
use super::fair_share::FairShare;
use super::file_kind::LogFile;
use super::layer::LogLayer;
use super::level::{LogFilter, LogLevel};
use super::line::{MAX_LINE_BYTES, MIN_LINE_BYTES};
use super::losses::{Loss, Losses};
use super::queue::{LEVELS, LineCounts, Queues};
use super::removed::Removed;
use super::rotate::Limits;
use super::tap::ErrorLines;
use super::writer::{Shared, Sizes, Writer};
use crate::clock::Clock;

/// For each file. The writer may hold as much again while it writes.
const QUEUE_BYTES: usize = 8 * 1024 * 1024;

/// How long a dropped [`Log`] waits for its last lines.
const DROP_DEADLINE: Duration = Duration::from_secs(2);

/// Where logs go and how much of them is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    pub dir: PathBuf,
    /// No file grows beyond this. At least [`Self::MIN_MAX_BYTES`].
    pub max_bytes: u64,
    /// Generations kept besides the current file.
    pub max_files: u32,
}

impl LogConfig {
    /// A smaller file could not hold a line.
    pub const MIN_MAX_BYTES: u64 = MIN_LINE_BYTES as u64;

    /// 10 generations of 50 MiB.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            max_bytes: 50 * 1024 * 1024,
            max_files: 10,
        }
    }
}

/// Why the pipeline does not start. A directory that can't be written is no reason: lines are
/// then counted as dropped until it can.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the log directory is in use: another process holds the lock {}", .lock.display())]
    Locked { lock: PathBuf },
    #[error(
        "a log file has to hold at least {} bytes, not {max_bytes}",
        LogConfig::MIN_MAX_BYTES
    )]
    TooSmall { max_bytes: u64 },
    #[error("the log's writer thread can't be started")]
    Thread(#[source] io::Error),
}

/// Starts the writer thread. All four files exist when this returns, if that is possible at all.
///
/// # Errors
/// See [`StartError`].
pub fn start(config: LogConfig, clock: Arc<dyn Clock>) -> Result<Log, StartError> {
    let max_bytes = config.max_bytes;
    if max_bytes < LogConfig::MIN_MAX_BYTES {
        return Err(StartError::TooSmall { max_bytes });
    }
    let max_line_bytes =
        usize::try_from(max_bytes).map_or(MAX_LINE_BYTES, |max| max.min(MAX_LINE_BYTES));
    let mut directory = Directory::new(config.dir.clone());
    if let Err(DirectoryError::Locked(lock)) = directory.ensure() {
        return Err(StartError::Locked { lock });
    }
    let total_bytes = max_bytes.saturating_mul(u64::from(config.max_files) + 1);
    let shares = FairShare::of(total_bytes);
    let shared = Shared {
        queues: Arc::new(Queues::new(QUEUE_BYTES, max_line_bytes, shares)),
        sizes: Arc::new(Sizes::default()),
        losses: Arc::new(Losses::default()),
        removed: Default::default(),
        console: Arc::new(OnceLock::new()),
        clock,
    };
    let limits = Limits {
        max_bytes,
        max_files: config.max_files,
    };
    let mut writer = Writer::new(shared.clone(), directory, limits);
    writer.look_after();
    thread::Builder::new()
        .name("log-writer".to_owned())
        .spawn(move || writer.run())
        .map_err(StartError::Thread)?;
    Ok(Log {
        handle: LogHandle {
            shared,
            dir: config.dir.into(),
        },
        drop_deadline: DROP_DEADLINE,
    })
}

/// The running pipeline. Dropping it writes what is queued and ends the writer; so keep it until
/// the end of `main`, and hand out [`LogHandle`]s.
#[derive(Debug)]
pub struct Log {
    handle: LogHandle,
    drop_deadline: Duration,
}

impl Log {
    pub fn handle(&self) -> LogHandle {
        self.handle.clone()
    }

    /// Writes what is queued, ends the writer and gives the directory back; false if that took
    /// longer than `deadline`. What is logged afterwards counts as dropped.
    pub fn shutdown(mut self, deadline: Duration) -> bool {
        self.drop_deadline = Duration::ZERO;
        self.handle.shared.queues.stop(deadline)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.handle.shared.queues.stop(self.drop_deadline);
    }
}

impl Deref for Log {
    type Target = LogHandle;

    fn deref(&self) -> &LogHandle {
        &self.handle
    }
}

/// Cheap to clone; what it is asked touches no file.
#[derive(Clone)]
pub struct LogHandle {
    shared: Shared,
    dir: Arc<Path>,
}

impl std::fmt::Debug for LogHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogHandle")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

/// What there is of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStats {
    pub name: &'static str,
    /// Of the current file, without its generations.
    pub bytes: u64,
    /// `.1` to `.N`.
    pub generations: u32,
    /// Lines that could not be written since the start.
    pub dropped_lines: u64,
    /// Lines of single loggers beyond their share; see `fair_share`.
    pub held_back_lines: u64,
    /// The loss that goes on now: the file can't be written.
    pub loss: Option<Loss>,
}

impl LogHandle {
    /// The layer for a subscriber, with its filter: files, and a console if one is given. The
    /// first console given is also told when files fail.
    pub fn layer<S>(
        &self,
        level: &LogLevel,
        console: Option<Console>,
    ) -> Filtered<LogLayer, LogFilter, S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let console = console.map(Arc::new);
        if let Some(console) = &console {
            let _ = self.shared.console.set(console.clone());
        }
        let layer = LogLayer {
            level: level.clone(),
            clock: self.shared.clock.clone(),
            queues: self.shared.queues.clone(),
            console,
        };
        layer.with_filter(LogFilter::new(level.clone()))
    }

    #[cfg(test)]
    pub(super) fn queues(&self) -> &Queues {
        &self.shared.queues
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path of a current file.
    pub fn path(&self, file: LogFile) -> PathBuf {
        self.dir.join(file.name())
    }

    pub fn stats(&self) -> Vec<FileStats> {
        let stats = |file: LogFile| {
            let (bytes, generations) = self.shared.sizes.get(file);
            FileStats {
                name: file.name(),
                bytes,
                generations,
                dropped_lines: self.counts(file).dropped,
                held_back_lines: self.shared.queues.shares.held_back(file),
                loss: self.shared.losses.current(file),
            }
        };
        LogFile::ALL.map(stats).into()
    }

    /// Losses that are over, the latest last.
    pub fn past_losses(&self) -> Vec<Loss> {
        self.shared.losses.past()
    }

    /// What rotation has removed of one file.
    pub fn removed(&self, file: LogFile) -> Arc<Removed> {
        let known = self.shared.removed.get(file as usize);
        known.map(Arc::clone).unwrap_or_default()
    }

    /// The books of one file.
    pub fn counts(&self, file: LogFile) -> LineCounts {
        self.shared.queues.counts(file)
    }

    /// The lines of one file since the start, by [`LEVELS`]: those, too, that could not be written.
    pub fn lines_by_level(&self, file: LogFile) -> [u64; LEVELS.len()] {
        self.shared.queues.by_level(file)
    }

    /// The ERROR lines since this was asked last. There is one who asks.
    pub fn take_errors(&self) -> ErrorLines {
        self.shared.queues.tap.take()
    }

    /// Resolves when there are ERROR lines to take.
    pub async fn errors_arrived(&self) {
        self.shared.queues.tap.arrived().await;
    }

    /// Waits until everything logged before is written, or dropped because it can't be; false if
    /// that took longer than `deadline`.
    pub fn flush(&self, deadline: Duration) -> bool {
        self.shared.queues.flush(deadline)
    }
}
