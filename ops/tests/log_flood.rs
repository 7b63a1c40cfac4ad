//! Two million lines from eight threads, through hundreds of rotations, past a slow reader.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ops::clock::SystemClock;
use ops::log::search::{Follower, Position, Query};
use ops::log::{LogConfig, LogFile, LogHandle, LogLevel, start};
use tracing_subscriber::layer::SubscriberExt;

const THREADS: usize = 8;
const LINES_PER_THREAD: usize = 250_000;
/// Then a thread waits until its lines are written, so that no queue is ever full: what is asked
/// for here is every single line.
const LINES_AT_ONCE: usize = 5000;
const MAX_BYTES: u64 = 1_000_000;
const DEADLINE: Duration = Duration::from_secs(60);

#[test]
fn every_line_is_there_once_whole_and_in_order_for_the_files_and_for_who_follows() {
    let dir = tempfile::tempdir().unwrap();
    let config = LogConfig {
        max_bytes: MAX_BYTES,
        max_files: 10_000,
        ..LogConfig::new(dir.path())
    };
    let log = start(config, Arc::new(SystemClock)).unwrap();
    let level = LogLevel::parse("info").unwrap();
    let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
    let subscriber = tracing::Dispatch::new(subscriber);
    let written = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let (dir, written) = (dir.path().to_owned(), written.clone());
        // Before the first line.
        let follower = follow(&dir, None);
        move || follow_slowly(&dir, follower, &written)
    });

    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (log, subscriber) = (log.handle(), &subscriber);
            scope.spawn(move || {
                tracing::dispatcher::with_default(subscriber, || write(thread, &log));
            });
        }
    });
    assert!(log.flush(DEADLINE));
    written.store(true, Ordering::Release);

    let total = (THREADS * LINES_PER_THREAD) as u64;
    let counts = log.counts(LogFile::App);
    assert_eq!(
        (counts.emitted, counts.written, counts.dropped),
        (total, total, 0)
    );
    let mut expected = Expected::default();
    let generations = log.stats()[0].generations;
    assert!(generations > 100, "{generations}");
    for number in (0..=generations).rev() {
        let name = match number {
            0 => "app.log".to_owned(),
            number => format!("app.log.{number}"),
        };
        let text = fs::read(dir.path().join(name)).unwrap();
        assert!(text.len() as u64 <= MAX_BYTES);
        let lines = text
            .strip_suffix(b"\n")
            .unwrap()
            .split(|byte| *byte == b'\n');
        lines.for_each(|line| expected.take(line));
    }
    expected.assert_all_came();
    reader.join().unwrap().assert_all_came();
}

fn write(thread: usize, log: &LogHandle) {
    for number in 0..LINES_PER_THREAD {
        tracing::info!(target: "flood", thread, number, "a line of one of many threads");
        if number % LINES_AT_ONCE == LINES_AT_ONCE - 1 {
            assert!(log.flush(DEADLINE));
        }
    }
}

fn follow(dir: &Path, after: Option<Position>) -> Follower {
    Follower::new(dir, LogFile::App, Query::default(), after, None).unwrap()
}

/// Knows the file by its name only, falls behind again and again, and now and then begins anew
/// where it was.
fn follow_slowly(dir: &Path, mut follower: Follower, written: &AtomicBool) -> Expected {
    let (mut expected, mut last, mut polls) = (Expected::default(), follower.position(), 0);
    loop {
        let is_written = written.load(Ordering::Acquire);
        let news = follower.poll().unwrap();
        for hit in &news.hits {
            expected.take(&hit.line);
            last = Some(hit.behind());
        }
        polls += 1;
        if polls % 50 == 0 {
            std::thread::sleep(Duration::from_millis(100));
            follower = follow(dir, last);
        }
        if is_written && !news.has_more {
            return expected;
        }
    }
}

/// The next number of each thread.
#[derive(Default)]
struct Expected([usize; THREADS]);

impl Expected {
    fn take(&mut self, line: &[u8]) {
        const HEAD: &str = "{\"timestamp\":\"2026-01-02T03:04:05.678Z";
        const FIXED: &str = "\",\"level\":\"INFO\",\"logger\":\"flood\",\
            \"message\":\"a line of one of many threads\",\"thread\":";
        let rest = &line[HEAD.len()..];
        let rest = rest.strip_prefix(FIXED.as_bytes()).unwrap();
        let thread = usize::from(rest[0] - b'0');
        // To the last byte: nothing is torn, nothing is mixed.
        let next = format!("{thread},\"number\":{}}}", self.0[thread]);
        assert_eq!(rest, next.as_bytes());
        self.0[thread] += 1;
    }

    fn assert_all_came(&self) {
        assert_eq!(self.0, [LINES_PER_THREAD; THREADS]);
    }
}
