//! A log's files, opened together: what is rotated meanwhile is still read whole.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use super::position::{Position, mark_of};
use crate::log::directory::generation;

/// As much of the first line makes a file's mark.
const MARK_BYTES: usize = 256;

/// An open file of a log.
#[derive(Debug)]
pub(in crate::log) struct Generation {
    pub file: File,
    pub inode: u64,
    /// 0: it has no line yet.
    pub mark: u32,
    /// When it was opened. It may end in half a line.
    pub len: u64,
}

impl Generation {
    fn of(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let mark = mark(&file)?;
        Ok(Self {
            inode: metadata.ino(),
            mark,
            len: metadata.len(),
            file,
        })
    }

    /// Whether `position` lies in this file.
    pub fn has(&self, position: &Position) -> bool {
        let marks = [self.mark, position.mark];
        self.inode == position.inode && (marks.contains(&0) || self.mark == position.mark)
    }

    pub fn position(&self, offset: u64, millis: i64) -> Position {
        Position {
            inode: self.inode,
            mark: self.mark,
            offset,
            millis,
            number: None,
        }
    }

    /// Where its last whole line ends.
    pub fn end_of_lines(&self) -> io::Result<u64> {
        const BLOCK_BYTES: u64 = 4096;
        let mut end = self.len;
        let mut block = Vec::new();
        while end > 0 {
            let start = end.saturating_sub(BLOCK_BYTES);
            block.resize(usize::try_from(end - start).unwrap_or(0), 0);
            match self.file.read_exact_at(&mut block, start) {
                // Cut by somebody meanwhile.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                result => result?,
            }
            if let Some(at) = memchr::memrchr(b'\n', &block) {
                return Ok(start + at as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }
}

/// Tells a file from the next one that gets the same inode: its first line has the time in it.
pub(in crate::log) fn mark(file: &File) -> io::Result<u32> {
    let mut first = [0; MARK_BYTES];
    let mut filled = 0;
    while let Some(rest) = first.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let first = first.get(..filled).unwrap_or_default();
    Ok(match memchr::memchr(b'\n', first) {
        Some(end) => mark_of(first.get(..end).unwrap_or_default()),
        None if filled == MARK_BYTES => mark_of(first),
        // The rest of the line would change it.
        None => 0,
    })
}

/// The current file and its generations, newest first; each file once. No file: none.
///
/// A rotation meanwhile gives files the next names, from the oldest to the newest, so that one
/// name is missing at any moment of it: only a second missing name is the end.
///
/// # Errors
/// If a file is there and can't be read.
pub(in crate::log) fn open_all(path: &Path) -> io::Result<Vec<Generation>> {
    let mut all: Vec<Generation> = Vec::new();
    let mut name = path.to_path_buf();
    let mut missing = 0;
    for number in 1.. {
        match File::open(&name) {
            Ok(file) => {
                missing = 0;
                let next = Generation::of(file)?;
                if all.iter().all(|known| known.inode != next.inode) {
                    all.push(next);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                missing += 1;
                if missing > 1 {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
        name = generation(path, number);
    }
    Ok(all)
}
