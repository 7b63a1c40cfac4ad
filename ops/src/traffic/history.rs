//! What the store told of other processes and of earlier runs, kept so that no page waits for it.

use std::collections::HashMap;

use super::rows::{RunTotals, Totals};
use crate::clock::{Covered, Minute};
use crate::store::{Run, Whose};

/// Rows of one kind of span.
#[derive(Default)]
pub(super) struct History {
    rows: HashMap<(Minute, Run), (Covered, Totals)>,
}

impl History {
    /// All there is.
    pub fn replace(&mut self, found: Vec<RunTotals>) {
        self.rows.clear();
        self.update(found);
    }

    /// Some of it, maybe anew. Whatever can't be read is left out: that time is not covered.
    pub fn update(&mut self, found: Vec<RunTotals>) {
        for row in found {
            if row.totals.durations.is_sound() {
                let known = (row.covered, row.totals);
                self.rows.insert((row.start, row.run), known);
            } else {
                tracing::debug!(
                    minute = row.start.number(),
                    instance = row.run.instance,
                    "a row in the traffic store is corrupt"
                );
            }
        }
    }

    pub fn forget_before(&mut self, oldest: Minute) {
        self.rows.retain(|(start, _), _| *start >= oldest);
    }

    /// Of one instance, or all.
    pub fn iter(&self, whose: &Whose) -> impl Iterator<Item = (Minute, Covered, &Totals)> {
        let rows = self
            .rows
            .iter()
            .filter(|((_, run), _)| whose.is(&run.instance));
        rows.map(|((start, _), (covered, totals))| (*start, *covered, totals))
    }

    /// Who was up, with how many requests, as long ago as the rows go back.
    pub fn requests(&self) -> impl Iterator<Item = (Minute, &str, u64)> {
        self.rows.iter().map(|((start, run), (_, totals))| {
            (*start, run.instance.as_str(), totals.by_class.total())
        })
    }

    /// How far a span of a run is known: how many requests, and during which parts.
    pub fn extent(&self, start: Minute, run: &Run) -> Option<(u64, Covered)> {
        // The key is owned, and this is not asked often.
        let (covered, totals) = self.rows.get(&(start, run.clone()))?;
        Some((totals.by_class.total(), *covered))
    }
}
