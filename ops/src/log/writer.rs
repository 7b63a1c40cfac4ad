//! The one thread that touches the files.
//!
//! Every 50 ms, or sooner when a queue fills, it takes what is queued and appends it. What can't
//! be written is dropped and counted at once, so that the books are always exact; then a file is
//! tried again twice a second, and when it works one WARNING says what was lost.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::console::Console;
use super::directory::{Directory, DirectoryError};
use super::file_kind::LogFile;
use super::line::Timestamp;
use super::losses::Losses;
use super::notice::Notice;
use super::queue::{Batch, Queues};
use super::removed::Removed;
use super::rotate::{Limits, RotatingFile};
use crate::clock::Clock;

/// How long a line may lie in a queue.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a file that fails is tried again, and one that rests is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// How often it is told that a file does not reach back far.
const TELL_SHORTENED_EVERY: Duration = Duration::from_secs(600);

/// A buffer that one burst has blown up is given back.
const KEEP_BYTES: usize = 1024 * 1024;

/// What others may know of the files without touching them.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    bytes: [AtomicU64; LogFile::ALL.len()],
    generations: [AtomicU32; LogFile::ALL.len()],
}

impl Sizes {
    pub fn get(&self, file: LogFile) -> (u64, u32) {
        let at = file as usize;
        let bytes = self.bytes.get(at).map(|b| b.load(Ordering::Relaxed));
        let generations = self.generations.get(at).map(|g| g.load(Ordering::Relaxed));
        (bytes.unwrap_or(0), generations.unwrap_or(0))
    }

    fn set(&self, file: LogFile, bytes: u64, generations: u32) {
        let at = file as usize;
        if let (Some(b), Some(g)) = (self.bytes.get(at), self.generations.get(at)) {
            b.store(bytes, Ordering::Relaxed);
            g.store(generations, Ordering::Relaxed);
        }
    }
}

/// What the writer shares with the rest.
#[derive(Clone)]
pub(super) struct Shared {
    pub queues: Arc<Queues>,
    pub sizes: Arc<Sizes>,
    pub losses: Arc<Losses>,
    /// One a file, in the order of [`LogFile::ALL`].
    pub removed: [Arc<Removed>; LogFile::ALL.len()],
    pub console: Arc<OnceLock<Arc<Console>>>,
    pub clock: Arc<dyn Clock>,
}

pub(super) struct Writer {
    shared: Shared,
    directory: Directory,
    channels: Vec<Channel>,
    looked_after: Option<Instant>,
    timestamp: Timestamp,
}

impl Writer {
    pub fn new(shared: Shared, directory: Directory, limits: Limits) -> Self {
        let files = LogFile::ALL.into_iter().zip(&shared.removed);
        let channels = files
            .map(|(kind, removed)| Channel::new(kind, limits, Arc::clone(removed)))
            .collect();
        Self {
            shared,
            directory,
            channels,
            looked_after: None,
            timestamp: Timestamp::default(),
        }
    }

    /// Brings back files that were removed, notices what was changed from outside, and tries
    /// those again that fail.
    pub fn look_after(&mut self) {
        let now = self.shared.clock.monotonic();
        self.looked_after = Some(now);
        for channel in &mut self.channels {
            match channel.ready(&mut self.directory, now) {
                Ok(()) => channel.publish_size(&self.shared.sizes),
                Err(error) => channel.fail(&error.to_string(), &self.shared),
            }
        }
    }

    pub fn run(mut self) {
        let queues = self.shared.queues.clone();
        queues.writer_started();
        loop {
            let order = queues.next_order(PAUSE);
            if order.stop {
                queues.close();
            }
            self.round(order.flush.is_some() || order.stop);
            queues.complete(order);
            if order.stop {
                break;
            }
        }
        // The directory's lock is given back before anybody is told.
        drop(self);
        queues.writer_stopped();
    }

    /// Writes what is queued. `urgent`: also for files that fail and whose time has not come.
    fn round(&mut self, urgent: bool) {
        let now = self.shared.clock.monotonic();
        let due = self.looked_after.is_none_or(|at| now >= at + LOOK_AFTER);
        if due {
            self.look_after();
        }
        for channel in &mut self.channels {
            if due || urgent || channel.trouble.is_none() {
                self.shared.queues.take(channel.kind, &mut channel.batch);
                if channel.kind == LogFile::Error {
                    // Also what the disk will not take.
                    self.shared.queues.tap.copy(&channel.batch.bytes);
                }
                channel.write(&mut self.directory, &self.shared, now);
            }
        }
        self.tell(now);
    }

    /// Writes a WARNING for each file that has lost lines and works again; past the queues, for
    /// they may be full, and this is the thread that empties them.
    fn tell(&mut self, now: Instant) {
        let can_tell = |c: &Channel| c.is_main() && c.file.is_some() && !c.is_in_trouble(now);
        if !self.channels.iter().any(can_tell) {
            return;
        }
        let mut notices: Vec<Notice> = self
            .channels
            .iter_mut()
            .flat_map(|channel| {
                let recovered = channel.take_notice(&self.shared, now);
                recovered.into_iter().chain(channel.take_shortened(now))
            })
            .collect();
        let held_back = self.shared.queues.shares.news(now);
        notices.extend(held_back.iter().map(Notice::held_back));
        let limit = self.shared.queues.max_line_bytes();
        let time = self.shared.clock.now();
        for notice in notices {
            let timestamp = self.timestamp.at(time);
            if let Some(console) = self.shared.console.get() {
                notice.show(console, timestamp);
            }
            let tellers = self.channels.iter_mut();
            for channel in tellers.filter(|channel| can_tell(channel)) {
                notice.write_json(&mut channel.batch.bytes, timestamp, limit);
                channel.batch.lines += 1;
                self.shared.queues.count_emitted(channel.kind, 1);
                channel.write(&mut self.directory, &self.shared, now);
            }
        }
    }
}

/// One file's way to the disk.
struct Channel {
    kind: LogFile,
    limits: Limits,
    removed: Arc<Removed>,
    /// None: not open, or not usable.
    file: Option<RotatingFile>,
    trouble: Option<Trouble>,
    /// As many drops have been told of.
    told_dropped: u64,
    /// How far back the file reaches, if that is not far and has not been told.
    reaches_back: Option<Duration>,
    told_shortened: Option<Instant>,
    /// What is being written; empty between rounds.
    batch: Batch,
}

/// A file that failed and of whose return nobody has been told.
struct Trouble {
    reason: String,
    state: TroubleState,
}

enum TroubleState {
    Failing,
    /// It could be opened and there is room on the disk, but no line has been written yet.
    Mending {
        since: Instant,
    },
    Mended,
}

impl Channel {
    fn new(kind: LogFile, limits: Limits, removed: Arc<Removed>) -> Self {
        Self {
            kind,
            limits,
            removed,
            file: None,
            trouble: None,
            told_dropped: 0,
            reaches_back: None,
            told_shortened: None,
            batch: Batch::default(),
        }
    }

    /// Whether what happens to the log itself is written here.
    fn is_main(&self) -> bool {
        matches!(self.kind, LogFile::App | LogFile::Error)
    }

    fn is_in_trouble(&self, now: Instant) -> bool {
        self.trouble
            .as_ref()
            .is_some_and(|trouble| match trouble.state {
                TroubleState::Failing => true,
                // A file to which nothing is written has to be believed after a while.
                TroubleState::Mending { since } => now < since + LOOK_AFTER,
                TroubleState::Mended => false,
            })
    }

    /// Has the file open under its name, in a directory that is ours, on a disk with some room.
    fn ready(&mut self, directory: &mut Directory, now: Instant) -> Result<(), DirectoryError> {
        directory.ensure()?;
        if let Some(file) = &mut self.file
            && file.check()?
        {
            return Ok(());
        }
        self.file = None;
        if let Some(trouble) = &mut self.trouble {
            directory.probe_space()?;
            trouble.state = TroubleState::Mending { since: now };
        }
        let path = directory.path().join(self.kind.name());
        let removed = Arc::clone(&self.removed);
        self.file = Some(RotatingFile::open(path, self.limits, removed)?);
        Ok(())
    }

    /// Writes the batch and empties it; what can't be written is dropped.
    fn write(&mut self, directory: &mut Directory, shared: &Shared, now: Instant) {
        if self.batch.lines == 0 {
            return;
        }
        let (written, result) = match self.ready(directory, now) {
            Ok(()) => self.append(),
            Err(error) => (0, Err(error.to_string())),
        };
        let lost = self.batch.lines.saturating_sub(written);
        shared.queues.count_written(self.kind, written);
        shared.queues.count_dropped(self.kind, lost);
        if let Ok(()) = &result
            && let Some(file) = &mut self.file
        {
            self.reaches_back = file.take_shortened().or(self.reaches_back);
        }
        self.batch.clear();
        if self.batch.bytes.capacity() > KEEP_BYTES {
            self.batch = Batch::default();
        }
        self.publish_size(&shared.sizes);
        match (result, &mut self.trouble) {
            (Err(reason), _) => self.fail(&reason, shared),
            (Ok(()), Some(trouble)) => trouble.state = TroubleState::Mended,
            (Ok(()), None) => {}
        }
    }

    fn append(&mut self) -> (u64, Result<(), String>) {
        match &mut self.file {
            Some(file) => {
                let written = file.write(&self.batch.bytes);
                (written.lines, written.result.map_err(|e| e.to_string()))
            }
            None => (0, Err("the file is not open".to_owned())),
        }
    }

    fn fail(&mut self, reason: &str, shared: &Shared) {
        self.file = None;
        let lost = shared.queues.counts(self.kind).dropped - self.told_dropped;
        let now = shared.clock.now();
        shared.losses.goes_on(self.kind, reason, lost, now);
        let known = self.trouble.replace(Trouble {
            reason: reason.to_owned(),
            state: TroubleState::Failing,
        });
        // The console is told at once, and once.
        if known.is_none()
            && let Some(console) = shared.console.get()
        {
            let mut timestamp = Timestamp::default();
            Notice::failing(self.kind, reason).show(console, timestamp.at(now));
        }
    }

    /// The file was rotated so often that it no longer reaches back far.
    fn take_shortened(&mut self, now: Instant) -> Option<Notice> {
        let rests = |told: Instant| now.saturating_duration_since(told) < TELL_SHORTENED_EVERY;
        if self.told_shortened.is_some_and(rests) {
            return None;
        }
        let reaches_back = self.reaches_back.take()?;
        self.told_shortened = Some(now);
        Some(Notice::shortened(self.kind, reaches_back))
    }

    fn take_notice(&mut self, shared: &Shared, now: Instant) -> Option<Notice> {
        if self.is_in_trouble(now) {
            return None;
        }
        let trouble = self.trouble.take();
        let dropped = shared.queues.counts(self.kind).dropped;
        let lost = dropped - self.told_dropped;
        self.told_dropped = dropped;
        let reason = trouble.map(|trouble| trouble.reason);
        if lost == 0 && reason.is_none() {
            return None;
        }
        let reason = reason.unwrap_or_else(|| "the queue was full".to_owned());
        let now = shared.clock.now();
        let loss = shared.losses.ended(self.kind, &reason, lost, now);
        Some(Notice::recovered(self.kind, &loss))
    }

    fn publish_size(&self, sizes: &Sizes) {
        if let Some(file) = &self.file {
            sizes.set(self.kind, file.len(), file.generations());
        }
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
