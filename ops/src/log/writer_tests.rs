//! Faults, on real directories: the books stay exact, and writing comes back by itself.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::{Map, Value};
use tempfile::TempDir;
use tracing::Level;

use super::super::service::{Log, LogConfig, StartError, start};
use super::*;
use crate::clock::ManualClock;

const FLUSH: Duration = Duration::from_secs(10);

struct Fixture {
    _parent: TempDir,
    dir: PathBuf,
    clock: Arc<ManualClock>,
    config: LogConfig,
}

impl Fixture {
    fn new() -> Self {
        let parent = TempDir::new().unwrap();
        let dir = parent.path().join("logs");
        Self {
            _parent: parent,
            config: LogConfig::new(&dir),
            dir,
            clock: Arc::new(ManualClock::default()),
        }
    }

    fn start(&self) -> Log {
        start(self.config.clone(), self.clock.clone()).unwrap()
    }

    fn path(&self, file: LogFile) -> PathBuf {
        self.dir.join(file.name())
    }

    fn lines(&self, file: LogFile) -> Vec<Map<String, Value>> {
        let text = fs::read_to_string(self.path(file)).unwrap();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Lets the writer look after its files once more.
    fn pass(&self, log: &Log) {
        self.clock.advance(LOOK_AFTER);
        assert!(log.flush(FLUSH));
    }
}

fn emit(log: &Log, file: LogFile, count: usize) {
    for number in 0..count {
        let line = format!("{{\"n\":{number}}}\n");
        log.queues().push(file, Level::INFO, line.as_bytes());
    }
}

/// Everything is written or dropped, and nothing else.
fn assert_exact(log: &Log) {
    for file in LogFile::ALL {
        let counts = log.counts(file);
        assert_eq!(counts.emitted, counts.written + counts.dropped, "{file:?}");
    }
}

#[test]
fn what_is_emitted_is_written() {
    let fixture = Fixture::new();
    let log = fixture.start();
    emit(&log, LogFile::App, 1000);
    assert!(log.flush(FLUSH));
    assert_eq!(fixture.lines(LogFile::App).len(), 1000);
    assert_eq!(log.counts(LogFile::App).written, 1000);
    let stats = &log.stats()[0];
    let bytes = fs::metadata(fixture.path(LogFile::App)).unwrap().len();
    assert_eq!(
        (stats.name, stats.bytes, stats.generations),
        ("app.log", bytes, 0)
    );
}

#[test]
fn without_being_asked_the_writer_writes_soon() {
    let fixture = Fixture::new();
    let log = fixture.start();
    emit(&log, LogFile::Db, 1);
    let start = Instant::now();
    while fixture.lines(LogFile::Db).is_empty() {
        assert!(start.elapsed() < FLUSH);
        std::thread::yield_now();
    }
}

#[test]
fn many_threads_lose_nothing_across_rotations() {
    let mut fixture = Fixture::new();
    (fixture.config.max_bytes, fixture.config.max_files) = (4096, 1000);
    let log = fixture.start();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for number in 0..5000 {
                    let line = format!("{{\"thread\":{thread},\"number\":{number}}}\n");
                    // A warning waits for room, so that the test drops nothing.
                    log.queues()
                        .push(LogFile::App, Level::WARN, line.as_bytes());
                }
            });
        }
    });
    assert!(log.flush(FLUSH));
    let generations = log.stats()[0].generations;
    assert!(generations > 10);
    let mut next = [0; 4];
    for number in (0..=generations).rev() {
        let name = match number {
            0 => "app.log".to_owned(),
            number => format!("app.log.{number}"),
        };
        let text = fs::read_to_string(fixture.dir.join(name)).unwrap();
        assert!(text.len() <= 4096);
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let thread = usize::try_from(line["thread"].as_u64().unwrap()).unwrap();
            assert_eq!(line["number"], next[thread]);
            next[thread] += 1;
        }
    }
    assert_eq!(next, [5000; 4]);
    assert_exact(&log);
}

#[test]
fn a_second_one_on_the_same_directory_is_refused_until_the_first_ends() {
    let fixture = Fixture::new();
    let log = fixture.start();
    let error = start(fixture.config.clone(), fixture.clock.clone()).unwrap_err();
    assert!(matches!(&error, StartError::Locked { .. }));
    assert!(error.to_string().contains(fixture.dir.to_str().unwrap()));
    assert!(log.shutdown(FLUSH));
    fixture.start();
}

#[test]
fn shutting_down_writes_what_is_queued_and_counts_what_comes_later() {
    let fixture = Fixture::new();
    let log = fixture.start();
    let handle = log.handle();
    emit(&log, LogFile::App, 100);
    assert!(log.shutdown(FLUSH));
    assert_eq!(fixture.lines(LogFile::App).len(), 100);
    handle.queues().push(LogFile::App, Level::ERROR, b"{}\n");
    assert_eq!(handle.counts(LogFile::App).dropped, 1);
    assert!(handle.flush(FLUSH));
}

#[test]
fn a_restart_continues_the_files_and_mends_half_a_line() {
    let fixture = Fixture::new();
    let log = fixture.start();
    emit(&log, LogFile::App, 1);
    drop(log);
    let path = fixture.path(LogFile::App);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"half\":");
    fs::write(&path, text).unwrap();

    let log = fixture.start();
    emit(&log, LogFile::App, 1);
    assert!(log.flush(FLUSH));
    assert_eq!(fixture.lines(LogFile::App).len(), 2);
}

#[test]
fn a_removed_directory_comes_back_with_all_files_and_loses_nothing() {
    let fixture = Fixture::new();
    let log = fixture.start();
    fs::remove_dir_all(&fixture.dir).unwrap();
    emit(&log, LogFile::App, 10);
    assert!(log.flush(FLUSH));
    assert_eq!(fixture.lines(LogFile::App).len(), 10);
    fixture.pass(&log);
    for file in LogFile::ALL {
        assert!(fixture.path(file).exists());
        assert_eq!(log.counts(file).dropped, 0);
    }
}

#[test]
fn a_file_that_is_removed_renamed_or_truncated_is_continued_under_its_name() {
    let fixture = Fixture::new();
    let log = fixture.start();
    let path = fixture.path(LogFile::App);
    let disturbances: [fn(&PathBuf); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::rename(path, path.with_extension("old")).unwrap(),
        |path| fs::write(path, "").unwrap(),
    ];
    for disturb in disturbances {
        emit(&log, LogFile::App, 3);
        assert!(log.flush(FLUSH));
        disturb(&path);
        emit(&log, LogFile::App, 2);
        assert!(log.flush(FLUSH));
        assert_eq!(fixture.lines(LogFile::App).len(), 2);
        fs::write(&path, "").unwrap();
    }
    assert_exact(&log);
}

#[test]
fn a_directory_that_can_not_be_made_is_waited_for_and_the_loss_is_told_once() {
    let fixture = Fixture::new();
    // Not even root can make a directory where a file is.
    fs::write(&fixture.dir, "in the way").unwrap();
    let log = fixture.start();
    emit(&log, LogFile::Access, 5);
    assert!(log.flush(FLUSH));
    fixture.pass(&log);
    assert_eq!(log.counts(LogFile::Access).dropped, 5);
    assert_eq!(log.stats()[1].dropped_lines, 5);

    fs::remove_file(&fixture.dir).unwrap();
    emit(&log, LogFile::Access, 7);
    for _ in 0..4 {
        fixture.pass(&log);
    }
    assert_eq!(fixture.lines(LogFile::Access).len(), 7);
    for file in [LogFile::App, LogFile::Error] {
        let lines = fixture.lines(file);
        let told: Vec<_> = lines
            .iter()
            .filter(|line| line["file"] == "access.log")
            .collect();
        assert_eq!(told.len(), 1, "{lines:?}");
        assert_eq!(told[0]["dropped"], 5);
        assert_eq!(told[0]["level"], "WARNING");
        assert!(!told[0]["reason"].as_str().unwrap().is_empty());
    }
    assert_exact(&log);
}

#[test]
fn a_full_disk_is_counted_and_told_when_there_is_room_again() {
    let fixture = Fixture::new();
    fs::create_dir_all(&fixture.dir).unwrap();
    // Every write to it fails with ENOSPC.
    symlink("/dev/full", fixture.path(LogFile::Access)).unwrap();
    let log = fixture.start();
    for _ in 0..5 {
        emit(&log, LogFile::Access, 10);
        fixture.pass(&log);
    }
    assert_eq!(log.counts(LogFile::Access).dropped, 50);
    assert_eq!(fixture.lines(LogFile::Error).len(), 0);

    fs::remove_file(fixture.path(LogFile::Access)).unwrap();
    emit(&log, LogFile::Access, 1);
    fixture.pass(&log);
    assert_eq!(fixture.lines(LogFile::Access).len(), 1);
    let told = fixture.lines(LogFile::Error);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["dropped"], &told[0]["file"]),
        (&50.into(), &"access.log".into())
    );
    assert!(
        told[0]["reason"]
            .as_str()
            .unwrap()
            .contains("No space left")
    );
    assert_exact(&log);
}

#[test]
fn while_a_file_fails_the_others_are_written() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.path(LogFile::App)).unwrap();
    let log = fixture.start();
    for file in LogFile::ALL {
        emit(&log, file, 3);
    }
    assert!(log.flush(FLUSH));
    assert_eq!(log.counts(LogFile::App).dropped, 3);
    for file in [LogFile::Access, LogFile::Error, LogFile::Db] {
        assert_eq!(log.counts(file).written, 3);
    }
}

#[test]
fn a_directory_that_another_one_took_meanwhile_is_not_written_to() {
    let fixture = Fixture::new();
    let log = fixture.start();
    fs::remove_dir_all(&fixture.dir).unwrap();
    let mut other = Directory::new(fixture.dir.clone());
    // Whoever is first has it; the writer may have been.
    if other.ensure().is_ok() {
        emit(&log, LogFile::App, 1);
        assert!(log.flush(FLUSH));
        assert_eq!(log.counts(LogFile::App).dropped, 1);
        drop(other);
        emit(&log, LogFile::App, 1);
        fixture.pass(&log);
        assert_eq!(fixture.lines(LogFile::App)[0]["n"], 0);
    }
    assert_exact(&log);
}

#[test]
fn too_small_a_limit_is_refused() {
    let mut fixture = Fixture::new();
    fixture.config.max_bytes = LogConfig::MIN_MAX_BYTES - 1;
    let refused = start(fixture.config.clone(), fixture.clock.clone());
    assert!(matches!(refused, Err(StartError::TooSmall { .. })));
}
