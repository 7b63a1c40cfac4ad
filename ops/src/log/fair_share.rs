//! No source fills a file alone: what one logger writes beyond its share is held back, counted and
//! told, so that it can't rotate the lines of the others out.
//!
//! Only where several write to one file. Access lines are exempt: there is one for each finished
//! request, and the figures of the metrics have to agree with them. A flood of requests is seen in
//! another way: the log says when a file no longer reaches back an hour.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::file_kind::{ACCESS_TARGET, LogFile};

/// One logger may fill a quarter of a file and its generations at once, and another one an hour.
const SHARE: u64 = 4;
const REFILL: Duration = Duration::from_secs(3600);

/// A file that keeps next to nothing must not hold back a handful of lines.
const MIN_BURST_BYTES: u64 = 256 * 1024;
const MIN_BYTES_A_SECOND: u64 = 512;

/// Told at most so often of one logger and file.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// There are as many loggers as the code has modules; more than these share one.
const MAX_LOGGERS: usize = 1000;

#[derive(Debug)]
pub(super) struct FairShare {
    burst_bytes: u64,
    bytes_a_second: u64,
    buckets: Mutex<HashMap<(LogFile, String), Bucket>>,
    held_back: [AtomicU64; LogFile::ALL.len()],
}

#[derive(Debug)]
struct Bucket {
    left_bytes: u64,
    filled: Instant,
    untold: u64,
    told: Option<Instant>,
}

/// So many lines of a logger were held back since this was told last.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HeldBack {
    pub file: LogFile,
    pub logger: String,
    pub lines: u64,
}

impl FairShare {
    /// For files that keep `total_bytes` each, generations included.
    pub fn of(total_bytes: u64) -> Self {
        let share = total_bytes / SHARE;
        Self {
            burst_bytes: share.max(MIN_BURST_BYTES),
            bytes_a_second: (share / REFILL.as_secs()).max(MIN_BYTES_A_SECOND),
            buckets: Mutex::default(),
            held_back: Default::default(),
        }
    }

    /// Whether a line may go into the file. One that may not is counted here.
    pub fn admits(&self, file: LogFile, logger: &str, bytes: usize, now: Instant) -> bool {
        if logger == ACCESS_TARGET || !matches!(file, LogFile::App | LogFile::Error) {
            return true;
        }
        let mut buckets = self.lock();
        let logger = if buckets.len() < MAX_LOGGERS {
            logger
        } else {
            ""
        };
        let bucket = buckets
            .entry((file, logger.to_owned()))
            .or_insert_with(|| Bucket {
                left_bytes: self.burst_bytes,
                filled: now,
                untold: 0,
                told: None,
            });
        let seconds = now.saturating_duration_since(bucket.filled).as_secs();
        if seconds > 0 {
            let more = seconds.saturating_mul(self.bytes_a_second);
            bucket.left_bytes = bucket.left_bytes.saturating_add(more).min(self.burst_bytes);
            bucket.filled += Duration::from_secs(seconds);
        }
        match bucket.left_bytes.checked_sub(bytes as u64) {
            Some(left) => {
                bucket.left_bytes = left;
                true
            }
            None => {
                bucket.untold += 1;
                drop(buckets);
                if let Some(count) = self.held_back.get(file as usize) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                false
            }
        }
    }

    /// How many lines were held back since the start.
    pub fn held_back(&self, file: LogFile) -> u64 {
        let count = self.held_back.get(file as usize);
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// What is to be told now.
    pub fn news(&self, now: Instant) -> Vec<HeldBack> {
        let mut buckets = self.lock();
        let due = buckets.iter_mut().filter(|(_, bucket)| {
            let rests = |told: Instant| now.saturating_duration_since(told) < TELL_EVERY;
            bucket.untold > 0 && !bucket.told.is_some_and(rests)
        });
        let mut news: Vec<HeldBack> = due
            .map(|((file, logger), bucket)| {
                bucket.told = Some(now);
                HeldBack {
                    file: *file,
                    logger: logger.clone(),
                    lines: std::mem::take(&mut bucket.untold),
                }
            })
            .collect();
        news.sort_by(|a, b| (a.file.name(), &a.logger).cmp(&(b.file.name(), &b.logger)));
        news
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(LogFile, String), Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const LINE: usize = 1000;

    fn admitted(share: &FairShare, file: LogFile, logger: &str, lines: u64, now: Instant) -> u64 {
        (0..lines)
            .filter(|_| share.admits(file, logger, LINE, now))
            .count() as u64
    }

    #[test]
    fn one_logger_gets_a_quarter_and_the_others_theirs() {
        let share = FairShare::of(8_000_000);
        let now = Instant::now();
        assert_eq!(admitted(&share, LogFile::App, "noisy", 10_000, now), 2000);
        assert_eq!(admitted(&share, LogFile::App, "quiet", 100, now), 100);
        assert_eq!(admitted(&share, LogFile::Error, "noisy", 100, now), 100);
        assert_eq!(share.held_back(LogFile::App), 8000);
        // An hour later it is a quarter again.
        let later = now + REFILL * 2;
        assert_eq!(admitted(&share, LogFile::App, "noisy", 10_000, later), 2000);
    }

    #[test]
    fn what_is_held_back_is_told_once_a_minute() {
        let share = FairShare::of(0);
        let now = Instant::now();
        admitted(&share, LogFile::App, "noisy", 1000, now);
        let told = share.news(now);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].logger, "noisy");
        assert_eq!(told[0].lines, share.held_back(LogFile::App));
        admitted(&share, LogFile::App, "noisy", 1000, now);
        assert_eq!(share.news(now), []);
        assert_eq!(share.news(now + TELL_EVERY).len(), 1);
        assert_eq!(share.news(now + TELL_EVERY * 2), []);
    }

    #[test]
    fn an_access_line_is_never_held_back() {
        let share = FairShare::of(0);
        let now = Instant::now();
        for file in [LogFile::App, LogFile::Access] {
            assert_eq!(admitted(&share, file, ACCESS_TARGET, 5000, now), 5000);
        }
    }
}
