//! A period of traffic: all of it together, and step by step.

use std::sync::Arc;
use std::time::Duration;

use super::status_class::ByClass;
use super::tally::Tally;
use crate::clock::Minute;
use crate::series::{self, StoreError};

#[derive(Clone, Debug)]
pub struct Summary {
    pub tally: Tally,
    /// During which any instance was up.
    pub covered_minutes: u32,
    /// Of the period itself.
    pub minutes: u32,
    /// The first minute after the period.
    pub end: Minute,
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

/// What charts show of a tally.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    by_class: ByClass,
    average: Option<Duration>,
    p50: Option<Duration>,
    p95: Option<Duration>,
    p99: Option<Duration>,
}

impl From<&Tally> for Figures {
    fn from(tally: &Tally) -> Self {
        Self {
            by_class: tally.by_class,
            average: tally.durations.average(),
            p50: tally.durations.percentile(0.50),
            p95: tally.durations.percentile(0.95),
            p99: tally.durations.percentile(0.99),
        }
    }
}

impl From<series::Summary<Tally, Figures>> for Summary {
    fn from(summary: series::Summary<Tally, Figures>) -> Self {
        Self {
            tally: summary.total,
            covered_minutes: summary.covered_minutes,
            minutes: summary.minutes,
            end: summary.end,
            start: summary.start,
            step_minutes: summary.step_minutes,
            steps: summary.steps,
            points: summary.points.into_iter().map(Point::from).collect(),
            store_error: summary.store_error,
        }
    }
}

impl From<series::Point<Figures>> for Point {
    fn from(point: series::Point<Figures>) -> Self {
        let Figures {
            by_class,
            average,
            p50,
            p95,
            p99,
        } = point.value;
        Self {
            start: point.start,
            covered_minutes: point.covered_minutes,
            by_class,
            average,
            p50,
            p95,
            p99,
        }
    }
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
