//! Stories out of real files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;

const A: &str = r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"INFO","logger":"x","message":"a","request_id":"r-1"}"#;
const B: &str = r#"{"timestamp":"2026-01-02T03:04:05.200Z","level":"WARNING","logger":"db","message":"b","request_id":"r-1"}"#;
const C: &str = r#"{"timestamp":"2026-01-02T03:04:05.300Z","level":"ERROR","logger":"x","message":"c","request_id":"r-1","error_id":"0A1B2C3D"}"#;
const D: &str = r#"{"timestamp":"2026-01-02T03:04:05.400Z","level":"INFO","logger":"access","message":"d","request_id":"r-1"}"#;
const OTHER: &str = r#"{"timestamp":"2026-01-02T03:04:05.150Z","level":"ERROR","logger":"x","message":"r-1","request_id":"r-11"}"#;
const ALONE: &str = r#"{"timestamp":"2026-01-02T03:04:06.000Z","level":"ERROR","logger":"x","message":"e","error_id":"FFFF0000"}"#;

fn logs() -> TempDir {
    let dir = TempDir::new().unwrap();
    let files: [(&str, &[&str]); 5] = [
        ("app.log.1", &[A, A, OTHER]),
        ("app.log", &[B, C, D, ALONE]),
        ("access.log", &[D]),
        ("error.log", &[OTHER, B, C, ALONE]),
        ("db.log", &[B]),
    ];
    for (name, lines) in files {
        fs::write(dir.path().join(name), lines.join("\n") + "\n").unwrap();
    }
    dir
}

fn told(id: &str) -> Story {
    let budget = Budget::new(Arc::new(ManualClock::default()), None);
    story(logs().path(), id, &budget).unwrap()
}

fn lines(story: &Story) -> Vec<&str> {
    let lines = story.lines.iter();
    lines
        .map(|line| std::str::from_utf8(&line.line).unwrap())
        .collect()
}

#[test]
fn a_line_of_several_files_comes_once_and_in_its_time() {
    let story = told("r-1");
    // Twice in one file is twice.
    assert_eq!(lines(&story), [A, A, B, C, D]);
    assert_eq!(
        story.lines[2].files,
        [LogFile::App, LogFile::Error, LogFile::Db]
    );
    assert_eq!(story.lines[4].files, [LogFile::App, LogFile::Access]);
    assert_eq!(story.request_id.as_deref(), Some("r-1"));
    assert!(!story.stopped_early && story.searched_bytes == story.total_bytes);
}

#[test]
fn an_errors_id_leads_to_its_request() {
    for id in ["0A1B2C3D", "0a1b2c3d"] {
        let story = told(id);
        assert_eq!(story.request_id.as_deref(), Some("r-1"));
        assert_eq!(story.lines.len(), 5);
    }
}

#[test]
fn an_error_without_a_request_is_its_own_story() {
    let story = told("FFFF0000");
    assert_eq!(story.request_id, None);
    assert_eq!(lines(&story), [ALONE]);
}

#[test]
fn what_nobody_knows_is_an_empty_story() {
    for id in ["r-2", "", "DEADBEEF", "\"", "x\n"] {
        let story = told(id);
        assert_eq!((story.request_id, story.lines.len()), (None, 0), "{id:?}");
    }
}
