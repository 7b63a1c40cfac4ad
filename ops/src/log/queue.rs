//! Between the threads that log and the one that writes: a queue of bytes for each file, and the
//! books over every line.
//!
//! Bounded in bytes. A line that finds no room is dropped and counted; from WARNING up it waits
//! for a moment first. Emitted = written + dropped, as soon as nothing is queued.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tracing::Level;

use super::fair_share::FairShare;
use super::file_kind::{ACCESS_TARGET, LogFile};
use super::tap::Tap;

/// A queue of this size wakes the writer before its time.
const WAKE_BYTES: usize = 256 * 1024;

/// For so long WARNING and ERROR wait for room, once until the writer makes some.
const PATIENCE: Duration = Duration::from_millis(50);

/// Whole lines, each with its `\n`.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub bytes: Vec<u8>,
    pub lines: u64,
}

impl Batch {
    pub fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.lines += 1;
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lines = 0;
    }
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    room: Condvar,
    emitted: AtomicU64,
    /// Of these, by [`LEVELS`].
    by_level: [AtomicU64; LEVELS.len()],
    written: AtomicU64,
    dropped: AtomicU64,
}

/// In which lines are counted. What is finer than DEBUG counts as that.
pub const LEVELS: [Level; 4] = [Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];

#[derive(Debug, Default)]
struct State {
    batch: Batch,
    /// Somebody waited for room in vain: whoever comes next need not.
    stalled: bool,
    closed: bool,
}

/// A file's books. `emitted` = `written` + `dropped` + what is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCounts {
    pub emitted: u64,
    pub written: u64,
    pub dropped: u64,
}

/// What the writer waits for.
#[derive(Debug, Default)]
struct Signal {
    state: Mutex<Requests>,
    to_writer: Condvar,
    to_callers: Condvar,
    writer: Mutex<Option<ThreadId>>,
}

#[derive(Debug, Default)]
struct Requests {
    full: bool,
    flush_wanted: u64,
    flush_done: u64,
    stop: bool,
    stopped: bool,
}

/// What the writer is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Number of the flush that this round completes, if one is wanted.
    pub flush: Option<u64>,
    pub stop: bool,
}

#[derive(Debug)]
pub(super) struct Queues {
    queues: [Queue; LogFile::ALL.len()],
    signal: Signal,
    pub tap: Tap,
    pub shares: FairShare,
    capacity_bytes: usize,
    max_line_bytes: usize,
}

impl Queues {
    pub fn new(capacity_bytes: usize, max_line_bytes: usize, shares: FairShare) -> Self {
        Self {
            queues: Default::default(),
            signal: Signal::default(),
            tap: Tap::default(),
            shares,
            capacity_bytes: capacity_bytes.max(max_line_bytes),
            max_line_bytes,
        }
    }

    pub fn max_line_bytes(&self) -> usize {
        self.max_line_bytes
    }

    pub fn counts(&self, file: LogFile) -> LineCounts {
        let queue = self.queue(file);
        LineCounts {
            emitted: queue.emitted.load(Ordering::Relaxed),
            written: queue.written.load(Ordering::Relaxed),
            dropped: queue.dropped.load(Ordering::Relaxed),
        }
    }

    /// How many lines were emitted, by [`LEVELS`].
    pub fn by_level(&self, file: LogFile) -> [u64; LEVELS.len()] {
        let counters = self.queue(file).by_level.each_ref();
        counters.map(|counter| counter.load(Ordering::Relaxed))
    }

    /// Whether a line of this logger may go into the file; see [`FairShare`].
    pub fn admits(&self, file: LogFile, level: Level, logger: &str, bytes: usize) -> bool {
        // Asked for nearly every line, and always true.
        if logger == ACCESS_TARGET {
            return true;
        }
        let admits = self.shares.admits(file, logger, bytes, Instant::now());
        if !admits && (file, level) == (LogFile::Error, Level::ERROR) {
            self.tap.miss();
        }
        admits
    }

    /// Queues a whole line with its `\n`.
    pub fn push(&self, file: LogFile, level: Level, line: &[u8]) {
        let queue = self.queue(file);
        queue.emitted.fetch_add(1, Ordering::Relaxed);
        queue.count(level);
        let mut state = lock(&queue.state);
        if !self.has_room(&state, line) && level <= Level::WARN {
            state = self.wait_for_room(queue, state, line);
        }
        if state.closed || !self.has_room(&state, line) {
            drop(state);
            queue.dropped.fetch_add(1, Ordering::Relaxed);
            if (file, level) == (LogFile::Error, Level::ERROR) {
                self.tap.miss();
            }
            return;
        }
        let before = state.batch.bytes.len();
        state.batch.push(line);
        let now = state.batch.bytes.len();
        drop(state);
        if before < WAKE_BYTES && now >= WAKE_BYTES {
            lock(&self.signal.state).full = true;
            self.signal.to_writer.notify_one();
        }
    }

    fn has_room(&self, state: &State, line: &[u8]) -> bool {
        state.batch.bytes.len() + line.len() <= self.capacity_bytes
    }

    fn wait_for_room<'a>(
        &self,
        queue: &Queue,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
    ) -> MutexGuard<'a, State> {
        // The writer would wait for itself.
        if *lock(&self.signal.writer) == Some(std::thread::current().id()) {
            return state;
        }
        let deadline = Instant::now() + PATIENCE;
        while !self.has_room(&state, line) && !state.stalled && !state.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.stalled = true;
                break;
            }
            let waited = queue.room.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    /// Moves what is queued into `batch`, which has to be empty, and leaves its buffer there.
    pub fn take(&self, file: LogFile, batch: &mut Batch) {
        let queue = self.queue(file);
        let mut state = lock(&queue.state);
        std::mem::swap(&mut state.batch, batch);
        state.stalled = false;
        drop(state);
        queue.room.notify_all();
    }

    /// Enters lines into the books that never went through the queue.
    pub fn count_emitted(&self, file: LogFile, lines: u64) {
        let queue = self.queue(file);
        queue.emitted.fetch_add(lines, Ordering::Relaxed);
    }

    pub fn count_written(&self, file: LogFile, lines: u64) {
        let queue = self.queue(file);
        queue.written.fetch_add(lines, Ordering::Relaxed);
    }

    pub fn count_dropped(&self, file: LogFile, lines: u64) {
        let queue = self.queue(file);
        queue.dropped.fetch_add(lines, Ordering::Relaxed);
    }

    /// From now on every line is dropped; what was queued before is still there to be taken.
    pub fn close(&self) {
        for queue in &self.queues {
            lock(&queue.state).closed = true;
            queue.room.notify_all();
        }
    }

    /// Waits until everything queued before has been written or dropped; false if that took
    /// longer than `deadline`.
    pub fn flush(&self, deadline: Duration) -> bool {
        let mut requests = lock(&self.signal.state);
        requests.flush_wanted += 1;
        let mine = requests.flush_wanted;
        self.signal.to_writer.notify_one();
        self.wait(requests, deadline, |requests| {
            requests.flush_done >= mine || requests.stopped
        })
    }

    /// Has the writer write what there is and end; false if that took longer than `deadline`.
    pub fn stop(&self, deadline: Duration) -> bool {
        let mut requests = lock(&self.signal.state);
        requests.stop = true;
        self.signal.to_writer.notify_one();
        self.wait(requests, deadline, |requests| requests.stopped)
    }

    fn wait(
        &self,
        requests: MutexGuard<'_, Requests>,
        deadline: Duration,
        done: impl Fn(&Requests) -> bool,
    ) -> bool {
        let waited = self
            .signal
            .to_callers
            .wait_timeout_while(requests, deadline, |requests| !done(requests));
        done(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// The writer's wait: until its time has come, a queue fills, or somebody asks.
    pub fn next_order(&self, pause: Duration) -> Order {
        let idle = |requests: &mut Requests| {
            !requests.full && !requests.stop && requests.flush_wanted == requests.flush_done
        };
        let requests = lock(&self.signal.state);
        let waited = self
            .signal
            .to_writer
            .wait_timeout_while(requests, pause, idle);
        let mut requests = waited.unwrap_or_else(PoisonError::into_inner).0;
        requests.full = false;
        Order {
            flush: (requests.flush_wanted > requests.flush_done).then_some(requests.flush_wanted),
            stop: requests.stop,
        }
    }

    pub fn complete(&self, order: Order) {
        let mut requests = lock(&self.signal.state);
        if let Some(number) = order.flush {
            requests.flush_done = number;
        }
        drop(requests);
        self.signal.to_callers.notify_all();
    }

    pub fn writer_started(&self) {
        *lock(&self.signal.writer) = Some(std::thread::current().id());
    }

    pub fn writer_stopped(&self) {
        lock(&self.signal.state).stopped = true;
        self.signal.to_callers.notify_all();
    }

    fn queue(&self, file: LogFile) -> &Queue {
        let [app, access, error, db] = &self.queues;
        match file {
            LogFile::App => app,
            LogFile::Access => access,
            LogFile::Error => error,
            LogFile::Db => db,
        }
    }
}

impl Queue {
    fn count(&self, level: Level) {
        let at = LEVELS.iter().position(|known| *known == level);
        if let Some(counter) = self.by_level.get(at.unwrap_or(0)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
