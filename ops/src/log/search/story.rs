//! Everything that the four files know of one request.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::budget::Budget;
use super::query::{Page, Query};
use super::raw::{member, parse_line};
use super::run::{Hit, search, time_of};
use crate::log::file_kind::LogFile;

/// So many lines of a request are read from each file; one that wrote more is a story of its own.
const MAX_LINES: usize = 2000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// Where it stands.
    pub files: Vec<LogFile>,
    /// As it stands there, without its line break.
    pub line: Vec<u8>,
    /// Milliseconds since the Unix epoch.
    pub millis: Option<i64>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// None if nothing was found.
    pub request_id: Option<String>,
    /// In order of time; a line that stands in several files comes once.
    pub lines: Vec<StoryLine>,
    pub searched_bytes: u64,
    pub total_bytes: u64,
    /// The budget ended the search, or the request wrote more lines than anybody reads.
    pub stopped_early: bool,
}

/// The story of the request with this id, or of the one that ended in the error with this id. Of
/// an error without a request its own line is the story.
///
/// # Errors
/// If a file is there and can't be read.
pub fn story(dir: &Path, id: &str, budget: &Budget) -> io::Result<Story> {
    if is_error_id(id)
        && let Some(hit) = error(dir, &id.to_ascii_uppercase(), budget)?
    {
        let request_id = member(&hit.line, b"request_id");
        let request_id: Option<String> =
            request_id.and_then(|raw| serde_json::from_slice(raw).ok());
        let query = match &request_id {
            Some(request_id) => Query::request(request_id),
            None => by_error(&id.to_ascii_uppercase()),
        };
        let story = collect(dir, &query, budget)?;
        return Ok(Story {
            request_id,
            ..story
        });
    }
    let story = collect(dir, &Query::request(id), budget)?;
    let request_id = (!story.lines.is_empty()).then(|| id.to_owned());
    Ok(Story {
        request_id,
        ..story
    })
}

/// Eight hexadecimal digits, as clients are shown them.
fn is_error_id(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn by_error(error_id: &str) -> Query {
    Query {
        fields: vec![("error_id".to_owned(), error_id.to_owned())],
        ..Query::default()
    }
}

fn error(dir: &Path, error_id: &str, budget: &Budget) -> io::Result<Option<Hit>> {
    let page = page(LogFile::Error, 1);
    let found = search(dir, &by_error(error_id), &page, budget)?;
    Ok(found.hits.into_iter().next())
}

fn page(file: LogFile, limit: usize) -> Page {
    Page {
        file,
        before: None,
        limit,
        histogram: false,
    }
}

fn collect(dir: &Path, query: &Query, budget: &Budget) -> io::Result<Story> {
    let mut story = Story::default();
    let mut merged = Merged::default();
    for file in LogFile::ALL {
        let found = search(dir, query, &page(file, MAX_LINES), budget)?;
        story.searched_bytes += found.searched_bytes;
        story.total_bytes += found.total_bytes;
        story.stopped_early |= found.older.is_some();
        merged.add(file, found.hits.into_iter().rev());
    }
    story.lines = merged.in_order();
    Ok(story)
}

/// Equal lines of several files are one; equal lines of one file are as many as there are.
#[derive(Default)]
struct Merged {
    lines: Vec<StoryLine>,
    /// Where in `lines` each text is.
    places: HashMap<Vec<u8>, Vec<usize>>,
}

impl Merged {
    fn add(&mut self, file: LogFile, oldest_first: impl Iterator<Item = Hit>) {
        let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
        for hit in oldest_first {
            let nth = seen.entry(hit.line.clone()).or_default();
            let places = self.places.entry(hit.line.clone()).or_default();
            match places.get(*nth).and_then(|at| self.lines.get_mut(*at)) {
                Some(known) => known.files.push(file),
                None => {
                    places.push(self.lines.len());
                    self.lines.push(StoryLine {
                        files: vec![file],
                        millis: time_of(&hit.line),
                        line: hit.line,
                    });
                }
            }
            *nth += 1;
        }
    }

    /// The first file, `app.log`, decides among lines of the same millisecond.
    fn in_order(mut self) -> Vec<StoryLine> {
        self.lines.sort_by_key(|line| line.millis);
        self.lines
    }
}

impl StoryLine {
    /// All its fields.
    pub fn fields(&self) -> serde_json::Map<String, serde_json::Value> {
        parse_line(&self.line)
    }
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
