//! How many lines went with each generation that rotation has removed, so that a reader who was still
//! in the middle of one learns how many it will never see.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::sync::{Mutex, PoisonError};

use super::search::{Position, mark};

/// Older removals are forgotten: who is so far behind is told that the number is unknown.
const MAX_KNOWN: usize = 1000;

/// What a reader will never see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// None if nobody knows how many.
    pub lines: Option<u64>,
}

/// The removed generations of one log file, oldest first.
#[derive(Debug, Default)]
pub struct Removed(Mutex<VecDeque<Generation>>);

#[derive(Debug, Clone, Copy)]
struct Generation {
    inode: u64,
    mark: u32,
    lines: u64,
}

impl Generation {
    /// A mark of 0 is that of a file without a line, which may have got one since.
    fn has(&self, position: &Position) -> bool {
        let marks = [self.mark, position.mark];
        self.inode == position.inode && (marks.contains(&0) || self.mark == position.mark)
    }
}

impl Removed {
    /// To be called before `file` is removed: whoever finds it gone finds it here.
    ///
    /// # Errors
    /// If the file can't be read.
    pub(super) fn add(&self, file: &File) -> io::Result<()> {
        let generation = Generation {
            inode: file.metadata()?.ino(),
            mark: mark(file)?,
            lines: count_lines(file)?,
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == MAX_KNOWN {
            known.pop_front();
        }
        known.push_back(generation);
        Ok(())
    }

    /// What was removed after `position`, up to where `next` begins, which may itself have been
    /// removed meanwhile. None if the file of `position` is not among the removed ones.
    pub(super) fn between(&self, position: &Position, next: Option<&Position>) -> Option<Missing> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known
            .iter()
            .rposition(|generation| generation.has(position))?;
        let lines = known.get(at)?.lines;
        let unread = position.number.map(|read| lines.saturating_sub(read));
        let later = known.iter().skip(at + 1);
        let lost = later
            .take_while(|generation| next.is_none_or(|next| !generation.has(next)))
            .map(|generation| generation.lines);
        let lost: u64 = lost.sum();
        Some(Missing {
            lines: unread.map(|unread| unread + lost),
        })
    }
}

fn count_lines(mut file: &File) -> io::Result<u64> {
    let mut block = vec![0; 64 * 1024];
    let mut lines = 0;
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(lines),
            Ok(count) => {
                let read = block.get(..count).unwrap_or_default();
                lines += memchr::memchr_iter(b'\n', read).count() as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
