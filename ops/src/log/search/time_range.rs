//! The part of a file that a range of time can be in.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::raw::head;
use crate::log::line::MAX_READ_BYTES;

/// Threads hand their lines in a little out of order, and clocks are corrected. A clock that was
/// set back by more than this can hide lines from a range of time.
const SLACK_MS: i64 = 10_000;

/// Closer than this is read, not divided.
const CLOSE_BYTES: u64 = 64 * 1024;

const PROBE_BYTES: usize = 4096;

/// `range` without what is surely before `since` or after `until`; both ends stay between lines.
pub(super) fn narrow(
    file: &File,
    range: Range<u64>,
    since: Option<i64>,
    until: Option<i64>,
) -> io::Result<Range<u64>> {
    let mut narrowed = range;
    if let Some(since) = since {
        let (below, _) = divide(file, narrowed.clone(), since.saturating_sub(SLACK_MS))?;
        narrowed.start = below;
    }
    if let Some(until) = until {
        let (_, above) = divide(file, narrowed.clone(), until.saturating_add(SLACK_MS))?;
        narrowed.end = above;
    }
    Ok(narrowed)
}

/// Two places between lines: all before the first is earlier than `millis`, nothing after the
/// second is, and what lies between them is small, or has no time that could be read.
fn divide(file: &File, range: Range<u64>, millis: i64) -> io::Result<(u64, u64)> {
    let (mut low, mut high) = (range.start, range.end);
    // Most ranges begin or end beyond a file.
    if low < high
        && let Some((_, first)) = line_at(file, low, high)?
        && first >= millis
    {
        return Ok((low, low));
    }
    while high - low > CLOSE_BYTES {
        let middle = low + (high - low) / 2;
        let Some(begin) = next_line(file, middle, high)? else {
            break;
        };
        let Some((begin, found)) = line_at(file, begin, high)? else {
            break;
        };
        if found < millis {
            low = begin;
        } else if begin < high {
            high = begin;
        } else {
            break;
        }
    }
    // What the last lines say spares reading a whole file that ends too early.
    if high == range.end
        && let Some(last) = last_time(file, low..high)?
        && last < millis
    {
        return Ok((high, high));
    }
    Ok((low, high))
}

/// The first line that begins after `from`, unless it begins at the end.
fn next_line(file: &File, from: u64, end: u64) -> io::Result<Option<u64>> {
    let mut block = vec![0; PROBE_BYTES];
    let mut at = from;
    while at < end && at - from <= MAX_READ_BYTES as u64 {
        let length = usize::try_from(end - at).map_or(PROBE_BYTES, |left| left.min(PROBE_BYTES));
        let part = block.get_mut(..length).unwrap_or_default();
        if !read(file, part, at)? {
            return Ok(None);
        }
        if let Some(found) = memchr::memchr(b'\n', part) {
            let begin = at + found as u64 + 1;
            return Ok((begin < end).then_some(begin));
        }
        at += length as u64;
    }
    Ok(None)
}

/// The time of the line that begins at `begin`: it stands in the first bytes.
fn line_at(file: &File, begin: u64, end: u64) -> io::Result<Option<(u64, i64)>> {
    let length = usize::try_from(end - begin).map_or(PROBE_BYTES, |left| left.min(PROBE_BYTES));
    let mut block = vec![0; length];
    if !read(file, &mut block, begin)? {
        return Ok(None);
    }
    let end = memchr::memchr(b'\n', &block).unwrap_or(block.len());
    let line = block.get(..end).unwrap_or_default();
    Ok(head(line).millis.map(|millis| (begin, millis)))
}

/// The time of the last line.
fn last_time(file: &File, range: Range<u64>) -> io::Result<Option<i64>> {
    let from = range
        .end
        .saturating_sub(PROBE_BYTES as u64)
        .max(range.start);
    let mut block = vec![0; usize::try_from(range.end - from).unwrap_or(0)];
    if !read(file, &mut block, from)? {
        return Ok(None);
    }
    let last = block.trim_ascii_end();
    let begin = memchr::memrchr(b'\n', last).map(|at| at + 1);
    let begin = begin.or((from == range.start).then_some(0));
    Ok(begin.and_then(|begin| head(last.get(begin..)?).millis))
}

fn read(file: &File, into: &mut [u8], at: u64) -> io::Result<bool> {
    match file.read_exact_at(into, at) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
