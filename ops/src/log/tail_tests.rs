//! The tail equals what reading everything would give.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;

use proptest::prelude::*;
use serde_json::json;

use super::super::directory::generation;
use super::super::line::MAX_READ_BYTES;
use super::*;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The obvious way: read everything, oldest generation first.
fn naive(path: &Path, lines: usize) -> Vec<Map<String, Value>> {
    let mut all = String::new();
    for number in (1..5).rev() {
        all += &fs::read_to_string(generation(path, number)).unwrap_or_default();
    }
    all += &fs::read_to_string(path).unwrap_or_default();
    let lines_of_all = all.lines().rev().filter(|line| !line.is_empty());
    lines_of_all
        .take(lines)
        .map(|line| parse_line(line.as_bytes()))
        .collect()
}

proptest! {
    #[test]
    fn the_tail_equals_reading_all(
        files in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![
                    8 => 0_usize..200,
                    1 => 60_000_usize..70_000,
                    1 => 130_000_usize..140_000,
                ], 0..20),
            1..4),
        lines in 0_usize..60,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        for (number, lengths) in files.iter().enumerate() {
            let text: String = lengths
                .iter()
                .enumerate()
                .map(|(at, length)| match length % 3 {
                    0 => format!("{}\n", json!({"n": at, "x": "y".repeat(*length)})),
                    1 => format!("no json {number} {at} {}\n", "z".repeat(*length)),
                    _ => "\n".to_owned(),
                })
                .collect();
            let name = if number == 0 { path.clone() } else { generation(&path, number as u32) };
            fs::write(name, text).unwrap();
        }
        prop_assert_eq!(tail(&path, lines).unwrap(), naive(&path, lines));
    }
}

#[test]
fn no_file_is_no_lines() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(tail(&directory.path().join("x.log"), 5).unwrap(), vec![]);
}

#[test]
fn in_the_middle_of_a_rotation_the_first_generation_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.log");
    fs::write(generation(&path, 1), "{\"a\":1}\n").unwrap();
    assert_eq!(tail(&path, 5).unwrap(), [object(json!({"a": 1}))]);
}

#[test]
fn what_can_not_be_read_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    assert!(tail(directory.path(), 5).is_err());
}

#[test]
fn a_last_line_without_an_end_and_invalid_text_are_shown_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.log");
    fs::write(&path, b"{\"a\":1}\n[1]\n\xff half").unwrap();
    let expected = [
        json!({"message": "\u{fffd} half"}),
        json!({"message": "[1]"}),
        json!({"a": 1}),
    ];
    assert_eq!(tail(&path, 5).unwrap(), expected.map(object));
}

#[test]
fn a_giant_line_is_cut_and_does_not_hide_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.log");
    let giant = "g".repeat(3 * MAX_READ_BYTES);
    fs::write(&path, format!("{{\"a\":1}}\n{giant}\n{{\"b\":2}}\n")).unwrap();
    let lines = tail(&path, 3).unwrap();
    assert_eq!(lines[0], object(json!({"b": 2})));
    assert_eq!(lines[1]["message"].as_str().unwrap().len(), MAX_READ_BYTES);
    assert_eq!(lines[2], object(json!({"a": 1})));
}

proptest! {
    #[test]
    fn the_newest_lines_are_whole_and_the_last_that_fit(
        files in proptest::collection::vec(proptest::collection::vec(0_usize..40, 0..12), 1..4),
        max_bytes in 0_usize..600,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let mut oldest_first = Vec::new();
        for (number, lengths) in files.iter().enumerate().rev() {
            let lines = lengths.iter().enumerate();
            let lines: Vec<String> = lines
                .map(|(at, length)| format!("{number}-{at}-{}", "x".repeat(*length)))
                .collect();
            let name = match number {
                0 => path.clone(),
                older => generation(&path, u32::try_from(older).unwrap()),
            };
            fs::write(name, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
            oldest_first.extend(lines);
        }
        let mut expected = String::new();
        for line in oldest_first.iter().rev() {
            if expected.len() + line.len() + 1 > max_bytes {
                break;
            }
            expected.insert_str(0, &format!("{line}\n"));
        }
        prop_assert_eq!(newest_lines(&path, max_bytes).unwrap(), expected.into_bytes());
    }
}
