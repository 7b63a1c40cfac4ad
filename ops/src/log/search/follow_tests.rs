//! Whoever follows sees every line once and in order, whatever happens to the files.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::log::rotate::{Limits, RotatingFile};

/// Three generations, so that a reader who is slow misses some.
const FEW: Limits = Limits {
    max_bytes: 200,
    max_files: 3,
};

const LIMITS: Limits = Limits {
    max_bytes: 200,
    max_files: 100,
};

fn line(n: usize) -> String {
    format!("{{\"timestamp\":\"2026-01-02T03:04:05.{n:03}Z\",\"level\":\"INFO\",\"n\":{n}}}\n")
}

fn follow(dir: &TempDir, after: Option<Position>) -> Follower {
    Follower::new(dir.path(), LogFile::App, Query::default(), after, None).unwrap()
}

/// Everything there is by now.
fn news(follower: &mut Follower) -> Vec<Hit> {
    let mut all = Vec::new();
    loop {
        let news = follower.poll().unwrap();
        all.extend(news.hits);
        if !news.has_more {
            return all;
        }
    }
}

fn texts(hits: &[Hit]) -> Vec<String> {
    let texts = hits
        .iter()
        .map(|hit| String::from_utf8_lossy(&hit.line) + "\n");
    texts.map(|text| text.into_owned()).collect()
}

#[derive(Debug, Clone)]
enum Step {
    Write(usize),
    Poll,
    /// The client comes back with the position of the last line that it has seen.
    Resume,
    /// A client that has seen nothing for a while.
    Stale,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_usize..9).prop_map(Step::Write),
        4 => Just(Step::Poll),
        1 => Just(Step::Resume),
        1 => Just(Step::Stale),
    ]
}

proptest! {
    #[test]
    fn every_line_comes_once_and_in_order(steps in prop::collection::vec(step(), 1..40)) {
        let dir = TempDir::new().unwrap();
        let mut log = RotatingFile::open(dir.path().join("app.log"), LIMITS, Arc::default()).unwrap();
        let mut follower = follow(&dir, None);
        let (mut written, mut seen, mut last) = (0, Vec::new(), follower.position());
        for step in steps.into_iter().chain([Step::Poll]) {
            match step {
                Step::Write(count) => {
                    let lines: String = (written..written + count).map(line).collect();
                    log.write(lines.as_bytes()).result.unwrap();
                    written += count;
                }
                Step::Poll => {
                    let hits = news(&mut follower);
                    last = hits.last().map(Hit::behind).or(last);
                    seen.extend(texts(&hits));
                }
                Step::Resume => follower = follow(&dir, last),
                Step::Stale => {
                    let hits = follower.poll().unwrap().hits;
                    last = hits.last().map(Hit::behind).or(last);
                    seen.extend(texts(&hits));
                    follower = follow(&dir, last);
                }
            }
        }
        prop_assert_eq!(seen, (0..written).map(line).collect::<Vec<_>>());
    }
}

proptest! {
    #[test]
    fn what_is_not_seen_is_counted_exactly(steps in prop::collection::vec(step(), 1..60)) {
        let dir = TempDir::new().unwrap();
        let removed = Arc::new(Removed::default());
        let mut log =
            RotatingFile::open(dir.path().join("app.log"), FEW, Arc::clone(&removed)).unwrap();
        let follow = |after| {
            let removed = Some(Arc::clone(&removed));
            Follower::new(dir.path(), LogFile::App, Query::default(), after, removed).unwrap()
        };
        // The place in a file without a line is known by its inode alone, which others get.
        log.write(line(0).as_bytes()).result.unwrap();
        let mut follower = follow(None);
        let (mut written, mut next, mut last) = (1, 1, follower.position());
        for step in steps.into_iter().chain([Step::Poll]) {
            match step {
                Step::Write(count) => {
                    let lines: String = (written..written + count).map(line).collect();
                    log.write(lines.as_bytes()).result.unwrap();
                    written += count;
                }
                Step::Resume | Step::Stale => follower = follow(last),
                Step::Poll => loop {
                    let news = follower.poll().unwrap();
                    if let Some(skipped) = news.skipped {
                        next += usize::try_from(skipped.lines.unwrap()).unwrap();
                        last = skipped.next;
                    }
                    for hit in &news.hits {
                        prop_assert_eq!(String::from_utf8_lossy(&hit.line) + "\n", line(next));
                        next += 1;
                    }
                    last = news.hits.last().map(Hit::behind).or(last);
                    if !news.has_more {
                        break;
                    }
                },
            }
        }
        prop_assert_eq!(next, written);
    }
}

#[test]
fn who_comes_back_to_a_file_that_nobody_knows_is_told_so() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("app.log");
    fs::write(&path, line(1)).unwrap();
    let after = follow(&dir, None).position();
    fs::remove_file(&path).unwrap();
    fs::write(&path, line(2)).unwrap();
    let after = after.map(|after| Position { inode: 1, ..after });
    let news = follow(&dir, after).poll().unwrap();
    assert_eq!(news.skipped.map(|skipped| skipped.lines), Some(None));
}

#[test]
fn a_line_that_is_still_being_written_comes_when_it_is_whole() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("app.log");
    let mut follower = follow(&dir, None);
    fs::write(&path, "{\"n\":").unwrap();
    assert!(news(&mut follower).is_empty());
    fs::write(&path, "{\"n\":1}\n").unwrap();
    assert_eq!(texts(&news(&mut follower)), ["{\"n\":1}\n"]);
}

#[test]
fn a_file_that_is_cut_or_replaced_begins_anew() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("app.log");
    fs::write(&path, line(1)).unwrap();
    let mut follower = follow(&dir, None);
    // As long as before, as if it had been cut and written to between two looks.
    fs::write(&path, line(2)).unwrap();
    assert_eq!(texts(&news(&mut follower)), [line(2)]);
    fs::remove_file(&path).unwrap();
    assert!(news(&mut follower).is_empty());
    fs::write(&path, line(3)).unwrap();
    assert_eq!(texts(&news(&mut follower)), [line(3)]);
}

#[test]
fn what_is_older_does_not_come_back_when_the_current_file_is_removed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("app.log");
    fs::write(dir.path().join("app.log.1"), line(1)).unwrap();
    fs::write(&path, line(2)).unwrap();
    let mut follower = follow(&dir, None);
    fs::remove_file(&path).unwrap();
    assert!(news(&mut follower).is_empty());
    fs::write(&path, line(3)).unwrap();
    assert_eq!(texts(&news(&mut follower)), [line(3)]);
}

#[test]
fn who_was_away_for_longer_than_the_log_goes_on_with_the_oldest_that_is_left() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("app.log");
    fs::write(&path, line(1)).unwrap();
    let after = follow(&dir, None).position().unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(dir.path().join("app.log.1"), line(2)).unwrap();
    fs::write(&path, line(3)).unwrap();
    let after = Position {
        inode: 1,
        millis: head(line(1).as_bytes()).millis.unwrap(),
        ..after
    };
    assert_eq!(
        texts(&news(&mut follow(&dir, Some(after)))),
        [line(2), line(3)]
    );
}

#[test]
fn only_what_matches_comes() {
    let dir = TempDir::new().unwrap();
    let query = Query {
        text: Some("\"N\":7".to_owned()),
        ..Query::default()
    };
    let mut follower = Follower::new(dir.path(), LogFile::App, query, None, None).unwrap();
    let lines: String = (0..10).map(line).collect();
    fs::write(dir.path().join("app.log"), lines).unwrap();
    assert_eq!(texts(&news(&mut follower)), [line(7)]);
}
