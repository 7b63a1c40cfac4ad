//! New lines as they come, across rotations.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::generations::{Generation, mark, open_all};
use super::matcher::Matcher;
use super::position::Position;
use super::query::Query;
use super::raw::head;
use super::run::Hit;
use super::time_range::narrow;
use crate::log::directory::is_same_file;
use crate::log::file_kind::LogFile;
use crate::log::line::MAX_READ_BYTES;

/// So much is read at once. More than a line, so that a line without end can be told.
const BLOCK_BYTES: usize = 2 * MAX_READ_BYTES;

/// A file that was looked for so often, and has a name, was moved to where nobody looks.
const MAX_MISSED: u32 = 10;

/// New lines that match, oldest first.
#[derive(Debug)]
pub struct News {
    pub hits: Vec<Hit>,
    /// There is more already: ask again at once.
    pub has_more: bool,
}

/// Reads a log forwards and keeps its file open, so that nothing is missed when it is rotated.
pub struct Follower {
    path: PathBuf,
    query: Query,
    at: Option<Place>,
    /// How often the file at hand was in none of its places.
    missed: u32,
    /// Files that are older than the one at hand, by inode and mark.
    passed: Vec<(u64, u32)>,
    buffer: Vec<u8>,
}

struct Place {
    file: File,
    inode: u64,
    mark: u32,
    offset: u64,
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
    ) -> io::Result<Self> {
        let path = dir.join(file.name());
        let generations = open_all(&path)?;
        let (number, offset) = match after {
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
            passed: Vec::new(),
            buffer: Vec::new(),
        };
        follower.go_to(generations, number, offset);
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
            });
        }
        if is_current {
            return Ok(News::none());
        }
        let moved = self.find_next()?;
        Ok(News {
            hits: Vec::new(),
            has_more: moved,
        })
    }

    /// Where following would go on.
    pub fn position(&self) -> Option<Position> {
        let place = self.at.as_ref()?;
        Some(place.position(place.offset, i64::MAX))
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
        let hits = candidates.into_iter().filter_map(|(start, end)| {
            let line = block.get(start..end)?;
            let millis = matcher.check(line)?.millis.unwrap_or(i64::MAX);
            Some(Hit {
                position: place.position(place.offset + start as u64, millis),
                line: line.to_vec(),
            })
        });
        let hits = hits.collect();
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
            });
        }
    }
}

impl News {
    fn none() -> Self {
        Self {
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

    fn position(&self, offset: u64, millis: i64) -> Position {
        Position {
            inode: self.inode,
            mark: self.mark,
            offset,
            millis,
        }
    }

    /// Somebody cut the file, and others may have written to it since: it begins anew.
    fn notice_truncation(&mut self) -> io::Result<()> {
        let len = self.file.metadata()?.len();
        let mark = mark(&self.file)?;
        if len < self.offset || (self.mark != 0 && mark != self.mark) {
            self.offset = 0;
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
