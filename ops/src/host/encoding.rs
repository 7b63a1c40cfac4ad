//! Levels in few bytes, as they wait in memory and as they are stored: one row for all gauges of a
//! span, where a row for each would be thirty times as many.
//!
//! LEB128 varints. For each gauge the distance of its code from the one before, the count, the
//! minimum, and above that minimum the maximum, the last value and the sum of all values; then the
//! seconds from the span's start to the last value. So what never changes takes few bytes.

use super::levels::{Level, Levels};
use crate::clock::{Minute, unix_millis};
use crate::varint::{NotANumber, read_varint, write_varint};

/// Levels, written by [`EncodedLevels::of`] or not yet known to be some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedLevels(Box<[u8]>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not encoded levels")]
pub struct Corrupt;

impl From<NotANumber> for Corrupt {
    fn from(_: NotANumber) -> Self {
        Self
    }
}

impl EncodedLevels {
    /// `start` is where their span begins; no value is from before it.
    pub fn of(levels: &Levels, start: Minute) -> Self {
        let start = seconds(start);
        let mut out = Vec::new();
        let mut next = 0;
        for (code, level) in levels.iter() {
            let Level {
                count,
                sum,
                min,
                max,
                last,
                last_at,
            } = *level;
            let since = last_at.saturating_sub(start);
            for number in [
                u64::from(code).saturating_sub(next),
                count,
                min,
                max.saturating_sub(min),
                last.saturating_sub(min),
                sum.saturating_sub(min.saturating_mul(count)),
                u64::try_from(since).unwrap_or(0),
            ] {
                write_varint(&mut out, number);
            }
            next = u64::from(code) + 1;
        }
        Self(out.into_boxed_slice())
    }

    /// Takes any bytes; whether they are levels shows when they are read.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes.into_boxed_slice())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether they can be read.
    pub fn is_sound(&self) -> bool {
        self.read(Minute::from_number(0), |_, _| {}).is_ok()
    }

    /// # Errors
    /// If the bytes are not what [`EncodedLevels::of`] writes; `levels` is as it was then.
    pub fn merge_into(&self, levels: &mut Levels, start: Minute) -> Result<(), Corrupt> {
        self.read(start, |_, _| {})?;
        self.read(start, |code, level| levels.add(code, level))
    }

    fn read(&self, start: Minute, mut take: impl FnMut(u8, Level)) -> Result<(), Corrupt> {
        let start = seconds(start);
        let mut bytes = &*self.0;
        let mut next = 0_u64;
        while !bytes.is_empty() {
            let mut number = || read_varint(&mut bytes);
            let code = next.checked_add(number()?).ok_or(Corrupt)?;
            let count = number()?;
            let min = number()?;
            let above_min = |above: u64| min.checked_add(above).ok_or(Corrupt);
            let max = above_min(number()?)?;
            let last = above_min(number()?)?;
            let sum = min.saturating_mul(count).saturating_add(number()?);
            let since = i64::try_from(number()?).map_err(|_| Corrupt)?;
            if count == 0 || last > max {
                return Err(Corrupt);
            }
            let level = Level {
                count,
                sum,
                min,
                max,
                last,
                last_at: start.saturating_add(since),
            };
            take(u8::try_from(code).map_err(|_| Corrupt)?, level);
            next = code + 1;
        }
        Ok(())
    }
}

fn seconds(start: Minute) -> i64 {
    unix_millis(start.start()).div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::levels::tests::levels;
    use super::*;

    const START: i64 = 29_400_000;

    fn decode(encoded: &EncodedLevels, start: Minute) -> Result<Levels, Corrupt> {
        let mut levels = Levels::default();
        encoded.merge_into(&mut levels, start).map(|()| levels)
    }

    #[test]
    fn what_never_changes_takes_few_bytes() {
        let mut levels = Levels::default();
        for at in 0..6 {
            levels.add(5, Level::of(512 << 20, START * 60 + at * 10));
        }
        let encoded = EncodedLevels::of(&levels, Minute::from_number(START));
        assert_eq!(encoded.as_bytes().len(), 11);
    }

    #[test]
    fn what_is_not_levels_is_refused_and_changes_nothing() {
        let count_of_zero = vec![1, 0, 5, 0, 0, 0, 0];
        let last_above_max = vec![1, 1, 5, 1, 2, 0, 0];
        let cut_off = vec![1, 1, 5, 0, 0, 0];
        let no_such_code = vec![0xff, 0x7f, 1, 5, 0, 0, 0, 0];
        for bad in [count_of_zero, last_above_max, cut_off, no_such_code] {
            // Behind one that is well.
            let bytes = [&[0, 1, 5, 0, 0, 0, 0][..], &bad].concat();
            let encoded = EncodedLevels::from_bytes(bytes);
            let mut levels = Levels::default();
            assert!(!encoded.is_sound(), "{bad:?}");
            let merged = encoded.merge_into(&mut levels, Minute::from_number(0));
            assert_eq!(merged, Err(Corrupt), "{bad:?}");
            assert_eq!(levels, Levels::default());
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(levels in levels(START * 60)) {
            let start = Minute::from_number(START);
            prop_assert_eq!(decode(&EncodedLevels::of(&levels, start), start), Ok(levels));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes in vec(any::<u8>(), 0..60)) {
            let encoded = EncodedLevels::from_bytes(bytes);
            let start = Minute::from_number(START);
            prop_assert_eq!(encoded.is_sound(), decode(&encoded, start).is_ok());
        }
    }
}
