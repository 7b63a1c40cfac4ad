//! The `.env` file, read with dotenvy's grammar but never written into the process's environment.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use super::error::ConfigError;
use super::variables;

/// In the working directory.
pub const FILE_NAME: &str = ".env";

/// The file's text; `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, ConfigError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::DotenvUnreadable(error.kind())),
    };
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let lines_before = error
            .as_bytes()
            .iter()
            .take(valid)
            .filter(|&&byte| byte == b'\n')
            .count();
        ConfigError::DotenvNotUtf8 {
            line: lines_before + 1,
        }
    })
}

/// Names and values. As in a shell, the last of several assignments to one name holds.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines_read = Cell::new(0);
    // dotenvy refuses trailing blanks before the end of the file, but not before a line's end.
    let text = format!("{text}\n");
    let reader = LineByLine {
        rest: text.as_bytes(),
        lines_read: &lines_read,
    };
    dotenvy::from_read_iter(reader)
        .map(|assignment| {
            assignment.map_err(|error| {
                // A quoted value may span lines: name the one where the assignment begins.
                let lines = match error {
                    dotenvy::Error::LineParse(assignment, _) => assignment.lines().count().max(1),
                    _ => 1,
                };
                ConfigError::DotenvSyntax {
                    line: lines_read.get() + 1 - lines,
                }
            })
        })
        .collect()
}

/// Warnings about names that are one or two slips away from a variable of ours.
pub(super) fn misspelt<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names
        .filter(|name| variables::ALL.iter().all(|known| known.name != *name))
        .filter_map(|name| {
            let meant = variables::ALL
                .iter()
                .map(|known| known.name)
                .find(|known| strsim::damerau_levenshtein(known, &name.to_uppercase()) <= 2)?;
            Some(format!(
                "{name} in .env is not a variable of this service; did you mean {meant}?"
            ))
        })
        .collect()
}

/// Hands out at most one line a read, so that a buffering parser is never ahead of `lines_read`.
struct LineByLine<'a> {
    rest: &'a [u8],
    lines_read: &'a Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line_bytes = self
            .rest
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(self.rest.len(), |end| end + 1);
        let (line, _) = self.rest.split_at(line_bytes.min(buffer.len()));
        let read_bytes = (&mut &*line).read(buffer)?;
        if line.ends_with(b"\n") {
            self.lines_read.set(self.lines_read.get() + 1);
        }
        self.rest = self.rest.get(read_bytes..).unwrap_or_default();
        Ok(read_bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn value_of(text: &str, name: &str) -> Option<String> {
        parse(text).unwrap().remove(name)
    }

    fn error_line(text: &str) -> Option<usize> {
        match parse(text) {
            Err(ConfigError::DotenvSyntax { line }) => Some(line),
            _ => None,
        }
    }

    fn error_of(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn quotes_comments_export_and_a_byte_order_mark_are_understood() {
        let text = "\u{feff}# ours\nexport A=1 # one\n\nB='two words $HOME'\r\nC=\"x\\ny\"\nD=";
        assert_eq!(value_of(text, "A").as_deref(), Some("1"));
        assert_eq!(value_of(text, "B").as_deref(), Some("two words $HOME"));
        assert_eq!(value_of(text, "C").as_deref(), Some("x\ny"));
        assert_eq!(value_of(text, "D").as_deref(), Some(""));
    }

    #[test]
    fn trailing_blanks_at_the_end_of_the_file_are_fine() {
        assert_eq!(value_of("A=1 ", "A").as_deref(), Some("1"));
    }

    #[test]
    fn the_last_of_several_assignments_holds() {
        assert_eq!(value_of("A=1\nA=2\n", "A").as_deref(), Some("2"));
    }

    #[test]
    fn a_syntax_error_names_file_and_line_but_not_the_line_itself() {
        let error = error_of("A=1\n\n# two\nSECRET_KEY hunter2\nB=2\n");
        assert!(error.starts_with(".env line 4: "), "{error}");
        assert!(!error.contains("hunter2"));
    }

    #[test]
    fn an_error_in_a_value_of_several_lines_names_its_first_one() {
        assert_eq!(error_line("A=1\nB='x\ny\nz\n"), Some(2));
        assert_eq!(error_line("A=1\nB='x\ny' junk\nC=3\n"), Some(2));
    }

    #[test]
    fn a_file_that_is_not_utf8_is_an_error_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::write(&path, b"A=1\nB=\xff\n").unwrap();
        assert!(
            read(&path)
                .unwrap_err()
                .to_string()
                .starts_with(".env line 2: ")
        );
    }

    #[test]
    fn no_file_is_no_error_but_a_directory_in_its_place_is_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(&dir.path().join(FILE_NAME)).unwrap(), None);
        assert!(read(dir.path()).is_err());
    }

    #[test]
    fn only_names_that_look_like_ours_are_worth_a_warning() {
        let names = ["LOG_LEVL", "log_level", "POSTGRES_PASSWORD", "LOG_DIR"].map(str::to_owned);
        assert_eq!(
            misspelt(names.iter()),
            [
                "LOG_LEVL in .env is not a variable of this service; did you mean LOG_LEVEL?",
                "log_level in .env is not a variable of this service; did you mean LOG_LEVEL?",
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_parses_or_names_a_line_that_the_file_has(text in "(?s).{0,80}") {
            if parse(&text).is_err() {
                let lines = 1..=text.split('\n').count();
                prop_assert!(error_line(&text).is_some_and(|line| lines.contains(&line)));
            }
        }

        #[test]
        fn the_line_of_an_error_is_found_after_any_number_of_good_ones(good in 0..300_usize) {
            let text = format!("{}oops\n", "A='one\ntwo'\n".repeat(good));
            prop_assert_eq!(error_line(&text), Some(2 * good + 1));
        }
    }
}
