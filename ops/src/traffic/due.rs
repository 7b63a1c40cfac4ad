//! Which hours and days are to be rolled up: those of which more is known in the finer rows than
//! stands in their own. So whoever looks next finishes what a process that crashed has left.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::history::History;
use super::rows::{Rows, RunTotals, SeriesTotals, Tally, Totals};
use super::series::SeriesKey;
use crate::clock::{Covered, Minute, Span};
use crate::store::Run;

/// By their starts, the oldest first.
#[derive(Default)]
pub(super) struct Due {
    hours: BTreeSet<Minute>,
    days: BTreeSet<Minute>,
}

impl Due {
    pub fn add(&mut self, span: Span, start: Minute) {
        if let Some(starts) = self.starts(span) {
            starts.insert(start);
        }
    }

    pub fn done(&mut self, span: Span, start: Minute) {
        if let Some(starts) = self.starts(span) {
            starts.remove(&start);
        }
    }

    /// The next one to roll up. Hours come first: days are made of them.
    pub fn next(&self) -> Option<(Span, Minute)> {
        let hour = self.hours.first().map(|start| (Span::Hour, *start));
        hour.or_else(|| self.days.first().map(|start| (Span::Day, *start)))
    }

    /// Nothing from here on may be deleted of what `span` is rolled up from.
    pub fn oldest(&self, span: Span) -> Option<Minute> {
        match span {
            Span::Minute => None,
            Span::Hour => self.hours.first().copied(),
            Span::Day => self.days.first().copied(),
        }
    }

    /// Whether a span, or what it is rolled up from, is still to be rolled up.
    pub fn is_any_in(&self, span: Span, start: Minute) -> bool {
        let hours = self.hours.range(start..span.end_of(start));
        hours.count() > 0 || (span == Span::Day && self.days.contains(&start))
    }

    /// Compares all rows of a finer span with those of `span` itself, up to the one that still runs.
    pub fn compare(&mut self, span: Span, finer: &[RunTotals], known: &History, now: Minute) {
        let running = span.start_of(now);
        let mut found: HashMap<(Minute, &Run), (u64, Covered)> = HashMap::new();
        for row in finer {
            let start = span.start_of(row.start);
            if start < running {
                let (requests, covered) = found.entry((start, &row.run)).or_default();
                *requests = requests.saturating_add(row.totals.by_class.total());
                covered.add(span.part(row.start));
            }
        }
        for ((start, run), (requests, covered)) in found {
            let (known_requests, mut known_covered) = known.extent(start, run).unwrap_or_default();
            let before = known_covered;
            known_covered.add(covered);
            if requests > known_requests || known_covered != before {
                self.add(span, start);
            }
        }
    }

    fn starts(&mut self, span: Span) -> Option<&mut BTreeSet<Minute>> {
        match span {
            Span::Minute => None,
            Span::Hour => Some(&mut self.hours),
            Span::Day => Some(&mut self.days),
        }
    }
}

/// Merges finer rows into one of `span` for each run, without ever holding more than the result.
pub(super) struct RollUp {
    span: Span,
    start: Minute,
    runs: HashMap<Run, OfRun>,
}

#[derive(Default)]
struct OfRun {
    covered: Covered,
    tally: Tally,
    series: HashMap<Arc<SeriesKey>, Tally>,
}

impl RollUp {
    pub fn new(span: Span, start: Minute) -> Self {
        Self {
            span,
            start,
            runs: HashMap::new(),
        }
    }

    /// What can't be read is left out.
    pub fn add(&mut self, rows: &Rows) {
        let of_run = self.runs.entry(rows.run.clone()).or_default();
        if of_run.tally.merge_totals(&rows.totals).is_ok() {
            of_run.covered.add(self.span.part(rows.start));
        }
        for series in &rows.series {
            let tally = of_run.series.entry(Arc::clone(&series.key)).or_default();
            if series.durations.merge_into(&mut tally.durations).is_ok() {
                tally.by_class.add(series.key.class, series.requests);
                tally.bytes = tally.bytes.saturating_add(series.bytes);
                tally.database_us = tally.database_us.saturating_add(series.database_us);
            }
        }
    }

    pub fn finish(self) -> Vec<Rows> {
        let Self { span, start, runs } = self;
        let runs = runs.into_iter().map(|(run, of_run)| Rows {
            span,
            start,
            run,
            covered: of_run.covered,
            totals: Totals::from(&of_run.tally),
            series: of_run
                .series
                .into_iter()
                .map(|(key, tally)| SeriesTotals::of(key, &tally))
                .collect(),
        });
        runs.collect()
    }
}
