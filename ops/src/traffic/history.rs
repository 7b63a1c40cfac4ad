//! Rows of one kind of span, by their start: what this process closed, and what the store told of other
//! processes and of earlier runs.

use std::collections::BTreeMap;
use std::ops::Range;

use super::rows::{RunTotals, Totals};
use crate::clock::{Covered, Minute};
use crate::store::Run;

#[derive(Default)]
pub(super) struct History {
    /// Sorted by run.
    spans: BTreeMap<Minute, Vec<OfRun>>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct OfRun {
    pub run: Run,
    pub covered: Covered,
    pub totals: Totals,
}

impl History {
    /// All that the store has; what is known of some runs better stays. Tells where anything changed.
    pub fn replace(
        &mut self,
        found: Vec<RunTotals>,
        is_known_better: impl Fn(&Run) -> bool,
    ) -> Vec<Minute> {
        let mut next = Self::default();
        next.update(found);
        for (start, rows) in &self.spans {
            for row in rows.iter().filter(|row| is_known_better(&row.run)) {
                next.put(*start, row.clone());
            }
        }
        let starts = self.spans.keys().chain(next.spans.keys());
        let changed = starts.filter(|start| self.spans.get(start) != next.spans.get(start));
        let changed = changed.copied().collect();
        *self = next;
        changed
    }

    /// Some of it, maybe anew. Whatever can't be read is left out: that time is not covered. Tells where
    /// anything changed.
    pub fn update(&mut self, found: Vec<RunTotals>) -> Vec<Minute> {
        let mut changed = Vec::new();
        for row in found {
            if row.totals.durations.is_sound() {
                let of_run = OfRun {
                    run: row.run,
                    covered: row.covered,
                    totals: row.totals,
                };
                if self.put(row.start, of_run) {
                    changed.push(row.start);
                }
            } else {
                tracing::debug!(
                    minute = row.start.number(),
                    instance = row.run.instance,
                    "a row in the traffic store is corrupt"
                );
            }
        }
        changed
    }

    /// Whether this was not known.
    fn put(&mut self, start: Minute, row: OfRun) -> bool {
        let rows = self.spans.entry(start).or_default();
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
        self.spans = self.spans.split_off(&oldest);
    }

    /// Of one span.
    pub fn at(&self, start: Minute) -> &[OfRun] {
        self.spans.get(&start).map_or(&[], Vec::as_slice)
    }

    /// Who was up, with how many requests.
    pub fn requests(&self, within: Range<Minute>) -> impl Iterator<Item = (&str, u64)> {
        let all = (within.start < within.end).then(|| self.spans.range(within));
        let rows = all.into_iter().flatten().flat_map(|(_, rows)| rows);
        rows.map(|row| (row.run.instance.as_str(), row.totals.by_class.total()))
    }

    /// How far a span of a run is known: how many requests, and during which parts.
    pub fn extent(&self, start: Minute, run: &Run) -> Option<(u64, Covered)> {
        let row = self.at(start).iter().find(|row| row.run == *run)?;
        Some((row.totals.by_class.total(), row.covered))
    }

    #[cfg(test)]
    pub fn all(&self) -> Vec<RunTotals> {
        let spans = self.spans.iter();
        let rows = spans.flat_map(|(start, rows)| rows.iter().map(|row| (*start, row.clone())));
        let rows = rows.map(|(start, row)| RunTotals {
            start,
            run: row.run,
            covered: row.covered,
            totals: row.totals,
        });
        rows.collect()
    }
}
