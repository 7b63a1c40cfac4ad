//! What the queues promise of every line.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::sync::Arc;

const LINE: &[u8] = b"0123456789\n";

fn full() -> Queues {
    let queues = Queues::new(2 * LINE.len(), LINE.len(), FairShare::of(0));
    queues.push(LogFile::App, Level::INFO, LINE);
    queues.push(LogFile::App, Level::INFO, LINE);
    queues
}

#[test]
fn a_line_without_room_is_dropped_and_counted() {
    let queues = full();
    queues.push(LogFile::App, Level::INFO, LINE);
    let mut batch = Batch::default();
    queues.take(LogFile::App, &mut batch);
    assert_eq!((batch.lines, batch.bytes.len()), (2, 2 * LINE.len()));
    let counts = queues.counts(LogFile::App);
    assert_eq!((counts.emitted, counts.dropped), (3, 1));
    assert_eq!(queues.counts(LogFile::Db), LineCounts::default());
}

#[test]
fn a_warning_waits_for_room_and_gets_it() {
    let queues = Arc::new(full());
    let waiting = std::thread::spawn({
        let queues = queues.clone();
        move || queues.push(LogFile::App, Level::WARN, LINE)
    });
    while queues.counts(LogFile::App).emitted < 3 {
        std::thread::yield_now();
    }
    let mut batch = Batch::default();
    queues.take(LogFile::App, &mut batch);
    waiting.join().unwrap();
    let first = batch.lines;
    batch.clear();
    queues.take(LogFile::App, &mut batch);
    assert_eq!(first + batch.lines, 3);
    assert_eq!(queues.counts(LogFile::App).dropped, 0);
}

#[test]
fn the_wait_of_warnings_is_bounded_and_made_once() {
    let queues = full();
    let start = Instant::now();
    for _ in 0..1000 {
        queues.push(LogFile::App, Level::ERROR, LINE);
    }
    let waited = start.elapsed();
    assert!(waited >= PATIENCE && waited < PATIENCE * 20, "{waited:?}");
    assert_eq!(queues.counts(LogFile::App).dropped, 1000);
}

#[test]
fn after_closing_lines_are_counted_as_dropped() {
    let queues = Queues::new(1000, LINE.len(), FairShare::of(0));
    queues.push(LogFile::Db, Level::INFO, LINE);
    queues.close();
    queues.push(LogFile::Db, Level::ERROR, LINE);
    let mut batch = Batch::default();
    queues.take(LogFile::Db, &mut batch);
    assert_eq!(batch.lines, 1);
    assert_eq!(queues.counts(LogFile::Db).dropped, 1);
}

#[test]
fn a_flush_without_a_writer_gives_up() {
    assert!(!full().flush(Duration::from_millis(5)));
}
