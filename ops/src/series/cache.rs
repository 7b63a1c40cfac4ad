//! The history of all resolutions and its windows, in memory, so that no page waits for the store.

use std::ops::Range;
use std::sync::Arc;

use super::history::History;
use super::local::Counted;
use super::payload::Payload;
use super::store::{InstanceFilter, RETENTION_MINUTES, Row, Run};
use super::summary::{Point, Summary};
use super::window::{LENGTHS, Sum, Window, WindowCache, Windows, oldest_shown, parts, pieces};
use crate::clock::{Grid, Minute, Period, Resolution};

pub(crate) struct HistoryCache<V> {
    pub minutes: History,
    pub hours: History,
    totals: WindowCache<V>,
    /// What the store told when it was asked for keys. It changes when the totals do.
    pub by_key: WindowCache<V>,
    /// From here on hours are made of minutes; before it they are read as hours.
    first_of_minutes: Option<Minute>,
}

impl<V> Default for HistoryCache<V> {
    fn default() -> Self {
        Self {
            minutes: History::default(),
            hours: History::default(),
            totals: WindowCache::default(),
            by_key: WindowCache::default(),
            first_of_minutes: None,
        }
    }
}

impl<V> HistoryCache<V> {
    pub fn update<P: Payload>(&mut self, resolution: Resolution, found: Vec<Row>) {
        let changed = self.history(resolution).update::<P>(found);
        self.invalidate(resolution, changed);
    }

    /// Takes all that the store has; rows of runs that are known better here stay.
    pub fn replace<P: Payload>(
        &mut self,
        resolution: Resolution,
        found: Vec<Row>,
        is_known_better: impl Fn(&Run) -> bool,
    ) {
        let history = self.history(resolution);
        let changed = history.replace::<P>(found, is_known_better);
        self.invalidate(resolution, changed);
    }

    fn history(&mut self, resolution: Resolution) -> &mut History {
        if resolution == Resolution::Minute {
            &mut self.minutes
        } else {
            &mut self.hours
        }
    }

    fn invalidate(&mut self, resolution: Resolution, changed: Vec<Minute>) {
        for start in changed {
            self.totals.invalidate(resolution, start);
            self.by_key.invalidate(resolution, start);
        }
    }

    /// Drops what is too old to be shown.
    pub fn forget(&mut self, now: Minute) {
        self.minutes.forget_before(now.minus(RETENTION_MINUTES));
        self.hours.forget_before(oldest_shown(now));
        self.totals.forget(now);
        self.by_key.forget(now);
    }

    /// Which instances were up in a period, with how much they counted, in many parts.
    pub fn counts(&self, period: Period, now: Minute) -> impl Iterator<Item = (&str, u64)> {
        let Grid { from, end, .. } = period.grid(now);
        // A period that begins within an hour has minutes from there on.
        let is_young = from > now.minus(RETENTION_MINUTES);
        let young = if is_young {
            from
        } else {
            first_of_minutes(now).min(end)
        };
        let hours = self.hours.counts(from..young);
        hours.chain(self.minutes.counts(young..end))
    }

    /// `running` is the minute that this process has not closed yet.
    pub fn summary<P: Payload>(
        &mut self,
        period: Period,
        filter: &InstanceFilter,
        now: Minute,
        running: Option<(Minute, &Counted<P>)>,
    ) -> Summary<P, V>
    where
        V: Clone + for<'p> From<&'p P>,
    {
        let grid = period.grid(now);
        let first_of_minutes = first_of_minutes(now);
        self.turn_to_hours(first_of_minutes);
        let mut reader = Reader {
            minutes: &self.minutes,
            hours: &self.hours,
            filter,
            first_of_minutes,
            running: running.filter(|(minute, _)| (grid.from..grid.end).contains(minute)),
            kept: self.totals.of(filter),
        };
        let points = (0..grid.count).filter_map(|step| reader.point(&grid, step));
        let points = points.collect();
        let mut all = reader.sum(grid.from..grid.end);
        Summary::of(&grid, all.take_total().payload, points)
    }

    /// Hours that have grown too old to be made of minutes are read as hours from now on.
    fn turn_to_hours(&mut self, first_of_minutes: Minute) {
        let before = self.first_of_minutes.replace(first_of_minutes);
        let Some(before) = before.filter(|before| *before != first_of_minutes) else {
            return;
        };
        match first_of_minutes.since(before) {
            Some(minutes) if minutes <= RETENTION_MINUTES => {
                for hour in 0..minutes / Resolution::Hour.minutes() {
                    let start = before.plus(hour * Resolution::Hour.minutes());
                    self.totals.invalidate(Resolution::Hour, start);
                }
            }
            // The clock was set.
            _ => self.totals.clear(),
        }
    }
}

/// Before it, whole hours: their minutes may be gone.
fn first_of_minutes(now: Minute) -> Minute {
    Resolution::Hour.end_of(now.minus(RETENTION_MINUTES))
}

struct Reader<'a, P, V> {
    minutes: &'a History,
    hours: &'a History,
    filter: &'a InstanceFilter,
    first_of_minutes: Minute,
    running: Option<(Minute, &'a Counted<P>)>,
    kept: &'a mut Windows<V>,
}

impl<P, V> Reader<'_, P, V>
where
    P: Payload,
    V: Clone + for<'p> From<&'p P>,
{
    fn point(&mut self, grid: &Grid, step: u32) -> Option<Point<V>> {
        let start = grid.start.plus(step * grid.length);
        let within = grid.within(step);
        let is_whole = within == (start..start.plus(grid.length));
        let runs = |(minute, _): &(Minute, &Counted<P>)| within.contains(minute);
        let is_over = !self.running.as_ref().is_some_and(runs);
        let is_kept = LENGTHS.contains(&grid.length) && start.floor(grid.length) == start;
        if is_over && is_whole && is_kept {
            let window = self.window(grid.length, start)?;
            return Some(Point {
                start,
                covered_minutes: window.covered_minutes,
                value: window.view::<P>().clone(),
            });
        }
        let mut sum = self.sum(within);
        (sum.covered_minutes > 0).then(|| Point {
            start,
            covered_minutes: sum.covered_minutes,
            value: V::from(&sum.take_total().payload),
        })
    }

    /// From as few windows as possible.
    fn sum(&mut self, within: Range<Minute>) -> Sum<P> {
        let mut sum = Sum::default();
        for (length, start) in pieces(within.clone()) {
            if let Some(window) = self.window(length, start) {
                sum.add_window(&window);
            }
        }
        if let Some((minute, total)) = self.running
            && within.contains(&minute)
        {
            let is_covered = self.window(1, minute).is_some();
            sum.add_running(total, u32::from(!is_covered));
        }
        sum
    }

    /// Of what is closed.
    fn window(&mut self, length: u32, start: Minute) -> Option<Arc<Window<V>>> {
        if let Some(known) = self.kept.get(&(length, start)) {
            return known.clone();
        }
        let mut sum: Sum<P> = Sum::default();
        let is_old_hour = length == Resolution::Hour.minutes() && start < self.first_of_minutes;
        if length == 1 || is_old_hour {
            let history = if is_old_hour {
                self.hours
            } else {
                self.minutes
            };
            let rows = history.at(start).iter();
            rows.filter(|row| self.filter.matches(&row.run.instance))
                .for_each(|row| sum.add_row(row, |key| key));
        } else {
            for (length, start) in parts(length, start) {
                if let Some(window) = self.window(length, start) {
                    sum.add_window(&window);
                }
            }
        }
        let window = sum.finish(start);
        self.kept.insert((length, start), window.clone());
        window
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
