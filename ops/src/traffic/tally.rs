//! What was counted of requests, and how it is written down.

use super::histogram::Histogram;
use super::sample::Measure;
use super::status_class::{ByClass, StatusClass};
use crate::clock::Minute;
use crate::series::{Corrupt, Payload};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub by_class: ByClass,
    pub bytes: u64,
    /// Of `durations`, how much was waiting for the registry's database.
    pub database_us: u64,
    pub durations: Histogram,
}

impl Tally {
    pub(super) fn of(class: StatusClass, measure: Measure) -> Self {
        let mut by_class = ByClass::default();
        by_class.add(class, measure.durations.count());
        Self {
            by_class,
            bytes: measure.bytes,
            database_us: measure.database_us,
            durations: measure.durations,
        }
    }

    pub fn requests(&self) -> u64 {
        self.by_class.total()
    }
}

/// Between the counters and the histogram.
const END_OF_COUNTERS: char = ';';

/// The counters as decimal numbers, so that SQL can write them, too, then the histogram:
/// `0,12,0,1,0,9000,1234;` and its bytes.
impl Payload for Tally {
    fn merge(&mut self, other: &Self) {
        self.by_class.merge(&other.by_class);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.database_us = self.database_us.saturating_add(other.database_us);
        self.durations.merge(&other.durations);
    }

    fn encode(&self, _: Minute) -> Vec<u8> {
        let ByClass {
            informational,
            success,
            redirection,
            client_errors,
            errors,
        } = self.by_class;
        let (bytes, database_us) = (self.bytes, self.database_us);
        let counters = format!(
            "{informational},{success},{redirection},{client_errors},{errors},{bytes},{database_us}{END_OF_COUNTERS}"
        );
        let mut out = counters.into_bytes();
        self.durations.encode_to(&mut out);
        out
    }

    fn merge_encoded(&mut self, bytes: &[u8], _: Minute) -> Result<(), Corrupt> {
        let mut parts = bytes.splitn(2, |byte| char::from(*byte) == END_OF_COUNTERS);
        let (Some(counters), Some(durations)) = (parts.next(), parts.next()) else {
            return Err(Corrupt);
        };
        let counters = std::str::from_utf8(counters).map_err(|_| Corrupt)?;
        let mut counters = counters.split(',');
        let mut next = || {
            let number = counters.next().ok_or(Corrupt)?;
            number.parse::<u64>().map_err(|_| Corrupt)
        };
        let by_class = ByClass {
            informational: next()?,
            success: next()?,
            redirection: next()?,
            client_errors: next()?,
            errors: next()?,
        };
        let (bytes, database_us) = (next()?, next()?);
        if counters.next().is_some() {
            return Err(Corrupt);
        }
        self.durations.merge_encoded(durations)?;
        self.by_class.merge(&by_class);
        self.bytes = self.bytes.saturating_add(bytes);
        self.database_us = self.database_us.saturating_add(database_us);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use super::*;

    const START: Minute = Minute::EARLIEST;

    fn tally() -> Tally {
        let mut tally = Tally {
            bytes: 9000,
            database_us: 1234,
            ..Tally::default()
        };
        tally.by_class.add(StatusClass::Success, 12);
        tally.by_class.add(StatusClass::ServerError, 1);
        for _ in 0..13 {
            tally.durations.record(Duration::from_micros(59));
        }
        tally
    }

    #[test]
    fn counters_stand_before_the_histogram_whatever_bytes_that_has() {
        let encoded = tally().encode(START);
        assert!(encoded.starts_with(b"0,12,0,0,1,9000,1234;"));
        let mut twice = tally();
        twice.merge_encoded(&encoded, START).unwrap();
        let mut merged = tally();
        merged.merge(&tally());
        assert_eq!(twice, merged);
    }

    #[test]
    fn what_is_no_tally_is_refused_and_changes_nothing() {
        for bad in [
            &b""[..],
            b"\0",
            b"1,2,3,4,5,6;\0",
            b"1,2,3,4,5,6,7,8;\0",
            b"1,2,3,4,5,6,-7;\0",
            b"1,2,3,4,5,6,7;",
            b"1,2,3,4,5,6,7;\x00\x05\x00",
        ] {
            let mut unchanged = tally();
            assert_eq!(unchanged.merge_encoded(bad, START), Err(Corrupt), "{bad:?}");
            assert_eq!(unchanged, tally());
        }
    }
}
