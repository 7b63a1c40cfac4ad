//! A period of traffic: all of it together, and step by step.

use std::sync::Arc;
use std::time::Duration;

use super::minute::Minute;
use super::rows::{Tally, Totals};
use super::span::{Covered, Span};
use super::status_class::ByClass;
use crate::store::StoreError;

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
    pub(super) fn granule(self) -> Span {
        if self.step == 0 || self.step >= self.minutes {
            return Span::Minute;
        }
        let divides = |span: &Span| self.step.is_multiple_of(span.minutes());
        let coarse = [Span::Day, Span::Hour].into_iter().find(divides);
        coarse.unwrap_or(Span::Minute)
    }

    /// Its first minute.
    pub(super) fn first(self, now: Minute) -> Minute {
        let last = now.minus(self.ago);
        self.granule().end_of(last.minus(self.minutes))
    }

    pub const fn before(self, ago: u32) -> Self {
        Self { ago, ..self }
    }
}

#[derive(Clone, Debug)]
pub struct Summary {
    pub tally: Tally,
    /// During which any instance was up.
    pub covered_minutes: u32,
    /// Of the period itself.
    pub minutes: u32,
    /// Where the first step begins; the period may begin within it.
    pub start: Minute,
    pub step_minutes: u32,
    /// How many steps there are, with and without a point.
    pub steps: u32,
    /// The steps during which any instance was up, oldest first. The others are absent.
    pub points: Vec<Point>,
    /// Why the store is out of reach, if it is: what other instances did, or earlier runs, may then
    /// be missing.
    pub store_error: Option<Arc<StoreError>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where its step begins.
    pub start: Minute,
    pub covered_minutes: u32,
    pub by_class: ByClass,
    pub average: Option<Duration>,
    pub p50: Option<Duration>,
    pub p95: Option<Duration>,
    pub p99: Option<Duration>,
}

impl Point {
    /// The same step, idle.
    pub fn without_requests(self) -> Self {
        Self {
            by_class: ByClass::default(),
            average: None,
            p50: None,
            p95: None,
            p99: None,
            ..self
        }
    }

    pub fn requests(&self) -> u64 {
        self.by_class.total()
    }
}

/// Merges the rows of a period, whoever's they are.
pub(super) struct Summing {
    from: Minute,
    start: Minute,
    step: u32,
    steps: Vec<Option<Tally>>,
    /// A flag for each minute from `from` on.
    covered: Vec<bool>,
}

impl Summing {
    pub fn over(period: Period, now: Minute) -> Self {
        let last = now.minus(period.ago);
        let step = period.step.max(1);
        let from = period.first(now);
        // A period as a whole is one step, wherever it begins.
        let start = if step < period.minutes {
            from.floor(step)
        } else {
            from
        };
        let steps = last.since(start).unwrap_or(0) / step + 1;
        let minutes = last.since(from).unwrap_or(0) + 1;
        Self {
            from,
            start,
            step,
            steps: vec![None; steps as usize],
            covered: vec![false; minutes as usize],
        }
    }

    /// The first minute of the period.
    pub fn from(&self) -> Minute {
        self.from
    }

    pub fn add_tally(&mut self, minute: Minute, tally: &Tally) {
        if let Some(step) = self.open(Span::Minute, minute, Covered::MINUTE) {
            step.merge(tally);
        }
    }

    pub fn add(&mut self, span: Span, start: Minute, covered: Covered, totals: &Totals) {
        if let Some(step) = self.open(span, start, covered) {
            // The history holds nothing that can't be read.
            _ = step.merge_totals(totals);
        }
    }

    fn open(&mut self, span: Span, start: Minute, covered: Covered) -> Option<&mut Tally> {
        let first = start.since(self.from)?;
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
        let step = start.since(self.start)? / self.step;
        let step = self.steps.get_mut(step as usize)?;
        Some(step.get_or_insert_default())
    }

    pub fn finish(self, store_error: Option<Arc<StoreError>>) -> Summary {
        let mut tally = Tally::default();
        let mut points = Vec::new();
        let steps = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        for (number, of_step) in (0..steps).zip(self.steps) {
            let Some(of_step) = of_step else { continue };
            tally.merge(&of_step);
            let start = self.start.plus(number * self.step);
            let covered = (0..self.step).filter(|minute| {
                let at = start.plus(*minute).since(self.from);
                at.is_some_and(|at| self.covered.get(at as usize) == Some(&true))
            });
            points.push(Point {
                start,
                covered_minutes: u32::try_from(covered.count()).unwrap_or(u32::MAX),
                by_class: of_step.by_class,
                average: of_step.durations.average(),
                p50: of_step.durations.percentile(0.50),
                p95: of_step.durations.percentile(0.95),
                p99: of_step.durations.percentile(0.99),
            });
        }
        Summary {
            tally,
            covered_minutes: points.iter().map(|point| point.covered_minutes).sum(),
            minutes: u32::try_from(self.covered.len()).unwrap_or(u32::MAX),
            start: self.start,
            step_minutes: self.step,
            steps,
            points,
            store_error,
        }
    }
}
