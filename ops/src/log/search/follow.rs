//! New lines as they come, across rotations.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::generations::{Generation, mark, open_all};
use super::line_numbers::LineNumbers;
use super::matcher::Matcher;
use super::position::Position;
use super::query::Query;
use super::raw::head;
use super::run::Hit;
use super::time_range::narrow;
use crate::log::directory::is_same_file;
use crate::log::file_kind::LogFile;
use crate::log::line::MAX_READ_BYTES;
use crate::log::removed::{Missing, Removed};

/// So much is read at once. More than a line, so that a line without end can be told.
const BLOCK_BYTES: usize = 2 * MAX_READ_BYTES;

/// A file that was looked for so often, and has a name, was moved to where nobody looks.
const MAX_MISSED: u32 = 10;

/// So much is read at most to number the lines of a file that is followed from somewhere within.
const MAX_NUMBERED_BYTES: u64 = 256 * 1024 * 1024;

/// New lines that match, oldest first.
#[derive(Debug)]
pub struct News {
    /// Lines, before these, that rotation removed before they could be read.
    pub skipped: Option<Skipped>,
    pub hits: Vec<Hit>,
    /// There is more already: ask again at once.
    pub has_more: bool,
}

/// What was removed before it could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Whether they match or not; None if nobody counted them.
    pub lines: Option<u64>,
    /// Where following goes on. None if there is no file yet.
    pub next: Option<Position>,
}

/// Reads a log forwards and keeps its file open, so that nothing is missed when it is rotated.
pub struct Follower {
    path: PathBuf,
    query: Query,
    at: Option<Place>,
    /// How often the file at hand was in none of its places.
    missed: u32,
    /// Knows what rotation removed; None in a process that does not write the log.
    removed: Option<Arc<Removed>>,
    /// Not yet told.
    missing: Option<Missing>,
    /// Files that are older than the one at hand, by inode and mark.
    passed: Vec<(u64, u32)>,
    buffer: Vec<u8>,
}

struct Place {
    file: File,
    inode: u64,
    mark: u32,
    offset: u64,
    /// How many lines lie before `offset`; None if that was too much to count.
    number: Option<u64>,
}

impl Follower {
    /// Everything after `after`; without it what comes from now on. If the file of `after` is gone,
    /// it goes on by the time of that line.
    ///
    /// # Errors
    /// If a file is there and can't be read.
    pub fn new(
        dir: &Path,
        file: LogFile,
        query: Query,
        after: Option<Position>,
        removed: Option<Arc<Removed>>,
    ) -> io::Result<Self> {
        let path = dir.join(file.name());
        let generations = open_all(&path)?;
        let gone = after.filter(|after| !generations.iter().any(|g| g.has(after)));
        let oldest = generations
            .last()
            .map(|oldest| oldest.position(0, i64::MIN));
        let lost = removed.as_ref().zip(gone.as_ref());
        let lost = lost.and_then(|(removed, gone)| removed.between(gone, oldest.as_ref()));
        let (generation, offset) = match after {
            // Rotation removes the oldest first: whatever is left is newer.
            Some(_) if lost.is_some() => (generations.len().saturating_sub(1), 0),
            Some(after) => place_of(&generations, after)?,
            None => match generations.first() {
                Some(current) => (0, current.end_of_lines()?),
                None => (0, 0),
            },
        };
        let mut follower = Self {
            path,
            query,
            at: None,
            missed: 0,
            removed,
            missing: gone
                .map(|_| lost.unwrap_or(Missing { lines: None }))
                .filter(is_worth_telling),
            passed: Vec::new(),
            buffer: Vec::new(),
        };
        follower.go_to(generations, generation, offset);
        follower.number_lines(after)?;
        Ok(follower)
    }

    /// What came since the last time.
    ///
    /// # Errors
    /// If a file is there and can't be read.
    pub fn poll(&mut self) -> io::Result<News> {
        if self.at.is_none() {
            self.find_next()?;
        }
        if let Some(Missing { lines }) = self.missing.take() {
            let next = self.position();
            return Ok(News {
                skipped: Some(Skipped { lines, next }),
                has_more: true,
                ..News::none()
            });
        }
        let Some(place) = &mut self.at else {
            return Ok(News::none());
        };
        place.notice_truncation()?;
        // Before the file is read to its end: afterwards nothing is added to a file that was.
        let is_current = is_same_file(&place.file, &self.path);
        let read = read_lines(place, &mut self.buffer)?;
        if read > 0 {
            let hits = self.hits(read);
            return Ok(News {
                hits,
                has_more: true,
                ..News::none()
            });
        }
        if is_current {
            return Ok(News::none());
        }
        let moved = self.find_next()?;
        Ok(News {
            has_more: moved,
            ..News::none()
        })
    }

    /// Where following would go on.
    pub fn position(&self) -> Option<Position> {
        let place = self.at.as_ref()?;
        Some(place.position(place.offset, i64::MAX, place.number))
    }

    /// The lines at the beginning of the buffer that match; the place moves behind them.
    fn hits(&mut self, read: usize) -> Vec<Hit> {
        let Some(place) = &mut self.at else {
            return Vec::new();
        };
        let block = self.buffer.get(..read).unwrap_or_default();
        let matcher = Matcher::new(&self.query, block);
        let mut candidates = Vec::new();
        matcher.candidates(block, &mut candidates);
        let mut counted = LineNumbers::of(block, place.number);
        let hits = candidates.into_iter().filter_map(|(start, end)| {
            let line = block.get(start..end)?;
            let millis = matcher.check(line)?.millis.unwrap_or(i64::MAX);
            let number = counted.before(start);
            Some(Hit {
                position: place.position(place.offset + start as u64, millis, number),
                line: line.to_vec(),
            })
        });
        let hits = hits.collect();
        place.number = counted.before(read);
        place.offset += read as u64;
        hits
    }

    /// Moves on to the file that came after the one at hand; false if there is none yet.
    fn find_next(&mut self) -> io::Result<bool> {
        let generations = open_all(&self.path)?;
        let at = self.at.as_ref().map(|place| (place.inode, place.mark));
        let here = generations
            .iter()
            .position(|g| at.is_some_and(|(inode, _)| g.inode == inode));
        self.missed = if here.is_none() { self.missed + 1 } else { 0 };
        // A list that was made while files were renamed may lack it.
        let is_somewhere = self.at.as_ref().is_some_and(|place| place.has_name());
        let next = match here {
            Some(here) => here.checked_sub(1),
            None if is_somewhere && self.missed < MAX_MISSED => None,
            // It is gone: what is older than it was read before, or was not wanted.
            None => generations.iter().rposition(|g| {
                let is_passed = |(inode, mark): &(u64, u32)| g.inode == *inode && g.mark == *mark;
                !self.passed.iter().any(is_passed)
            }),
        };
        let Some(next) = next else { return Ok(false) };
        if here.is_none()
            && let (Some(place), Some(removed)) = (&self.at, &self.removed)
        {
            let read = place.position(place.offset, i64::MAX, place.number);
            let next = generations.get(next).map(|next| next.position(0, i64::MIN));
            let missing = removed.between(&read, next.as_ref());
            self.missing = missing.filter(is_worth_telling);
        }
        self.go_to(generations, next, 0);
        Ok(true)
    }

    fn go_to(&mut self, mut generations: Vec<Generation>, number: usize, offset: u64) {
        let older = generations.iter().skip(number + 1);
        self.passed = older.map(|g| (g.inode, g.mark)).collect();
        if number < generations.len() {
            let Generation {
                file, inode, mark, ..
            } = generations.swap_remove(number);
            self.at = Some(Place {
                file,
                inode,
                mark,
                offset,
                number: (offset == 0).then_some(0),
            });
        }
    }

    /// Counts the lines before the place where following begins, unless the position says.
    fn number_lines(&mut self, after: Option<Position>) -> io::Result<()> {
        let Some(place) = self.at.as_mut().filter(|place| place.number.is_none()) else {
            return Ok(());
        };
        let said = after.filter(|after| after.offset == place.offset && after.inode == place.inode);
        place.number = said.and_then(|after| after.number);
        if place.number.is_none() && place.offset <= MAX_NUMBERED_BYTES {
            let mut from_start = Place {
                file: place.file.try_clone()?,
                offset: 0,
                ..*place
            };
            let mut lines = 0;
            while from_start.offset < place.offset {
                let read = read_lines(&mut from_start, &mut self.buffer)?;
                if read == 0 {
                    break;
                }
                let wanted = usize::try_from(place.offset - from_start.offset).unwrap_or(read);
                let block = self.buffer.get(..read.min(wanted)).unwrap_or_default();
                lines += memchr::memchr_iter(b'\n', block).count() as u64;
                from_start.offset += read as u64;
            }
            place.number = Some(lines);
        }
        Ok(())
    }
}

/// Whether lines are missing, as far as anybody knows.
fn is_worth_telling(missing: &Missing) -> bool {
    missing.lines != Some(0)
}

impl News {
    fn none() -> Self {
        Self {
            skipped: None,
            hits: Vec::new(),
            has_more: false,
        }
    }
}

impl Place {
    /// Whether the file has a name still, whichever that is.
    fn has_name(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|metadata| metadata.nlink() > 0)
    }

    fn position(&self, offset: u64, millis: i64, number: Option<u64>) -> Position {
        Position {
            inode: self.inode,
            mark: self.mark,
            offset,
            millis,
            number,
        }
    }

    /// Somebody cut the file, and others may have written to it since: it begins anew.
    fn notice_truncation(&mut self) -> io::Result<()> {
        let len = self.file.metadata()?.len();
        let mark = mark(&self.file)?;
        if len < self.offset || (self.mark != 0 && mark != self.mark) {
            self.offset = 0;
            self.number = Some(0);
        }
        self.mark = mark;
        Ok(())
    }
}

/// Fills the buffer with what comes next, up to the last whole line; returns its length.
fn read_lines(place: &mut Place, buffer: &mut Vec<u8>) -> io::Result<usize> {
    buffer.resize(BLOCK_BYTES, 0);
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match place.file.read_at(rest, place.offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let read = buffer.get(..filled).unwrap_or_default();
    Ok(match memchr::memrchr(b'\n', read) {
        Some(at) => at + 1,
        // A line that no writer of ours would write: passed over in pieces.
        None if filled == BLOCK_BYTES => filled,
        None => 0,
    })
}

/// The generation and the offset in it where what came after `after` begins.
fn place_of(generations: &[Generation], after: Position) -> io::Result<(usize, u64)> {
    if let Some(number) = generations.iter().position(|g| g.has(&after)) {
        let reaches = generations
            .get(number)
            .is_some_and(|g| after.offset <= g.len);
        return Ok((number, if reaches { after.offset } else { 0 }));
    }
    for (number, generation) in generations.iter().enumerate().rev() {
        let all = 0..generation.end_of_lines()?;
        let part = narrow(&generation.file, all.clone(), Some(after.millis), None)?;
        if part.start < all.end {
            return Ok((number, first_at(generation, part.start, after.millis)?));
        }
    }
    let end = generations.first().map(Generation::end_of_lines);
    Ok((0, end.transpose()?.unwrap_or(0)))
}

/// Where the first line begins that is not earlier than `millis`, from `offset` on.
fn first_at(generation: &Generation, offset: u64, millis: i64) -> io::Result<u64> {
    let mut place = Place {
        file: generation.file.try_clone()?,
        inode: generation.inode,
        mark: generation.mark,
        offset,
        number: None,
    };
    let mut buffer = Vec::new();
    loop {
        let read = read_lines(&mut place, &mut buffer)?;
        if read == 0 {
            return Ok(place.offset);
        }
        let block = buffer.get(..read).unwrap_or_default();
        let mut begin = place.offset;
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            if head(line).millis.is_some_and(|at| at >= millis) {
                return Ok(begin);
            }
            begin += line.len() as u64;
        }
        place.offset = begin;
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
