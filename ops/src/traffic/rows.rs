//! What a span of time came to: [`Tally`] to reckon with, [`Totals`] in few bytes, and the rows that
//! go to the store.

use std::sync::Arc;

use super::encoding::{Corrupt, EncodedHistogram};
use super::histogram::Histogram;
use super::recorder::Measure;
use super::series::SeriesKey;
use super::status_class::{ByClass, StatusClass};
use crate::clock::{Covered, Minute, Span};
use crate::store::Run;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub by_class: ByClass,
    pub bytes: u64,
    /// Of `durations`, how much was waiting for the registry's database.
    pub database_us: u64,
    pub durations: Histogram,
}

impl Tally {
    pub fn requests(&self) -> u64 {
        self.by_class.total()
    }

    pub fn merge(&mut self, other: &Self) {
        self.by_class.merge(&other.by_class);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.database_us = self.database_us.saturating_add(other.database_us);
        self.durations.merge(&other.durations);
    }

    /// # Errors
    /// If the histogram comes from elsewhere, and is none; nothing is merged then.
    pub fn merge_totals(&mut self, totals: &Totals) -> Result<(), Corrupt> {
        totals.durations.merge_into(&mut self.durations)?;
        self.by_class.merge(&totals.by_class);
        self.bytes = self.bytes.saturating_add(totals.bytes);
        self.database_us = self.database_us.saturating_add(totals.database_us);
        Ok(())
    }

    pub(super) fn add(&mut self, class: StatusClass, measure: &Measure) {
        self.by_class.add(class, measure.durations.count());
        self.bytes = self.bytes.saturating_add(measure.bytes);
        self.database_us = self.database_us.saturating_add(measure.database_us);
        self.durations.merge(&measure.durations);
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub by_class: ByClass,
    pub bytes: u64,
    pub database_us: u64,
    pub durations: EncodedHistogram,
}

impl From<&Tally> for Totals {
    fn from(tally: &Tally) -> Self {
        Self {
            by_class: tally.by_class,
            bytes: tally.bytes,
            database_us: tally.database_us,
            durations: EncodedHistogram::of(&tally.durations),
        }
    }
}

impl Totals {
    /// # Errors
    /// If they come from elsewhere, and their histogram is none.
    pub fn to_tally(&self) -> Result<Tally, Corrupt> {
        let mut tally = Tally::default();
        tally.merge_totals(self)?;
        Ok(tally)
    }
}

/// One series within one span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesTotals {
    pub key: Arc<SeriesKey>,
    pub requests: u64,
    pub bytes: u64,
    pub database_us: u64,
    pub durations: EncodedHistogram,
}

impl SeriesTotals {
    pub(super) fn to_totals(&self) -> Totals {
        let mut by_class = ByClass::default();
        by_class.add(self.key.class, self.requests);
        Totals {
            by_class,
            bytes: self.bytes,
            database_us: self.database_us,
            durations: self.durations.clone(),
        }
    }

    pub(super) fn of(key: Arc<SeriesKey>, tally: &Tally) -> Self {
        Self {
            key,
            requests: tally.requests(),
            bytes: tally.bytes,
            database_us: tally.database_us,
            durations: EncodedHistogram::of(&tally.durations),
        }
    }
}

/// All of one span of one run; written again while there may be more, and never with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub span: Span,
    pub start: Minute,
    pub run: Run,
    pub covered: Covered,
    pub totals: Totals,
    pub series: Vec<SeriesTotals>,
}

/// The totals of one span of one run, as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunTotals {
    pub start: Minute,
    pub run: Run,
    pub covered: Covered,
    pub totals: Totals,
}

impl Rows {
    pub fn without_series(&self) -> RunTotals {
        RunTotals {
            start: self.start,
            run: self.run.clone(),
            covered: self.covered,
            totals: self.totals.clone(),
        }
    }
}
