//! Levels in few bytes: one row for all gauges, where a row for each would be thirty times as many.
//!
//! LEB128 varints. For each gauge the distance of its code from the one before, the count, the
//! minimum, and above that minimum the maximum, the last value and the sum of all values; then the
//! seconds from the row's start to the last value. So what never changes takes few bytes.

use super::levels::{Level, Levels};
use crate::clock::{Minute, unix_millis};
use crate::series::{Corrupt, Payload, read_varint, write_varint};

impl Payload for Levels {
    fn merge(&mut self, other: &Self) {
        for (code, level) in other.iter() {
            self.add(code, *level);
        }
    }

    fn encode(&self, start: Minute) -> Vec<u8> {
        let start = seconds(start);
        let mut out = Vec::new();
        let mut next = 0;
        for (code, level) in self.iter() {
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
        out
    }

    fn merge_encoded(&mut self, bytes: &[u8], start: Minute) -> Result<(), Corrupt> {
        read(bytes, start, |_, _| {})?;
        read(bytes, start, |code, level| self.add(code, level))
    }
}

fn read(mut bytes: &[u8], start: Minute, mut take: impl FnMut(u8, Level)) -> Result<(), Corrupt> {
    let start = seconds(start);
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

    fn decode(bytes: &[u8], start: Minute) -> Result<Levels, Corrupt> {
        let mut levels = Levels::default();
        levels.merge_encoded(bytes, start).map(|()| levels)
    }

    #[test]
    fn what_never_changes_takes_few_bytes() {
        let mut levels = Levels::default();
        for at in 0..6 {
            levels.add(5, Level::of(512 << 20, START * 60 + at * 10));
        }
        assert_eq!(levels.encode(Minute::from_number(START)).len(), 11);
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
            let mut levels = Levels::default();
            let merged = levels.merge_encoded(&bytes, Minute::from_number(0));
            assert_eq!(merged, Err(Corrupt), "{bad:?}");
            assert_eq!(levels, Levels::default());
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(levels in levels(START * 60)) {
            let start = Minute::from_number(START);
            prop_assert_eq!(decode(&levels.encode(start), start), Ok(levels));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes in vec(any::<u8>(), 0..60)) {
            let start = Minute::from_number(START);
            if let Ok(levels) = decode(&bytes, start) {
                prop_assert_eq!(decode(&levels.encode(start), start), Ok(levels));
            }
        }
    }
}
