//! A stretch of time to be shown, and its steps.

use std::ops::Range;

use super::minute::Minute;
use super::span::{Covered, Span};

/// The last so many minutes, the running one included, in steps that begin at multiples of their
/// length: they do not shift from one look to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    pub minutes: u32,
    /// Minutes. In steps of hours the period begins with an hour, in steps of days with a day: it may
    /// lack a part of one.
    pub step: u32,
    /// So many minutes before now.
    pub ago: u32,
}

impl Period {
    /// Minute by minute.
    pub const DAY: Self = Self::of(24 * 60, 1);

    pub const fn of(minutes: u32, step: u32) -> Self {
        Self {
            minutes,
            step,
            ago: 0,
        }
    }

    /// As a whole.
    pub const fn total(minutes: u32) -> Self {
        Self::of(minutes, minutes)
    }

    /// The coarsest rows that its steps can be made of.
    pub(crate) fn granule(self) -> Span {
        if self.step == 0 || self.step >= self.minutes {
            return Span::Minute;
        }
        let divides = |span: &Span| self.step.is_multiple_of(span.minutes());
        let coarse = [Span::Day, Span::Hour].into_iter().find(divides);
        coarse.unwrap_or(Span::Minute)
    }

    pub(crate) fn grid(self, now: Minute) -> Grid {
        let last = now.minus(self.ago);
        let length = self.step.max(1);
        let from = self.granule().end_of(last.minus(self.minutes));
        // A period as a whole is one step, wherever it begins.
        let start = if length < self.minutes {
            from.floor(length)
        } else {
            from
        };
        Grid {
            from,
            end: last.plus(1),
            start,
            length,
            count: last.since(start).unwrap_or(0) / length + 1,
        }
    }

    pub const fn before(self, ago: u32) -> Self {
        Self { ago, ..self }
    }
}

/// Where a period and its steps begin and end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// The first minute of the period.
    pub from: Minute,
    /// The first one after it.
    pub end: Minute,
    /// Where the first step begins; the period may begin within it.
    pub start: Minute,
    /// Of a step, in minutes.
    pub length: u32,
    /// How many steps there are.
    pub count: u32,
}

impl Grid {
    /// What of a step lies within the period.
    pub fn within(&self, step: u32) -> Range<Minute> {
        let start = self.start.plus(step * self.length);
        start.max(self.from)..start.plus(self.length).min(self.end)
    }

    /// Of the period.
    pub fn minutes(&self) -> u32 {
        self.end.since(self.from).unwrap_or(0)
    }
}

/// What became of each step of a period, whoever's rows it was put together from.
pub(crate) struct Steps<T> {
    grid: Grid,
    steps: Vec<Option<T>>,
    /// A flag for each minute from `from` on.
    covered: Vec<bool>,
}

/// A step of which anything is known.
pub(crate) struct Step<T> {
    pub start: Minute,
    pub covered_minutes: u32,
    pub value: T,
}

impl<T: Default> Steps<T> {
    pub fn over(period: Period, now: Minute) -> Self {
        let grid = period.grid(now);
        Self {
            grid,
            steps: (0..grid.count).map(|_| None).collect(),
            covered: vec![false; grid.minutes() as usize],
        }
    }

    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// The step that a row goes into, if it lies in the period. Its parts are covered from now on.
    pub fn open(&mut self, span: Span, start: Minute, covered: Covered) -> Option<&mut T> {
        let first = start.since(self.grid.from)?;
        if first as usize >= self.covered.len() {
            return None;
        }
        let length = span.finer().minutes();
        for part in covered.parts() {
            let at = first + part * length;
            // A day knows of its hours only.
            for minute in self
                .covered
                .iter_mut()
                .skip(at as usize)
                .take(length as usize)
            {
                *minute = true;
            }
        }
        let step = start.since(self.grid.start)? / self.grid.length;
        let step = self.steps.get_mut(step as usize)?;
        Some(step.get_or_insert_default())
    }

    /// Oldest first. A step of which nothing is known is absent.
    pub fn finish(self) -> Vec<Step<T>> {
        let Self {
            grid,
            steps,
            covered,
        } = self;
        let is_covered = |minute: Minute| {
            let at = minute.since(grid.from);
            at.is_some_and(|at| covered.get(at as usize) == Some(&true))
        };
        let known = (0..).zip(steps).filter_map(|(number, step)| {
            let start = grid.start.plus(number * grid.length);
            let covered = (0..grid.length).filter(|minute| is_covered(start.plus(*minute)));
            Some(Step {
                start,
                covered_minutes: u32::try_from(covered.count()).unwrap_or(u32::MAX),
                value: step?,
            })
        });
        known.collect()
    }
}
