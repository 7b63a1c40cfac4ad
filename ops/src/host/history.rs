//! What the store told of other processes and of earlier runs, kept so that no page waits for it; and
//! what is to be rolled up out of that.

use std::collections::{BTreeMap, HashMap};

use super::encoding::EncodedLevels;
use super::levels::Levels;
use super::rows::HostRow;
use crate::clock::{Covered, Minute, Span};
use crate::store::Run;

/// Rows of one kind of span.
pub(super) struct History {
    span: Span,
    rows: HashMap<(Minute, Run), HostRow>,
}

impl History {
    pub fn of(span: Span) -> Self {
        Self {
            span,
            rows: HashMap::new(),
        }
    }

    /// All there is.
    pub fn replace(&mut self, found: Vec<HostRow>) {
        self.rows.clear();
        self.update(found);
    }

    /// Some of it, maybe anew. Whatever can't be read is left out: that time is not covered.
    pub fn update(&mut self, found: Vec<HostRow>) {
        for row in found {
            if row.levels.is_sound() {
                self.rows.insert((row.start, row.run.clone()), row);
            } else {
                tracing::debug!(
                    minute = row.start.number(),
                    instance = row.run.instance,
                    "a row of host samples is corrupt"
                );
            }
        }
    }

    pub fn forget_before(&mut self, oldest: Minute) {
        self.rows.retain(|(start, _), _| *start >= oldest);
    }

    pub fn iter(&self) -> impl Iterator<Item = &HostRow> {
        self.rows.values()
    }

    /// The rows of this span that would know more than those that are there, of what is over by `now`;
    /// oldest first. So whoever looks next finishes what a process that crashed has left.
    pub fn lacking<'a>(
        &self,
        finer: impl Iterator<Item = &'a HostRow>,
        now: Minute,
    ) -> Vec<HostRow> {
        let mut found: BTreeMap<(Minute, &Run), Merged> = BTreeMap::new();
        for row in finer {
            let start = self.span.start_of(row.start);
            if start < self.span.start_of(now) {
                let merged = found.entry((start, &row.run)).or_default();
                merged.samples = merged.samples.saturating_add(row.samples);
                merged.covered.add(self.span.part(row.start));
                merged.rows.push(row);
            }
        }
        let rows = found.into_iter().filter_map(|((start, run), merged)| {
            let known = self.rows.get(&(start, run.clone()));
            let mut covered = merged.covered;
            covered.add(known.map(|row| row.covered).unwrap_or_default());
            let is_more = known.is_none_or(|row| row.samples < merged.samples);
            // It may lack what was trimmed since: that one stays.
            (is_more && covered == merged.covered).then(|| HostRow {
                span: self.span,
                start,
                run: run.clone(),
                covered,
                samples: merged.samples,
                levels: EncodedLevels::of(&merged.levels(), start),
            })
        });
        rows.collect()
    }
}

/// Of one run, within one span.
#[derive(Default)]
struct Merged<'a> {
    samples: u64,
    covered: Covered,
    rows: Vec<&'a HostRow>,
}

impl Merged<'_> {
    fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        for row in &self.rows {
            // The history holds nothing that can't be read.
            _ = row.levels.merge_into(&mut levels, row.start);
        }
        levels
    }
}
