//! The last lines of a file, newest first, at a cost that does not grow with the file.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use serde_json::{Map, Value};

use super::line::MAX_LINE_BYTES;
use super::rotate::generation;

const BLOCK_BYTES: usize = 64 * 1024;

/// The last `lines` lines of `path`, newest first, continued in its generations `.1`, `.2`, … A
/// line that is no JSON object becomes `{"message": text}`, one that no writer of ours would write
/// for its length is cut. No file: no lines.
///
/// # Errors
/// If a file is there and can't be read.
pub fn tail(path: &Path, lines: usize) -> io::Result<Vec<Map<String, Value>>> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    let mut name = path.to_path_buf();
    for number in 1.. {
        if found.len() >= lines {
            break;
        }
        let file = match File::open(&name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && number > 1 => break,
            // The current file is missing for an instant in every rotation.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                name = generation(path, number);
                continue;
            }
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        // A rotation meanwhile gives the file just read the next name.
        let identity = (metadata.dev(), metadata.ino());
        if !seen.contains(&identity) {
            seen.push(identity);
            match Backwards::new(&file, metadata.len()).collect(lines, &mut found) {
                // Cut by somebody while it was read: what was found was there.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                result => result?,
            }
        }
        name = generation(path, number);
    }
    Ok(found)
}

/// Goes through a file from its end, a block at a time.
struct Backwards<'a> {
    file: &'a File,
    /// What has not been looked at yet ends here.
    unread: u64,
    /// The end of the line whose beginning is looked for, without its line break.
    line_end: u64,
}

impl<'a> Backwards<'a> {
    fn new(file: &'a File, len: u64) -> Self {
        Self {
            file,
            unread: len,
            line_end: len,
        }
    }

    fn collect(mut self, lines: usize, found: &mut Vec<Map<String, Value>>) -> io::Result<()> {
        let mut block = vec![0; BLOCK_BYTES];
        while self.unread > 0 && found.len() < lines {
            let start = self.unread.saturating_sub(BLOCK_BYTES as u64);
            let length = usize::try_from(self.unread - start).unwrap_or(BLOCK_BYTES);
            let part = block.get_mut(..length).unwrap_or_default();
            self.file.read_exact_at(part, start)?;
            self.collect_block(part, start, lines, found)?;
            self.unread = start;
        }
        if found.len() < lines {
            self.take(0, &[], 0, found)?;
        }
        Ok(())
    }

    fn collect_block(
        &mut self,
        block: &[u8],
        start: u64,
        lines: usize,
        found: &mut Vec<Map<String, Value>>,
    ) -> io::Result<()> {
        for at in memchr::memrchr_iter(b'\n', block) {
            let line_break = start + at as u64;
            self.take(line_break + 1, block, start, found)?;
            self.line_end = line_break;
            if found.len() >= lines {
                break;
            }
        }
        Ok(())
    }

    /// Takes the line from `line_start` to the known end: out of the block if it lies within,
    /// else out of the file.
    fn take(
        &self,
        line_start: u64,
        block: &[u8],
        block_start: u64,
        found: &mut Vec<Map<String, Value>>,
    ) -> io::Result<()> {
        let length =
            usize::try_from(self.line_end.saturating_sub(line_start)).unwrap_or(usize::MAX);
        if length == 0 {
            return Ok(());
        }
        let within = line_start
            .checked_sub(block_start)
            .and_then(|offset| usize::try_from(offset).ok())
            .and_then(|offset| block.get(offset..offset.checked_add(length)?));
        match within {
            Some(line) => found.push(parse(line)),
            None => {
                let mut line = vec![0; length.min(MAX_LINE_BYTES)];
                self.file.read_exact_at(&mut line, line_start)?;
                found.push(parse(&line));
            }
        }
        Ok(())
    }
}

fn parse(line: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(line).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(line).into_owned();
        Map::from_iter([("message".to_owned(), text.into())])
    })
}

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
