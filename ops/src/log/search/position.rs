//! A place in a log that survives rotation: the file itself, not its name, and an offset in it.

use std::fmt;
use std::str::FromStr;

/// Between two lines of a log.
///
/// A file is known by its inode. File systems give the inode of a removed file to the next one, so
/// a mark made of its first line goes along; and should the file be gone, the time of the line
/// says where to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    pub(in crate::log) inode: u64,
    /// 0 while the file has no line yet.
    pub(in crate::log) mark: u32,
    pub(super) offset: u64,
    /// The time of the line here, in milliseconds since the Unix epoch.
    pub(super) millis: i64,
    /// How many lines of the file lie before it, where they were counted.
    pub(in crate::log) number: Option<u64>,
}

/// `inode-mark-offset-time`, then `-number` if it is known, in hexadecimal.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            inode,
            mark,
            offset,
            millis,
            number: lines,
        } = self;
        write!(f, "{inode:x}-{mark:x}-{offset:x}-{millis:x}")?;
        match lines {
            Some(lines) => write!(f, "-{lines:x}"),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position that a search has given")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let number = |part: &str| {
            let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
            let parsed = u64::from_str_radix(part, 16).ok();
            parsed.filter(|_| is_hex).ok_or(NoPosition)
        };
        let parts: Vec<&str> = text.split('-').collect();
        let (inode, mark, offset, millis, lines) = match parts.as_slice() {
            [inode, mark, offset, millis] => (inode, mark, offset, millis, None),
            [inode, mark, offset, millis, lines] => (inode, mark, offset, millis, Some(lines)),
            _ => return Err(NoPosition),
        };
        Ok(Self {
            inode: number(inode)?,
            mark: u32::try_from(number(mark)?).map_err(|_| NoPosition)?,
            offset: number(offset)?,
            millis: number(millis)?.cast_signed(),
            number: lines.map(|lines| number(lines)).transpose()?,
        })
    }
}

/// FNV-1a, 32 bits, never 0: the standard library promises no stable hash, and positions stand in
/// links.
pub(super) fn mark_of(bytes: &[u8]) -> u32 {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_position_survives_being_written(
            inode: u64, mark: u32, offset: u64, millis: i64, number: Option<u64>,
        ) {
            let position = Position { inode, mark, offset, millis, number };
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }

        #[test]
        fn anything_else_is_refused_not_misread(text in "[0-9a-fA-F+xg-]{0,40}|\\PC{0,20}") {
            if let Ok(position) = text.parse::<Position>() {
                prop_assert!([4, 5].contains(&text.split('-').count()));
                prop_assert_eq!(position.to_string().parse(), Ok(position));
            }
        }
    }
}
