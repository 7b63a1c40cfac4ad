//! What is known of the past, in memory, so that no page waits for the store: minutes and hours, and
//! what [stretches](super::stretches) of them came to.

use std::ops::Range;
use std::sync::Arc;

use super::history::History;
use super::of_routes::OfRoutes;
use super::rows::{RunTotals, Tally, Totals};
use super::stretches::{Kept, LENGTHS, Stretches, oldest_shown, parts, pieces};
use super::summary::{Point, Summary};
use crate::clock::{Covered, Grid, Minute, Period, Span};
use crate::store::{RETENTION_MINUTES, Run, Whose};

#[derive(Default)]
pub(super) struct Past {
    minutes: History,
    hours: History,
    totals: Kept<Stretch>,
    /// What the store told when it was asked for routes. It changes when the totals do.
    pub routes: Kept<OfRoutes>,
    /// What is kept of whole hours before it comes from hours.
    first_of_minutes: Option<Minute>,
}

struct Stretch {
    totals: Totals,
    point: Point,
}

#[derive(Default)]
struct Sum {
    tally: Tally,
    covered_minutes: u32,
}

impl Sum {
    fn add(&mut self, stretch: &Stretch) {
        // Made from a tally, so it is sound.
        _ = self.tally.merge_totals(&stretch.totals);
        self.covered_minutes += stretch.point.covered_minutes;
    }
}

impl Past {
    pub fn update(&mut self, span: Span, found: Vec<RunTotals>) {
        let changed = self.history(span).update(found);
        self.outdate(span, changed);
    }

    /// All that the store has; what is known of some runs better stays.
    pub fn replace(
        &mut self,
        span: Span,
        found: Vec<RunTotals>,
        is_known_better: impl Fn(&Run) -> bool,
    ) {
        let changed = self.history(span).replace(found, is_known_better);
        self.outdate(span, changed);
    }

    fn history(&mut self, span: Span) -> &mut History {
        if span == Span::Minute {
            &mut self.minutes
        } else {
            &mut self.hours
        }
    }

    fn outdate(&mut self, span: Span, changed: Vec<Minute>) {
        for start in changed {
            self.totals.outdate(span, start);
            self.routes.outdate(span, start);
        }
    }

    /// What is too old to be shown.
    pub fn forget(&mut self, now: Minute) {
        self.minutes.forget_before(now.minus(RETENTION_MINUTES));
        self.hours.forget_before(oldest_shown(now));
        self.totals.forget(now);
        self.routes.forget(now);
    }

    pub fn hours(&self) -> &History {
        &self.hours
    }

    /// Who was up in a period, with how many requests, in many parts.
    pub fn requests(&self, period: Period, now: Minute) -> impl Iterator<Item = (&str, u64)> {
        let Grid { from, end, .. } = period.grid(now);
        // A period that begins within an hour has minutes from there on.
        let is_young = from > now.minus(RETENTION_MINUTES);
        let young = if is_young {
            from
        } else {
            first_of_minutes(now).min(end)
        };
        let hours = self.hours.requests(from..young);
        hours.chain(self.minutes.requests(young..end))
    }

    /// `running` is the minute that this process has not closed yet.
    pub fn summary(
        &mut self,
        period: Period,
        whose: &Whose,
        now: Minute,
        running: Option<(Minute, Tally)>,
    ) -> Summary {
        let grid = period.grid(now);
        let first_of_minutes = first_of_minutes(now);
        self.turn_to_hours(first_of_minutes);
        let mut reader = Reader {
            minutes: &self.minutes,
            hours: &self.hours,
            whose,
            first_of_minutes,
            running: running.filter(|(minute, _)| (grid.from..grid.end).contains(minute)),
            kept: self.totals.of(whose),
        };
        let points = (0..grid.count).filter_map(|step| reader.point(&grid, step));
        let points = points.collect();
        let all = reader.sum(grid.from..grid.end);
        Summary::of(&grid, all.tally, points, None)
    }

    /// Hours that have grown too old to be known by the minute.
    fn turn_to_hours(&mut self, first_of_minutes: Minute) {
        let before = self.first_of_minutes.replace(first_of_minutes);
        let Some(before) = before.filter(|before| *before != first_of_minutes) else {
            return;
        };
        match first_of_minutes.since(before) {
            Some(minutes) if minutes <= RETENTION_MINUTES => {
                for hour in 0..minutes / Span::Hour.minutes() {
                    let start = before.plus(hour * Span::Hour.minutes());
                    self.totals.outdate(Span::Hour, start);
                }
            }
            // The clock was set.
            _ => self.totals.clear(),
        }
    }
}

/// Before it, whole hours: their minutes may be gone.
fn first_of_minutes(now: Minute) -> Minute {
    Span::Hour.end_of(now.minus(RETENTION_MINUTES))
}

struct Reader<'a> {
    minutes: &'a History,
    hours: &'a History,
    whose: &'a Whose,
    first_of_minutes: Minute,
    running: Option<(Minute, Tally)>,
    kept: &'a mut Stretches<Stretch>,
}

impl Reader<'_> {
    fn point(&mut self, grid: &Grid, step: u32) -> Option<Point> {
        let start = grid.start.plus(step * grid.length);
        let within = grid.within(step);
        let is_whole = within == (start..start.plus(grid.length));
        let runs = |(minute, _): &(Minute, Tally)| within.contains(minute);
        let is_over = !self.running.as_ref().is_some_and(runs);
        let is_kept = LENGTHS.contains(&grid.length) && start.floor(grid.length) == start;
        if is_over && is_whole && is_kept {
            return Some(self.stretch(grid.length, start)?.point);
        }
        let sum = self.sum(within);
        let is_known = sum.covered_minutes > 0;
        is_known.then(|| Point::of(start, sum.covered_minutes, &sum.tally))
    }

    /// From as few stretches as will do.
    fn sum(&mut self, within: Range<Minute>) -> Sum {
        let mut sum = Sum::default();
        for (length, start) in pieces(within.clone()) {
            if let Some(stretch) = self.stretch(length, start) {
                sum.add(&stretch);
            }
        }
        if let Some((minute, _)) = self.running
            && within.contains(&minute)
        {
            let is_covered = self.stretch(1, minute).is_some();
            sum.covered_minutes += u32::from(!is_covered);
            if let Some((_, tally)) = &self.running {
                sum.tally.merge(tally);
            }
        }
        sum
    }

    /// Of what is closed.
    fn stretch(&mut self, length: u32, start: Minute) -> Option<Arc<Stretch>> {
        if let Some(known) = self.kept.get(&(length, start)) {
            return known.clone();
        }
        let mut sum = Sum::default();
        let is_old_hour = length == Span::Hour.minutes() && start < self.first_of_minutes;
        if length == 1 || is_old_hour {
            let history = if is_old_hour {
                self.hours
            } else {
                self.minutes
            };
            let mut covered = Covered::default();
            for row in history.at(start) {
                // The history holds nothing that can't be read.
                if self.whose.is(&row.run.instance) && sum.tally.merge_totals(&row.totals).is_ok() {
                    covered.add(row.covered);
                }
            }
            // Minutes, be they those of an hour or one alone.
            sum.covered_minutes = u32::try_from(covered.parts().count()).unwrap_or(0);
        } else {
            for (length, start) in parts(length, start) {
                if let Some(stretch) = self.stretch(length, start) {
                    sum.add(&stretch);
                }
            }
        }
        let is_known = sum.covered_minutes > 0;
        let stretch = is_known.then(|| {
            Arc::new(Stretch {
                totals: Totals::from(&sum.tally),
                point: Point::of(start, sum.covered_minutes, &sum.tally),
            })
        });
        self.kept.insert((length, start), stretch.clone());
        stretch
    }
}

#[cfg(test)]
#[path = "past_tests.rs"]
mod tests;
