//! A search finds what reading and parsing everything finds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::super::raw::{parse_line, shown};
use super::*;
use crate::clock::{ManualClock, from_unix_millis, rfc3339_millis};
use crate::log::LogFile;
use crate::log::directory::generation;

#[path = "run_properties.rs"]
mod properties;

const START_MS: i64 = 1_780_000_000_000;

fn unlimited() -> Budget {
    let clock = ManualClock::new(from_unix_millis(START_MS + 10_000_000));
    Budget::new(Arc::new(clock), None)
}

fn page(limit: usize, before: Option<Position>) -> Page {
    Page {
        file: LogFile::App,
        before,
        limit,
        histogram: before.is_none(),
    }
}

/// A log of the given lines, oldest first, cut into files after each `true`.
struct Fixture {
    dir: TempDir,
    lines: Vec<String>,
}

impl Fixture {
    fn new(lines: Vec<(String, bool)>) -> Self {
        let fixture = Self {
            dir: TempDir::new().unwrap(),
            lines: lines.iter().map(|(line, _)| line.clone()).collect(),
        };
        let mut files = vec![String::new()];
        for (line, cut) in lines {
            let current = files.last_mut().unwrap();
            current.push_str(&line);
            current.push('\n');
            if cut {
                files.push(String::new());
            }
        }
        for (number, text) in files.iter().rev().enumerate() {
            fs::write(fixture.name(number), text).unwrap();
        }
        fixture
    }

    fn name(&self, number: usize) -> PathBuf {
        let path = self.dir.path().join("app.log");
        match u32::try_from(number).unwrap() {
            0 => path,
            number => generation(&path, number),
        }
    }

    fn rotate(&self) {
        let mut last = 0;
        while self.name(last + 1).exists() {
            last += 1;
        }
        for number in (0..=last).rev() {
            fs::rename(self.name(number), self.name(number + 1)).unwrap();
        }
        fs::write(self.name(0), "").unwrap();
    }

    fn search(&self, query: &Query, page: &Page) -> Found {
        search(self.dir.path(), query, page, &unlimited()).unwrap()
    }

    /// All pages, with rotations between some of them.
    fn pages(&self, query: &Query, limit: usize) -> Vec<String> {
        let mut all = Vec::new();
        let mut before = None;
        loop {
            let found = self.search(query, &page(limit, before));
            assert!(!found.stopped_early && found.searched_bytes <= found.total_bytes);
            assert!(found.hits.len() <= limit);
            all.extend(found.hits.iter().map(text));
            before = found.older;
            if before.is_none() {
                return all;
            }
            if all.len().is_multiple_of(3) {
                self.rotate();
            }
        }
    }

    /// Newest first.
    fn naive(&self, query: &Query) -> Vec<String> {
        let newest_first = self.lines.iter().rev();
        newest_first
            .filter(|line| matches(query, line))
            .cloned()
            .collect()
    }
}

fn text(hit: &Hit) -> String {
    String::from_utf8_lossy(&hit.line).into_owned()
}

/// The obvious way.
fn matches(query: &Query, line: &str) -> bool {
    let object = parse_line(line.as_bytes());
    let has_text = |text: &String| {
        let lower = text.to_ascii_lowercase();
        line.to_ascii_lowercase().contains(&lower)
            || serde_json::from_str(line).is_ok_and(|value: Value| mentions(&value, &lower))
    };
    let severity = object.get("level").and_then(Value::as_str);
    let severity = severity.and_then(|name| Severity::of_name(name.as_bytes()));
    let millis = object.get("timestamp").and_then(Value::as_str);
    let millis = millis.and_then(|text| crate::clock::parse_rfc3339_millis(text.as_bytes()));
    let status = object.get("status").and_then(Value::as_u64);
    let has_field = |(name, wanted): &(String, String)| match object.get(name) {
        Some(Value::Array(items)) => {
            items.iter().any(|item| shown(item) == *wanted)
                || shown(&Value::Array(items.clone())) == *wanted
        }
        Some(value) => shown(value) == *wanted,
        None => false,
    };
    query.text.as_ref().is_none_or(has_text)
        && query
            .severity
            .is_none_or(|wanted| severity.is_some_and(|s| s >= wanted))
        && query
            .since
            .is_none_or(|since| millis.is_some_and(|m| m >= since))
        && query
            .until
            .is_none_or(|until| millis.is_some_and(|m| m < until))
        && query
            .status
            .is_none_or(|wanted| status.is_some_and(|s| wanted.admits(s)))
        && query.fields.iter().all(has_field)
}

fn mentions(value: &Value, lower: &str) -> bool {
    let has = |text: &str| text.to_ascii_lowercase().contains(lower);
    match value {
        Value::String(text) => has(text),
        Value::Array(items) => items.iter().any(|item| mentions(item, lower)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| has(name) || mentions(value, lower)),
        _ => false,
    }
}

fn numbered(count: usize) -> Vec<(String, bool)> {
    let line = |n: usize| {
        let time = rfc3339_millis(from_unix_millis(START_MS + 1000 * n as i64));
        let padding = "x".repeat(900);
        format!(
            "{{\"timestamp\":\"{time}\",\"level\":\"INFO\",\"n\":{n},\"padding\":\"{padding}\"}}"
        )
    };
    (0..count).map(|n| (line(n), n % 400 == 399)).collect()
}

#[test]
fn a_spent_budget_says_how_far_it_came_and_where_to_go_on() {
    let fixture = Fixture::new(numbered(2000));
    let query = Query {
        text: Some("\"n\":7,".to_owned()),
        ..Query::default()
    };
    let clock = Arc::new(ManualClock::default());
    let budget = Budget::new(clock.clone(), Some(Duration::from_secs(1)));
    clock.advance(Duration::from_secs(1));
    let found = search(fixture.dir.path(), &query, &page(10, None), &budget).unwrap();
    assert!(found.stopped_early && found.hits.is_empty());
    assert_eq!(found.searched_bytes, 0);
    assert!(!found.histogram.unwrap().is_complete);

    let rest = fixture.search(&query, &page(10, found.older));
    assert!(!rest.stopped_early && rest.older.is_none());
    assert_eq!(rest.hits.len(), 1);
    assert_eq!(rest.searched_bytes, rest.total_bytes);
}

#[test]
fn who_stops_waiting_stops_the_search() {
    let fixture = Fixture::new(numbered(10));
    let budget = unlimited();
    drop(budget.cancel_on_drop());
    let found = search(
        fixture.dir.path(),
        &Query::default(),
        &page(10, None),
        &budget,
    )
    .unwrap();
    assert!(found.stopped_early && found.hits.is_empty());
}

#[test]
fn a_range_of_time_skips_what_is_out_of_it() {
    let fixture = Fixture::new(numbered(2000));
    let query = Query {
        since: Some(START_MS + 1_000_000),
        until: Some(START_MS + 1_003_000),
        ..Query::default()
    };
    let lines = fixture.pages(&query, 2);
    assert_eq!(lines, fixture.naive(&query));
    assert_eq!(lines.len(), 3);
}

#[test]
fn a_position_in_a_file_that_is_gone_goes_on_by_time() {
    let fixture = Fixture::new(numbered(1000));
    let found = fixture.search(&Query::default(), &page(1, None));
    let position = found.hits[0].position;
    fs::remove_file(fixture.name(0)).unwrap();
    let rest = fixture.search(&Query::default(), &page(1000, Some(position)));
    assert_eq!(rest.hits.len(), 800);
}

#[test]
fn a_file_that_took_over_an_inode_is_another_file() {
    let fixture = Fixture::new(numbered(3));
    let found = fixture.search(&Query::default(), &page(1, None));
    let before = found.hits[0].position;
    // As a copying rotation does: the same file, other lines.
    let other = numbered(9)
        .split_off(5)
        .into_iter()
        .map(|(line, _)| line + "\n");
    fs::write(fixture.name(0), other.collect::<String>()).unwrap();
    let rest = fixture.search(&Query::default(), &page(100, Some(before)));
    assert_eq!(rest.hits.len(), 0, "all are newer than the position");
}

#[test]
fn half_a_line_is_not_there_yet() {
    let fixture = Fixture::new(numbered(1));
    let path = fixture.name(0);
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"half\":");
    fs::write(&path, text).unwrap();
    let found = fixture.search(&Query::default(), &page(5, None));
    assert_eq!(found.hits.len(), 1);
    let end = found.newest.unwrap().offset;
    assert_eq!(end, 1 + fixture.lines[0].len() as u64);
}

#[test]
fn no_file_is_no_lines() {
    let dir = TempDir::new().unwrap();
    let found = search(dir.path(), &Query::default(), &page(5, None), &unlimited()).unwrap();
    assert_eq!(
        (found.hits.len(), found.newest, found.total_bytes),
        (0, None, 0)
    );
}

#[test]
fn a_page_of_giant_lines_is_full_before_its_time() {
    let giant = |n: usize| {
        (
            format!("{{\"n\":{n},\"x\":\"{}\"}}", "y".repeat(200_000)),
            false,
        )
    };
    let fixture = Fixture::new((0..100).map(giant).collect());
    let found = fixture.search(&Query::default(), &page(100, None));
    assert!(found.hits.len() < 50 && found.older.is_some() && !found.stopped_early);
    assert_eq!(fixture.pages(&Query::default(), 100).len(), 100);
}
