//! A period of a series: all of it together, and step by step.

use std::sync::Arc;

use super::store::StoreError;
use crate::clock::{Grid, Minute};

#[derive(Clone, Debug)]
pub struct Summary<P, V> {
    pub total: P,
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
    pub points: Vec<Point<V>>,
    /// Why the store is out of reach, if it is: what other instances did, or earlier runs, may then
    /// be missing.
    pub store_error: Option<Arc<StoreError>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point<V> {
    /// Where its step begins.
    pub start: Minute,
    pub covered_minutes: u32,
    pub value: V,
}

impl<P, V> Summary<P, V> {
    pub(crate) fn of(grid: &Grid, total: P, points: Vec<Point<V>>) -> Self {
        Self {
            total,
            covered_minutes: points.iter().map(|point| point.covered_minutes).sum(),
            minutes: grid.minutes(),
            end: grid.end,
            start: grid.start,
            step_minutes: grid.length,
            steps: grid.count,
            points,
            store_error: None,
        }
    }
}
