//! A period of traffic: all of it together, and step by step.

use std::sync::Arc;
use std::time::Duration;

use super::rows::{Tally, Totals};
use super::status_class::ByClass;
use crate::clock::{Covered, Minute, Period, Span, Steps};
use crate::store::StoreError;

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
pub(super) struct Summing(Steps<Tally>);

impl Summing {
    pub fn over(period: Period, now: Minute) -> Self {
        Self(Steps::over(period, now))
    }

    /// The first minute of the period.
    pub fn from(&self) -> Minute {
        self.0.from()
    }

    pub fn add_tally(&mut self, minute: Minute, tally: &Tally) {
        if let Some(step) = self.0.open(Span::Minute, minute, Covered::MINUTE) {
            step.merge(tally);
        }
    }

    pub fn add(&mut self, span: Span, start: Minute, covered: Covered, totals: &Totals) {
        if let Some(step) = self.0.open(span, start, covered) {
            // The history holds nothing that can't be read.
            _ = step.merge_totals(totals);
        }
    }

    pub fn finish(self, store_error: Option<Arc<StoreError>>) -> Summary {
        let mut tally = Tally::default();
        let Self(steps) = self;
        let (minutes, start) = (steps.minutes(), steps.start());
        let (step_minutes, count) = (steps.step_minutes(), steps.count());
        let steps = steps.finish().into_iter();
        let points: Vec<Point> = steps
            .map(|step| {
                let of_step = &step.value;
                tally.merge(of_step);
                Point {
                    start: step.start,
                    covered_minutes: step.covered_minutes,
                    by_class: of_step.by_class,
                    average: of_step.durations.average(),
                    p50: of_step.durations.percentile(0.50),
                    p95: of_step.durations.percentile(0.95),
                    p99: of_step.durations.percentile(0.99),
                }
            })
            .collect();
        Summary {
            tally,
            covered_minutes: points.iter().map(|point| point.covered_minutes).sum(),
            minutes,
            start,
            step_minutes,
            steps: count,
            points,
            store_error,
        }
    }
}
