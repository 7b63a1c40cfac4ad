//! The rollup: which hours and days are to be made anew, and out of what. They are those of which the
//! finer rows know more than their own rows do. So whoever looks next finishes what a process that
//! crashed has left.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::history::History;
use super::local::Counted;
use super::payload::Payload;
use super::store::{Kind, Row, Run};
use crate::clock::{Covered, Minute, Resolution};

/// The hours and days to be rolled up, by their starts.
#[derive(Default)]
pub(crate) struct RollupPlan {
    hours: BTreeSet<Minute>,
    days: BTreeSet<Minute>,
}

impl RollupPlan {
    pub fn add(&mut self, resolution: Resolution, start: Minute) {
        if let Some(starts) = self.starts(resolution) {
            starts.insert(start);
        }
    }

    pub fn done(&mut self, resolution: Resolution, start: Minute) {
        if let Some(starts) = self.starts(resolution) {
            starts.remove(&start);
        }
    }

    /// The oldest to roll up. Hours come first: days are made of them.
    pub fn next(&self) -> Option<(Resolution, Minute)> {
        let hour = self.hours.first().map(|start| (Resolution::Hour, *start));
        hour.or_else(|| self.days.first().map(|start| (Resolution::Day, *start)))
    }

    /// The oldest of one resolution. Nothing from here on may be deleted of what it is rolled up from.
    pub fn oldest(&self, resolution: Resolution) -> Option<Minute> {
        match resolution {
            Resolution::Minute => None,
            Resolution::Hour => self.hours.first().copied(),
            Resolution::Day => self.days.first().copied(),
        }
    }

    /// Whether an hour or day, or what it is rolled up from, is still to be rolled up.
    pub fn is_any_in(&self, resolution: Resolution, start: Minute) -> bool {
        let hours = self.hours.range(start..resolution.end_of(start));
        hours.count() > 0 || (resolution == Resolution::Day && self.days.contains(&start))
    }

    /// Compares all finer rows with those of `resolution` itself, up to the hour or day that still runs.
    pub fn compare(&mut self, resolution: Resolution, finer: &[Row], known: &History, now: Minute) {
        let running = resolution.start_of(now);
        let mut found: HashMap<(Minute, &Run), (u64, Covered)> = HashMap::new();
        for row in finer {
            let start = resolution.start_of(row.start);
            if start < running {
                let (count, covered) = found.entry((start, &row.run)).or_default();
                *count = count.saturating_add(row.count);
                covered.add(resolution.part(row.start));
            }
        }
        for ((start, run), (count, covered)) in found {
            let (known_count, mut known_covered) = known.extent(start, run).unwrap_or_default();
            let before = known_covered;
            known_covered.add(covered);
            if count > known_count || known_covered != before {
                self.add(resolution, start);
            }
        }
    }

    fn starts(&mut self, resolution: Resolution) -> Option<&mut BTreeSet<Minute>> {
        match resolution {
            Resolution::Minute => None,
            Resolution::Hour => Some(&mut self.hours),
            Resolution::Day => Some(&mut self.days),
        }
    }
}

/// What tells the rows of an hour or day apart.
type Name = (Kind, Run, Arc<str>);

/// Merges finer rows into one for each kind, run and key, without ever holding more than the result.
pub(crate) struct Rollup<P> {
    resolution: Resolution,
    start: Minute,
    rows: HashMap<Name, (Covered, Counted<P>)>,
}

impl<P: Payload> Rollup<P> {
    pub fn new(resolution: Resolution, start: Minute) -> Self {
        Self {
            resolution,
            start,
            rows: HashMap::new(),
        }
    }

    /// A row that can't be decoded is left out.
    pub fn add(&mut self, row: Row) {
        let name = (row.kind, row.run, row.key);
        let (covered, counted) = self.rows.entry(name).or_default();
        if counted.add_encoded(row.count, &row.payload, row.start) {
            covered.add(self.resolution.part(row.start));
        }
    }

    pub fn finish(self) -> Vec<Row> {
        let Self {
            resolution,
            start,
            rows,
        } = self;
        let rows = rows.into_iter();
        let rows = rows.map(|((kind, run, key), (covered, counted))| Row {
            kind,
            resolution,
            start,
            run,
            key,
            covered,
            count: counted.count,
            payload: counted.payload.encode(start).into_boxed_slice(),
        });
        rows.collect()
    }
}
