//! A part of a file from its end to its beginning, in blocks of whole lines.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use crate::log::line::MAX_READ_BYTES;

/// The first block is small, for whoever wants a few lines only.
const FIRST_BYTES: usize = 32 * 1024;
/// Fits into a core's own cache together with what else there is.
const BLOCK_BYTES: usize = 256 * 1024;
/// No line of ours is longer; if need be a block grows to this.
const GREATEST_BYTES: usize = 2 * MAX_READ_BYTES;

pub(in crate::log) struct Blocks<'a> {
    file: &'a File,
    start: u64,
    end: u64,
    size: usize,
    buffer: Vec<u8>,
}

/// Whole lines of a file. The last one may lack its `\n`.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::log) struct Block<'b> {
    pub bytes: &'b [u8],
    /// Where they lie in the file.
    pub offset: u64,
}

impl<'a> Blocks<'a> {
    /// `range` begins and ends between two lines. `buffer` comes back by [`Self::into_buffer`].
    pub fn new(file: &'a File, range: Range<u64>, buffer: Vec<u8>) -> Self {
        Self {
            file,
            start: range.start,
            end: range.end,
            size: FIRST_BYTES,
            buffer,
        }
    }

    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// What has not been read yet ends here.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The next older block. A file that somebody cuts meanwhile just ends.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn next(&mut self) -> io::Result<Option<Block<'_>>> {
        while self.end > self.start {
            let from = self.end.saturating_sub(self.size as u64).max(self.start);
            if !self.read(from, self.end)? {
                self.end = self.start;
                return Ok(None);
            }
            let lines_from = if from == self.start {
                Some(0)
            } else {
                // The line break that the block itself ends with begins no line.
                let before_last = self.buffer.len().saturating_sub(1);
                let inner = self.buffer.get(..before_last).unwrap_or_default();
                memchr::memchr(b'\n', inner).map(|at| at + 1)
            };
            let Some(lines_from) = lines_from else {
                if self.size < GREATEST_BYTES {
                    self.size = (self.size * 2).min(GREATEST_BYTES);
                    continue;
                }
                return self.giant_line().map(Some);
            };
            self.size = (self.size * 2).min(BLOCK_BYTES).max(self.size);
            self.end = from + lines_from as u64;
            return Ok(Some(Block {
                bytes: self.buffer.get(lines_from..).unwrap_or_default(),
                offset: self.end,
            }));
        }
        Ok(None)
    }

    /// The beginning of a line that no writer of ours would write for its length.
    fn giant_line(&mut self) -> io::Result<Block<'_>> {
        let mut begin = self.end.saturating_sub(1);
        while begin > self.start {
            let from = begin.saturating_sub(GREATEST_BYTES as u64).max(self.start);
            if !self.read(from, begin)? {
                break;
            }
            if let Some(at) = memchr::memrchr(b'\n', &self.buffer) {
                begin = from + at as u64 + 1;
                break;
            }
            begin = from;
        }
        let cut = self.end.min(begin + MAX_READ_BYTES as u64);
        if !self.read(begin, cut)? {
            self.buffer.clear();
        }
        self.end = begin;
        Ok(Block {
            bytes: &self.buffer,
            offset: begin,
        })
    }

    /// False if the file does not reach so far any more.
    fn read(&mut self, from: u64, to: u64) -> io::Result<bool> {
        let length = usize::try_from(to - from).unwrap_or(0);
        self.buffer.resize(length, 0);
        match self.file.read_exact_at(&mut self.buffer, from) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}
