//! A period of traffic: all of it together, and minute by minute.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::minute::Minute;
use super::rows::{Tally, Totals};
use crate::store::StoreError;

#[derive(Clone, Debug)]
pub struct Summary {
    pub tally: Tally,
    /// The minutes during which any instance was up, oldest first. The others are absent.
    pub points: Vec<Point>,
    /// Why the store is out of reach, if it is: what other instances did, or earlier runs, may then
    /// be missing.
    pub store_error: Option<Arc<StoreError>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub minute: Minute,
    pub requests: u64,
    pub errors: u64,
    pub client_errors: u64,
    pub average: Option<Duration>,
    pub p95: Option<Duration>,
}

/// Merges the minutes of a period, whoever's they are.
pub(super) struct Summing {
    period: RangeInclusive<Minute>,
    minutes: BTreeMap<Minute, Tally>,
}

impl Summing {
    pub fn over(period: RangeInclusive<Minute>) -> Self {
        Self {
            period,
            minutes: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, minute: Minute, tally: &Tally) {
        if self.period.contains(&minute) {
            self.minutes.entry(minute).or_default().merge(tally);
        }
    }

    pub fn add_all<'a>(&mut self, minutes: impl Iterator<Item = (Minute, &'a Totals)>) {
        for (minute, totals) in minutes {
            if self.period.contains(&minute)
                && let Ok(tally) = totals.to_tally()
            {
                self.add(minute, &tally);
            }
        }
    }

    pub fn finish(self, store_error: Option<Arc<StoreError>>) -> Summary {
        let mut tally = Tally::default();
        let points = self.minutes.into_iter().map(|(minute, of_minute)| {
            tally.merge(&of_minute);
            Point {
                minute,
                requests: of_minute.requests(),
                errors: of_minute.by_class.errors,
                client_errors: of_minute.by_class.client_errors,
                average: of_minute.durations.average(),
                p95: of_minute.durations.percentile(0.95),
            }
        });
        let points = points.collect();
        Summary {
            tally,
            points,
            store_error,
        }
    }
}
