//! One search through a log and all its generations, from the newest line on.

use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;

use super::blocks::{Block, Blocks};
use super::budget::Budget;
use super::generations::{Generation, open_all};
use super::histogram::{Counter, Histogram};
use super::matcher::Matcher;
use super::position::Position;
use super::query::{Page, Query, Severity};
use super::raw::head;
use super::time_range::narrow;

/// A page of giants is full before its time: it is held in memory, several times over.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// A line that matches, as it stands in the file, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where it begins.
    pub position: Position,
    pub line: Vec<u8>,
}

impl Hit {
    /// Where the next line begins: what comes after this one begins here.
    pub fn behind(&self) -> Position {
        Position {
            offset: self.position.offset + self.line.len() as u64 + 1,
            number: self.position.number.map(|number| number + 1),
            ..self.position
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Where to go on; None if everything older was searched.
    pub older: Option<Position>,
    /// The end of the log; None if there is no file.
    pub newest: Option<Position>,
    /// From the newest line to where the search for the page ended, skipped parts included.
    pub searched_bytes: u64,
    pub total_bytes: u64,
    /// The budget ended the search before the page was full or the log at its end.
    pub stopped_early: bool,
    pub histogram: Option<Histogram>,
}

/// Searches the log whose files are in `dir`.
///
/// # Errors
/// If a file is there and can't be read.
pub fn search(dir: &Path, query: &Query, page: &Page, budget: &Budget) -> io::Result<Found> {
    let generations = open_all(&dir.join(page.file.name()))?;
    let parts = parts(&generations, page.before, query)?;
    let total_bytes = generations.iter().map(|g| g.len).sum();
    let newest = match generations.first() {
        Some(newest) => Some(newest.position(newest.end_of_lines()?, budget.now_millis())),
        None => None,
    };
    let until = query.until.unwrap_or_else(|| budget.now_millis());
    let mut run = Run {
        query: &parts.query,
        limit: page.limit.max(1),
        counter: page.histogram.then(|| Counter::new(query.since, until)),
        budget,
        matcher: None,
        candidates: Vec::new(),
        hits: Vec::new(),
        bytes: 0,
        page_range: (0, false),
        page_end: None,
        has_more: false,
    };
    let mut buffer = Vec::new();
    let mut stopped_at = None;
    // Bytes of what is older than the generation at hand.
    let mut older_bytes = total_bytes;
    let mut ahead: u64 = parts
        .ranges
        .iter()
        .map(|range| range.end - range.start)
        .sum();
    for (generation, range) in generations.iter().zip(parts.ranges) {
        older_bytes -= generation.len;
        ahead -= range.end - range.start;
        run.page_range = (range.start, ahead > 0);
        let mut blocks = Blocks::new(&generation.file, range, buffer);
        let ended = run.generation(generation, &mut blocks, older_bytes)?;
        let end = blocks.end();
        buffer = blocks.into_buffer();
        if ended.is_break() {
            stopped_at = Some((generation.position(end, i64::MAX), older_bytes + end));
            break;
        }
    }
    Ok(run.finish(stopped_at, newest, total_bytes))
}

/// What of each generation is to be searched.
struct Parts {
    ranges: Vec<Range<u64>>,
    query: Query,
}

fn parts(generations: &[Generation], before: Option<Position>, query: &Query) -> io::Result<Parts> {
    let mut query = query.clone();
    let found = before.and_then(|before| {
        let at = generations.iter().position(|g| g.has(&before))?;
        Some((at, before.offset))
    });
    if let (Some(before), None) = (before, found) {
        // Its file is gone, and all older ones with it, unless somebody moved just that one.
        query.until = Some(query.until.map_or(before.millis, |u| u.min(before.millis)));
    }
    let mut ranges = Vec::with_capacity(generations.len());
    for (number, generation) in generations.iter().enumerate() {
        let end = match found {
            Some((at, _)) if number < at => 0,
            Some((at, offset)) if number == at => offset.min(generation.len),
            _ if number == 0 => generation.end_of_lines()?,
            _ => generation.len,
        };
        let range = narrow(&generation.file, 0..end, query.since, query.until)?;
        ranges.push(range);
    }
    Ok(Parts { ranges, query })
}

struct Run<'a> {
    query: &'a Query,
    limit: usize,
    counter: Option<Counter>,
    budget: &'a Budget,
    /// Made with the first block, of which it learns what is rare.
    matcher: Option<Matcher<'a>>,
    candidates: Vec<(usize, usize)>,
    hits: Vec<Hit>,
    /// Of the hits.
    bytes: usize,
    /// Where the part of this generation begins, and whether older ones have parts, too.
    page_range: (u64, bool),
    /// Once the page is full: the bytes that are older than its last line.
    page_end: Option<u64>,
    /// Whether something beyond the page is known to match, or was not looked at.
    has_more: bool,
}

impl Run<'_> {
    fn generation(
        &mut self,
        generation: &Generation,
        blocks: &mut Blocks<'_>,
        older_bytes: u64,
    ) -> io::Result<ControlFlow<()>> {
        loop {
            if self.budget.is_spent() {
                return Ok(ControlFlow::Break(()));
            }
            let Some(block) = blocks.next()? else {
                return Ok(ControlFlow::Continue(()));
            };
            if self.block(generation, &block, older_bytes).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    fn block(
        &mut self,
        generation: &Generation,
        block: &Block<'_>,
        older_bytes: u64,
    ) -> ControlFlow<()> {
        let query = self.query;
        let matcher = self
            .matcher
            .get_or_insert_with(|| Matcher::new(query, block.bytes));
        self.candidates.clear();
        matcher.candidates(block.bytes, &mut self.candidates);
        for (start, end) in self.candidates.iter().rev() {
            let line = block.bytes.get(*start..*end).unwrap_or_default();
            let Some(head) = matcher.check(line) else {
                continue;
            };
            let offset = block.offset + *start as u64;
            if let Some(counter) = &mut self.counter
                && let Some(millis) = head.millis
            {
                counter.count(millis, head.severity.unwrap_or(Severity::Info));
            }
            if self.page_end.is_none() {
                let millis = head.millis.unwrap_or(self.budget.now_millis());
                self.hits.push(Hit {
                    position: generation.position(offset, millis),
                    line: line.to_vec(),
                });
                self.bytes += line.len();
                if self.hits.len() == self.limit || self.bytes >= MAX_PAGE_BYTES {
                    self.page_end = Some(older_bytes + offset);
                    if self.counter.is_none() {
                        let (start, others) = self.page_range;
                        self.has_more = offset > start || others;
                        return ControlFlow::Break(());
                    }
                }
            } else {
                self.has_more = true;
            }
        }
        ControlFlow::Continue(())
    }

    fn finish(
        self,
        stopped_at: Option<(Position, u64)>,
        newest: Option<Position>,
        total_bytes: u64,
    ) -> Found {
        let last = self.hits.last().map(|hit| hit.position);
        let was_cut = self.counter.is_some() && stopped_at.is_some();
        // How much was not searched, and where that ends.
        let (older, unsearched) = match (self.page_end, stopped_at) {
            (Some(unsearched), _) if self.has_more || was_cut => (last, unsearched),
            (None, Some((at, unsearched))) => {
                let millis = last.map_or(i64::MAX, |last| last.millis);
                (Some(Position { millis, ..at }), unsearched)
            }
            _ => (None, 0),
        };
        Found {
            older,
            newest,
            searched_bytes: total_bytes - unsearched,
            total_bytes,
            stopped_early: self.page_end.is_none() && stopped_at.is_some(),
            histogram: self
                .counter
                .map(|counter| counter.finish(stopped_at.is_none())),
            hits: self.hits,
        }
    }
}

/// The time of a line in milliseconds since the Unix epoch.
pub fn time_of(line: &[u8]) -> Option<i64> {
    head(line).millis
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
