//! A period of traffic: all of it together, and step by step.

use std::sync::Arc;
use std::time::Duration;

use super::rows::Tally;
use super::status_class::ByClass;
use crate::clock::{Grid, Minute};
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

impl Summary {
    pub(super) fn of(
        grid: &Grid,
        tally: Tally,
        points: Vec<Point>,
        store_error: Option<Arc<StoreError>>,
    ) -> Self {
        Self {
            tally,
            covered_minutes: points.iter().map(|point| point.covered_minutes).sum(),
            minutes: grid.minutes(),
            start: grid.start,
            step_minutes: grid.length,
            steps: grid.count,
            points,
            store_error,
        }
    }
}

impl Point {
    pub(super) fn of(start: Minute, covered_minutes: u32, tally: &Tally) -> Self {
        Self {
            start,
            covered_minutes,
            by_class: tally.by_class,
            average: tally.durations.average(),
            p50: tally.durations.percentile(0.50),
            p95: tally.durations.percentile(0.95),
            p99: tally.durations.percentile(0.99),
        }
    }

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
