//! The resolutions that rows are kept in: minutes, and the hours and days they are rolled up to.

use super::minute::Minute;

/// All of UTC, so that no day has 23 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    Minute,
    Hour,
    Day,
}

impl Resolution {
    pub fn minutes(self) -> u32 {
        match self {
            Self::Minute => 1,
            Self::Hour => 60,
            Self::Day => 24 * 60,
        }
    }

    /// The start of the minute, hour or day that `minute` lies in.
    pub fn start_of(self, minute: Minute) -> Minute {
        minute.floor(self.minutes())
    }

    /// The start of the next one.
    pub fn end_of(self, minute: Minute) -> Minute {
        self.start_of(minute).plus(self.minutes())
    }

    /// The resolution that this one is rolled up from.
    pub(crate) fn finer(self) -> Self {
        match self {
            Self::Minute | Self::Hour => Self::Minute,
            Self::Day => Self::Hour,
        }
    }

    /// Which part of a row of this resolution is covered by a finer row that starts at `start`.
    pub(crate) fn part(self, start: Minute) -> Covered {
        let offset = start.number() - self.start_of(start).number();
        let part = offset / i64::from(self.finer().minutes());
        u32::try_from(part).map_or(Covered(0), |part| {
            Covered(1_u64.checked_shl(part).unwrap_or(0))
        })
    }
}

/// During which parts of a row's time a process was up: a bit for each of an hour's minutes, or of a
/// day's hours. Sets can be united, which counts could not: two processes may be up at once, or one
/// after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Covered(u64);

impl Covered {
    /// The only part of a minute.
    pub const MINUTE: Self = Self(1);

    /// At most 60 bits, so it fits a signed number.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn parts(self) -> impl Iterator<Item = u32> {
        (0..u64::BITS).filter(move |part| self.0 >> part & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_minute_lies_in_its_hour_and_its_day(number in -1_000_000_000_i64..1_000_000_000) {
            let minute = Minute::from_number(number);
            for resolution in [Resolution::Minute, Resolution::Hour, Resolution::Day] {
                let (start, end) = (resolution.start_of(minute), resolution.end_of(minute));
                prop_assert!(start <= minute && minute < end);
                prop_assert_eq!(end.number() - start.number(), i64::from(resolution.minutes()));
                prop_assert_eq!(start.number() % i64::from(resolution.minutes()), 0);
            }
        }
    }

    #[test]
    fn each_part_of_an_hour_and_of_a_day_has_a_bit_of_its_own() {
        for (resolution, parts) in [(Resolution::Hour, 60), (Resolution::Day, 24)] {
            let mut covered = Covered::default();
            for part in 0..parts {
                let start = Minute::from_number(i64::from(part * resolution.finer().minutes()));
                covered.add(resolution.part(start));
            }
            assert!(covered.parts().eq(0..parts), "{resolution:?}");
        }
    }
}
