//! One log file and its generations: `app.log`, `app.log.1`, … `app.log.N`.
//!
//! Appends whole lines, never beyond the limit, and leaves whole lines behind whatever fails.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::directory::{generation, is_same_file};
use super::removed::Removed;

/// A file whose lines are gone before this is said to be too small for what is written.
const SOON_GONE: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub max_bytes: u64,
    /// Generations kept besides the current file.
    pub max_files: u32,
}

/// How far a write came: lines at the beginning of what was to be written.
#[derive(Debug)]
pub(super) struct Written {
    pub lines: u64,
    pub result: io::Result<()>,
}

#[derive(Debug)]
pub(super) struct RotatingFile {
    path: PathBuf,
    limits: Limits,
    /// Is told of each generation before it is removed.
    removed: Arc<Removed>,
    file: File,
    len: u64,
    generations: u32,
    /// How far back the file reached when its oldest generation was removed, if that was not far.
    shortened: Option<Duration>,
}

impl RotatingFile {
    /// Opens the current file or makes it. Half a line that a crash left is cut off, so that the
    /// next line is whole.
    pub fn open(path: PathBuf, limits: Limits, removed: Arc<Removed>) -> io::Result<Self> {
        let mut file = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)?;
        let len = cut_half_line(&mut file)?;
        let generations = count_generations(&path, limits.max_files);
        Ok(Self {
            path,
            limits,
            removed,
            file,
            len,
            generations,
            shortened: None,
        })
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// How many generations there were besides the current file, when it was opened.
    pub fn generations(&self) -> u32 {
        self.generations
    }

    /// Whether a rotation has removed lines that were younger than [`SOON_GONE`]: how old they were.
    pub fn take_shortened(&mut self) -> Option<Duration> {
        self.shortened.take()
    }

    /// Whether the name still leads to this file. Also notices if somebody else cut it or wrote to
    /// it.
    ///
    /// # Errors
    /// If the file can't be looked at.
    pub fn check(&mut self) -> io::Result<bool> {
        if !is_same_file(&self.file, &self.path) {
            return Ok(false);
        }
        if self.file.metadata()?.len() != self.len {
            self.len = cut_half_line(&mut self.file)?;
        }
        Ok(true)
    }

    /// Appends `lines`, each of which ends in `\n`, and rotates as often as it takes.
    pub fn write(&mut self, lines: &[u8]) -> Written {
        let mut rest = lines;
        let mut done = 0;
        while !rest.is_empty() {
            let fitting = match self.make_room(rest) {
                Ok(fitting) => fitting,
                Err(error) => {
                    return Written {
                        lines: done,
                        result: Err(error),
                    };
                }
            };
            let (now, later) = rest.split_at(fitting);
            let (written, result) = self.append(now);
            done += count_lines(now.get(..written).unwrap_or_default());
            if result.is_err() {
                return Written {
                    lines: done,
                    result,
                };
            }
            rest = later;
        }
        Written {
            lines: done,
            result: Ok(()),
        }
    }

    /// How many bytes of whole lines go into the current file; rotates if none do.
    fn make_room(&mut self, lines: &[u8]) -> io::Result<usize> {
        let fitting = self.fitting(lines);
        if fitting > 0 {
            return Ok(fitting);
        }
        if self.len > 0 {
            self.rotate()?;
        }
        match self.fitting(lines) {
            0 => Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a line is longer than a file may be",
            )),
            fitting => Ok(fitting),
        }
    }

    fn fitting(&self, lines: &[u8]) -> usize {
        let room = self.limits.max_bytes.saturating_sub(self.len);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if lines.len() <= room {
            return lines.len();
        }
        let within = lines.get(..room).unwrap_or_default();
        memchr::memrchr(b'\n', within).map_or(0, |at| at + 1)
    }

    /// Writes what it can. After a failure the file ends where the last whole line did.
    fn append(&mut self, lines: &[u8]) -> (usize, io::Result<()>) {
        let mut written = 0;
        while let Some(rest) = lines.get(written..).filter(|rest| !rest.is_empty()) {
            match self.file.write(rest) {
                Ok(0) => return self.give_up(lines, written, io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.give_up(lines, written, error),
            }
        }
        self.len += written as u64;
        (written, Ok(()))
    }

    fn give_up(
        &mut self,
        lines: &[u8],
        written: usize,
        error: io::Error,
    ) -> (usize, io::Result<()>) {
        let torn = lines.get(..written).unwrap_or_default();
        let whole = memchr::memrchr(b'\n', torn).map_or(0, |at| at + 1);
        self.len += whole as u64;
        if whole < written {
            // Should this fail as well, opening the file again mends it.
            let _ = self.file.set_len(self.len);
        }
        (whole, Err(error))
    }

    /// By renaming, so that a reader who follows the name notices.
    fn rotate(&mut self) -> io::Result<()> {
        let last = match self.limits.max_files {
            0 => self.path.clone(),
            number => generation(&self.path, number),
        };
        // Of a file that is written to no more, the time of the last line.
        let modified = fs::metadata(last).and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|time| time.elapsed().ok());
        if self.limits.max_files == 0 {
            self.note_removal(&self.path);
            fs::remove_file(&self.path)?;
        } else {
            // Up to the first gap only: an interrupted rotation leaves one, and to move what is
            // beyond it would push out a generation too many.
            let last = count_generations(&self.path, self.limits.max_files - 1);
            if last + 1 == self.limits.max_files {
                self.note_removal(&generation(&self.path, self.limits.max_files));
            }
            for number in (1..=last).rev() {
                fs::rename(
                    generation(&self.path, number),
                    generation(&self.path, number + 1),
                )?;
            }
            fs::rename(&self.path, generation(&self.path, 1))?;
        }
        *self = Self::open(self.path.clone(), self.limits, Arc::clone(&self.removed))?;
        self.shortened = age.filter(|age| *age < SOON_GONE);
        Ok(())
    }

    /// Rotation goes on without: then readers learn that lines are missing, but not how many.
    fn note_removal(&self, path: &Path) {
        let _unread = File::open(path).and_then(|file| self.removed.add(&file));
    }
}

/// How many generations there are without a gap, at most `max`.
fn count_generations(path: &Path, max: u32) -> u32 {
    let is_there = |number: &u32| generation(path, *number).exists();
    (1..=max).take_while(is_there).last().unwrap_or(0)
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Cuts off what follows the last line break; returns the length that is left.
fn cut_half_line(file: &mut File) -> io::Result<u64> {
    const BLOCK_BYTES: u64 = 64 * 1024;

    let len = file.metadata()?.len();
    let mut end = len;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK_BYTES);
        // The last byte alone tells whether there is anything to cut.
        let start = if end == len { len - 1 } else { start };
        block.clear();
        file.seek(SeekFrom::Start(start))?;
        Read::by_ref(file)
            .take(end - start)
            .read_to_end(&mut block)?;
        if let Some(at) = memchr::memrchr(b'\n', &block) {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    if end < len {
        file.set_len(end)?;
    }
    Ok(end)
}

#[cfg(test)]
#[path = "rotate_tests.rs"]
mod tests;
