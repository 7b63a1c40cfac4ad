//! The last lines of a file, newest first, at a cost that does not grow with the file.

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

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
