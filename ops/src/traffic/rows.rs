//! What a minute came to: [`Tally`] to reckon with, [`Totals`] in few bytes, and the rows that go to
//! the store.

use std::sync::Arc;

use super::encoding::{Corrupt, EncodedHistogram};
use super::histogram::Histogram;
use super::minute::Minute;
use super::recorder::Measure;
use super::series::SeriesKey;
use super::status_class::{ByClass, StatusClass};
use super::traffic::Run;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub by_class: ByClass,
    pub bytes: u64,
    pub durations: Histogram,
}

impl Tally {
    pub fn requests(&self) -> u64 {
        self.by_class.total()
    }

    pub fn merge(&mut self, other: &Self) {
        self.by_class.merge(&other.by_class);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.durations.merge(&other.durations);
    }

    pub(super) fn add(&mut self, class: StatusClass, measure: &Measure) {
        self.by_class.add(class, measure.durations.count());
        self.bytes = self.bytes.saturating_add(measure.bytes);
        self.durations.merge(&measure.durations);
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub by_class: ByClass,
    pub bytes: u64,
    pub durations: EncodedHistogram,
}

impl From<&Tally> for Totals {
    fn from(tally: &Tally) -> Self {
        Self {
            by_class: tally.by_class,
            bytes: tally.bytes,
            durations: EncodedHistogram::of(&tally.durations),
        }
    }
}

impl Totals {
    /// # Errors
    /// If they come from elsewhere, and their histogram is none.
    pub fn to_tally(&self) -> Result<Tally, Corrupt> {
        Ok(Tally {
            by_class: self.by_class,
            bytes: self.bytes,
            durations: self.durations.decode()?,
        })
    }
}

/// One series within one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesTotals {
    pub key: Arc<SeriesKey>,
    pub requests: u64,
    pub bytes: u64,
    pub durations: EncodedHistogram,
}

/// All of one minute of one run; written again while the minute lasts, and never with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinuteRows {
    pub minute: Minute,
    pub run: Run,
    pub totals: Totals,
    pub series: Vec<SeriesTotals>,
}

/// The totals of one minute of one run, as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMinute {
    pub minute: Minute,
    pub run: Run,
    pub totals: Totals,
}
