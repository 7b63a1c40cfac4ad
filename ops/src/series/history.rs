//! The history: totals of one resolution by their start, of what this process closed, and of what the
//! store told of other processes and of earlier runs.

use std::collections::BTreeMap;
use std::ops::Range;

use super::payload::Payload;
use super::store::{Row, Run};
use crate::clock::{Covered, Minute};

#[derive(Default)]
pub(crate) struct History {
    /// By their start, sorted by run.
    rows: BTreeMap<Minute, Vec<Row>>,
}

impl History {
    /// Takes all that the store has; rows of runs that are known better here stay. Tells where anything
    /// changed.
    pub fn replace<P: Payload>(
        &mut self,
        found: Vec<Row>,
        is_known_better: impl Fn(&Run) -> bool,
    ) -> Vec<Minute> {
        let mut next = Self::default();
        next.update::<P>(found);
        for row in self.rows.values().flatten() {
            if is_known_better(&row.run) {
                next.put(row.clone());
            }
        }
        let starts = self.rows.keys().chain(next.rows.keys());
        let changed = starts.filter(|start| self.rows.get(start) != next.rows.get(start));
        let changed = changed.copied().collect();
        *self = next;
        changed
    }

    /// Takes some rows, new ones or known ones anew. Rows that can't be decoded are left out: their
    /// time is not covered. Tells where anything changed.
    pub fn update<P: Payload>(&mut self, found: Vec<Row>) -> Vec<Minute> {
        let mut changed = Vec::new();
        for row in found {
            let start = row.start;
            if P::default().merge_encoded(&row.payload, start).is_err() {
                tracing::debug!(
                    kind = row.kind.0,
                    minute = start.number(),
                    instance = row.run.instance,
                    "a row in the store is corrupt"
                );
            } else if self.put(row) {
                changed.push(start);
            }
        }
        changed
    }

    /// Whether this was not known.
    fn put(&mut self, row: Row) -> bool {
        let rows = self.rows.entry(row.start).or_default();
        let place = rows.partition_point(|known| known.run < row.run);
        match rows.get_mut(place) {
            Some(known) if known.run == row.run => {
                let is_new = *known != row;
                *known = row;
                is_new
            }
            _ => {
                rows.insert(place, row);
                true
            }
        }
    }

    pub fn forget_before(&mut self, oldest: Minute) {
        self.rows = self.rows.split_off(&oldest);
    }

    /// The rows that start there.
    pub fn at(&self, start: Minute) -> &[Row] {
        self.rows.get(&start).map_or(&[], Vec::as_slice)
    }

    /// Which instances were up within a range, with how much they counted.
    pub fn counts(&self, within: Range<Minute>) -> impl Iterator<Item = (&str, u64)> {
        let all = (within.start < within.end).then(|| self.rows.range(within));
        let rows = all.into_iter().flatten().flat_map(|(_, rows)| rows);
        rows.map(|row| (row.run.instance.as_str(), row.count))
    }

    /// How far a run is known from `start` on: how much it counted, and during which parts.
    pub fn extent(&self, start: Minute, run: &Run) -> Option<(u64, Covered)> {
        let row = self.at(start).iter().find(|row| row.run == *run)?;
        Some((row.count, row.covered))
    }

    #[cfg(test)]
    pub fn all(&self) -> Vec<Row> {
        self.rows.values().flatten().cloned().collect()
    }
}
