//! A minute of UTC, by its number since the Unix epoch: no time zone and no daylight saving in it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS: u64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(i64);

impl Minute {
    pub const EARLIEST: Self = Self(i64::MIN);
    pub const LATEST: Self = Self(i64::MAX);

    pub fn of(time: SystemTime) -> Self {
        let number = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs() / SECONDS).unwrap_or(i64::MAX),
            Err(before) => {
                let minutes = before.duration().as_millis().div_ceil(60_000);
                i64::try_from(minutes).map_or(i64::MIN, |minutes| -minutes)
            }
        };
        Self(number)
    }

    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    pub fn number(self) -> i64 {
        self.0
    }

    pub fn minus(self, minutes: u32) -> Self {
        Self(self.0.saturating_sub(i64::from(minutes)))
    }

    pub fn plus(self, minutes: u32) -> Self {
        Self(self.0.saturating_add(i64::from(minutes)))
    }

    /// The last one up to here whose number `step` divides; itself if `step` is 0.
    pub fn floor(self, step: u32) -> Self {
        let past = self.0.checked_rem_euclid(i64::from(step)).unwrap_or(0);
        Self(self.0.saturating_sub(past))
    }

    /// How many minutes this one is after `earlier`; `None` if it is before.
    pub fn since(self, earlier: Self) -> Option<u32> {
        u32::try_from(self.0.checked_sub(earlier.0)?).ok()
    }

    /// Its first instant; the epoch, if the system's time has no such instant.
    pub fn start(self) -> SystemTime {
        let distance = Duration::from_secs(self.0.unsigned_abs().saturating_mul(SECONDS));
        let start = if self.0 < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        start.unwrap_or(UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_is_within_its_minute(millis in -10_i64.pow(15)..10_i64.pow(15)) {
            let distance = Duration::from_millis(millis.unsigned_abs());
            let time = if millis < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance };
            let start = Minute::of(time).start();
            prop_assert!(start <= time && time < start + Duration::from_secs(SECONDS));
        }
    }

    #[test]
    fn any_number_has_a_start() {
        for number in [i64::MIN, -1, 0, 1, i64::MAX] {
            _ = Minute::from_number(number).start();
        }
    }
}
