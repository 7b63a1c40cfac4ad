//! No file too big, no line torn, none lost, whatever was there before.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn limits(max_bytes: u64, max_files: u32) -> Limits {
    Limits {
        max_bytes,
        max_files,
    }
}

struct Fixture {
    _directory: TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("app.log");
        Self {
            _directory: directory,
            path,
        }
    }

    fn open(&self, limits: Limits) -> RotatingFile {
        RotatingFile::open(self.path.clone(), limits, Arc::default()).unwrap()
    }

    fn read(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// All generations, the oldest first.
    fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = (1..)
            .map_while(|number| fs::read_to_string(generation(&self.path, number)).ok())
            .collect();
        all.reverse();
        all.push(self.read());
        all
    }
}

fn write(file: &mut RotatingFile, lines: &str) {
    let written = file.write(lines.as_bytes());
    written.result.unwrap();
    assert_eq!(written.lines, lines.lines().count() as u64);
}

proptest! {
    #[test]
    fn every_line_stands_once_in_order_and_whole(
        batches in proptest::collection::vec(
            proptest::collection::vec(0_usize..40, 0..8), 0..30),
        max_bytes in 50_u64..400,
        reopen_every in 1_usize..10,
    ) {
        let fixture = Fixture::new();
        let limits = limits(max_bytes, 10_000);
        let mut file = fixture.open(limits);
        let mut expected = String::new();
        for (index, batch) in batches.iter().enumerate() {
            let lines: String = batch
                .iter()
                .enumerate()
                .map(|(at, length)| format!("{index}/{at} {}\n", "x".repeat(*length)))
                .collect();
            write(&mut file, &lines);
            expected.push_str(&lines);
            if index % reopen_every == 0 {
                file = fixture.open(limits);
            }
        }
        let all = fixture.all();
        prop_assert!(all.iter().all(|text| text.len() as u64 <= max_bytes));
        prop_assert!(all.iter().all(|text| text.is_empty() || text.ends_with('\n')));
        prop_assert_eq!(all.concat(), expected);
        prop_assert_eq!(file.generations() as usize, all.len() - 1);
        prop_assert_eq!(file.len(), fixture.read().len() as u64);
    }

    #[test]
    fn only_whole_lines_are_continued(content in "[ab\n]{0,60}") {
        let fixture = Fixture::new();
        fs::write(&fixture.path, &content).unwrap();
        let mut file = fixture.open(limits(1000, 1));
        write(&mut file, "next\n");
        let whole = content.rfind('\n').map_or("", |at| &content[..=at]);
        prop_assert_eq!(fixture.read(), format!("{whole}next\n"));
    }
}

#[test]
fn a_half_line_longer_than_a_block_is_cut() {
    let fixture = Fixture::new();
    fs::write(&fixture.path, format!("whole\n{}", "x".repeat(300_000))).unwrap();
    assert_eq!(fixture.open(limits(1_000_000, 1)).len(), 6);
    assert_eq!(fixture.read(), "whole\n");
}

#[test]
fn the_oldest_generations_go() {
    let fixture = Fixture::new();
    let mut file = fixture.open(limits(4, 2));
    for line in ["1\n2\n", "3\n4\n", "5\n6\n", "7\n8\n"] {
        write(&mut file, line);
    }
    assert_eq!(fixture.all(), ["3\n4\n", "5\n6\n", "7\n8\n"]);
}

#[test]
fn without_generations_the_file_starts_anew() {
    let fixture = Fixture::new();
    let mut file = fixture.open(limits(4, 0));
    write(&mut file, "1\n2\n3\n");
    assert_eq!(fixture.all(), ["3\n"]);
}

#[test]
fn a_gap_that_an_interrupted_rotation_left_is_filled_first() {
    let fixture = Fixture::new();
    fs::write(generation(&fixture.path, 1), "one\n").unwrap();
    fs::write(generation(&fixture.path, 3), "three\n").unwrap();
    let mut file = fixture.open(limits(4, 3));
    write(&mut file, "old\nnew\n");
    assert_eq!(fixture.all(), ["three\n", "one\n", "old\n", "new\n"]);
}

#[test]
fn a_line_that_no_file_can_hold_is_refused_and_what_came_before_is_counted() {
    let fixture = Fixture::new();
    let mut file = fixture.open(limits(4, 1));
    let written = file.write(b"1\n2\nlonger\n3\n");
    assert_eq!(written.lines, 2);
    assert!(written.result.is_err());
}

#[test]
fn a_rotation_that_fails_keeps_the_limit() {
    let fixture = Fixture::new();
    // Nothing can be renamed to a directory that holds something.
    fs::create_dir_all(generation(&fixture.path, 1).join("x")).unwrap();
    let mut file = fixture.open(limits(4, 1));
    let written = file.write(b"1\n2\n3\n");
    assert_eq!(written.lines, 2);
    assert!(written.result.is_err());
    assert_eq!(fixture.read(), "1\n2\n");
}

#[test]
fn removal_and_replacement_are_noticed() {
    let fixture = Fixture::new();
    let mut file = fixture.open(limits(100, 1));
    assert!(file.check().unwrap());
    fs::rename(&fixture.path, fixture.path.with_extension("old")).unwrap();
    assert!(!file.check().unwrap());
    fs::write(&fixture.path, "").unwrap();
    assert!(!file.check().unwrap());
}

#[test]
fn a_file_that_was_truncated_in_place_is_continued_at_its_end() {
    let fixture = Fixture::new();
    let mut file = fixture.open(limits(8, 1));
    write(&mut file, "123456\n");
    File::create(&fixture.path).unwrap();
    assert!(file.check().unwrap());
    write(&mut file, "abcdef\n");
    assert_eq!(fixture.all(), ["abcdef\n"]);
}
