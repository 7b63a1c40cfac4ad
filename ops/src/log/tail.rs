//! The last lines of a file, at a cost that does not grow with the file.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::search::{Blocks, open_all, parse_line};

/// The last `lines` lines of `path`, newest first, continued in its generations `.1`, `.2`, … A
/// line that is no JSON object becomes `{"message": text}`, one that no writer of ours would write
/// for its length is cut. Half a line at the end counts as one. No file: no lines.
///
/// # Errors
/// If a file is there and can't be read.
pub fn tail(path: &Path, lines: usize) -> io::Result<Vec<Map<String, Value>>> {
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    for generation in open_all(path)? {
        let mut blocks = Blocks::new(&generation.file, 0..generation.len, buffer);
        while found.len() < lines
            && let Some(block) = blocks.next()?
        {
            let newest_first = block.bytes.rsplit(|byte| *byte == b'\n');
            let whole = newest_first.filter(|line| !line.is_empty());
            found.extend(whole.take(lines - found.len()).map(parse_line));
        }
        buffer = blocks.into_buffer();
    }
    Ok(found)
}

/// The newest whole lines of `path` and its generations, oldest first, `max_bytes` at most. Half a line
/// at the end counts as one. No file: nothing.
///
/// # Errors
/// If a file is there and can't be read.
pub fn newest_lines(path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
    let mut left = max_bytes;
    let mut newest_first = Vec::new();
    let mut buffer = Vec::new();
    'files: for generation in open_all(path)? {
        let mut blocks = Blocks::new(&generation.file, 0..generation.len, buffer);
        while let Some(block) = blocks.next()? {
            let lines = block.bytes.rsplit(|byte| *byte == b'\n');
            for line in lines.filter(|line| !line.is_empty()) {
                let Some(rest) = left.checked_sub(line.len() + 1) else {
                    break 'files;
                };
                left = rest;
                newest_first.push(line.to_vec());
            }
        }
        buffer = blocks.into_buffer();
    }
    let mut lines = Vec::with_capacity(max_bytes - left);
    for line in newest_first.iter().rev() {
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    Ok(lines)
}

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
