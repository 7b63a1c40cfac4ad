//! A disk of two megabytes, really full and really read-only: the books stay exact to the line,
//! and writing comes back by itself. Only root may mount; to others these tests say that they
//! were skipped.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ops::clock::SystemClock;
use ops::log::{Log, LogConfig, LogFile, LogLevel, start};
use serde_json::{Map, Value};
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt;

const FLUSH: Duration = Duration::from_secs(10);
/// What is promised is two seconds; the machine may be busy.
const COMES_BACK_WITHIN: Duration = Duration::from_secs(10);

/// A mounted tmpfs; unmounted when dropped.
struct Disk(TempDir);

impl Disk {
    /// None, and a message, if this process may not mount.
    fn mount(options: &str) -> Option<Self> {
        let directory = TempDir::new().unwrap();
        let disk = Self(directory);
        if disk.run("mount", &["-t", "tmpfs", "-o", options, "tmpfs"]) {
            return Some(disk);
        }
        eprintln!("SKIPPED: mounting a tmpfs of 2 MB takes root");
        None
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let output = Command::new(program)
            .args(arguments)
            .arg(self.0.path())
            .output();
        output.is_ok_and(|output| output.status.success())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.run("umount", &[]);
    }
}

/// Logs `count` lines as a program does.
fn emit(log: &Log, count: usize) {
    let level = LogLevel::parse("info").unwrap();
    let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..count {
            tracing::info!(target: "access", number, text = "x".repeat(200), "a request");
        }
    });
    assert!(log.flush(FLUSH));
}

fn assert_exact(log: &Log) {
    for file in LogFile::ALL {
        let counts = log.counts(file);
        assert_eq!(counts.emitted, counts.written + counts.dropped, "{file:?}");
    }
}

/// Each of which is whole.
fn lines(dir: &Path, file: LogFile) -> Vec<Map<String, Value>> {
    let text = fs::read_to_string(dir.join(file.name())).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Waits for the WARNING about a file; returns what it says was dropped, and why.
fn told_of(dir: &Path, file: LogFile) -> (u64, String) {
    let started = Instant::now();
    loop {
        let lines = lines(dir, LogFile::Error);
        let told: Vec<_> = lines
            .iter()
            .filter(|line| line["file"] == file.name())
            .collect();
        if let [line] = told.as_slice() {
            assert_eq!(line["level"], "WARNING");
            let reason = line["reason"].as_str().unwrap();
            return (line["dropped"].as_u64().unwrap(), reason.to_owned());
        }
        assert!(told.is_empty(), "told once: {told:?}");
        assert!(started.elapsed() < COMES_BACK_WITHIN, "nothing was told");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn counts_of_files_are_right(log: &Log, dir: &Path) {
    for file in LogFile::ALL {
        assert_eq!(
            lines(dir, file).len() as u64,
            log.counts(file).written,
            "{file:?}"
        );
    }
}

#[test]
fn a_full_disk_costs_exactly_what_is_counted_and_told() {
    let Some(disk) = Disk::mount("size=2m") else {
        return;
    };
    let dir = disk.path("logs");
    let log = start(LogConfig::new(&dir), Arc::new(SystemClock)).unwrap();
    emit(&log, 100);
    assert_eq!(log.counts(LogFile::Access).dropped, 0);
    // What somebody else put there.
    fs::write(disk.path("ballast"), vec![0; 1_500_000]).unwrap();
    for _ in 0..20 {
        emit(&log, 500);
        assert_exact(&log);
    }
    let dropped = log.counts(LogFile::Access).dropped;
    assert!(dropped > 1000, "{dropped}");
    counts_of_files_are_right(&log, &dir);

    fs::remove_file(disk.path("ballast")).unwrap();
    let (told, reason) = told_of(&dir, LogFile::Access);
    assert_eq!(told, dropped);
    assert!(reason.contains("No space left on device"), "{reason}");
    told_of(&dir, LogFile::App);
    emit(&log, 10);
    assert_eq!(log.counts(LogFile::Access).dropped, dropped);
    counts_of_files_are_right(&log, &dir);
    assert_exact(&log);
    assert!(log.shutdown(FLUSH));
}

#[test]
fn a_read_only_disk_is_waited_for() {
    let Some(disk) = Disk::mount("size=2m,ro") else {
        return;
    };
    let dir = disk.path("logs");
    let log = start(LogConfig::new(&dir), Arc::new(SystemClock)).unwrap();
    emit(&log, 50);
    assert_eq!(log.counts(LogFile::Access).dropped, 50);
    assert_exact(&log);

    assert!(disk.run("mount", &["-o", "remount,rw"]));
    let started = Instant::now();
    while !dir.join("error.log").exists() {
        assert!(started.elapsed() < COMES_BACK_WITHIN);
        std::thread::sleep(Duration::from_millis(50));
    }
    let (told, reason) = told_of(&dir, LogFile::Access);
    assert_eq!(told, 50);
    assert!(reason.contains("Read-only file system"), "{reason}");
    emit(&log, 50);
    assert_eq!(log.counts(LogFile::Access).dropped, 50);
    assert_eq!(lines(&dir, LogFile::Access).len(), 50);
    assert_exact(&log);
    assert!(log.shutdown(FLUSH));
}

#[test]
fn a_directory_that_can_not_be_written_to_any_more_is_waited_for() {
    let parent = TempDir::new().unwrap();
    let dir = parent.path().join("logs");
    let log = start(LogConfig::new(&dir), Arc::new(SystemClock)).unwrap();
    emit(&log, 10);
    let permit = |mode| fs::set_permissions(&dir, Permissions::from_mode(mode)).unwrap();
    permit(0o555);
    if fs::write(dir.join("probe"), "").is_ok() {
        eprintln!("SKIPPED: to root no directory is closed");
        return;
    }
    // An open file would still take lines; one that has to be made anew can't be.
    // The writer may be quicker, and make it before the directory is closed again.
    while dir.join("access.log").exists() {
        permit(0o755);
        fs::rename(dir.join("access.log"), dir.join("access.log.old")).unwrap();
        permit(0o555);
    }
    let before = log.counts(LogFile::Access);
    emit(&log, 20);
    assert_exact(&log);
    let lost = log.counts(LogFile::Access).dropped - before.dropped;
    assert!(lost > 0);
    permit(0o755);
    let (told, reason) = told_of(&dir, LogFile::Access);
    assert_eq!(told, lost);
    assert!(reason.contains("Permission denied"), "{reason}");
    emit(&log, 5);
    assert_eq!(log.counts(LogFile::Access).dropped, lost);
    assert_exact(&log);
}
