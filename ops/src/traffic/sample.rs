//! What is counted, before and after.

use std::time::Duration;

use super::bounds::{REQUEST_BOUNDS, merge_counts};
use super::histogram::Histogram;

/// By the place of [`REQUEST_BOUNDS`], and those beyond.
pub(super) type BoundCounts = [u64; REQUEST_BOUNDS.written.len() + 1];

/// As W3C Trace Context has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceIds {
    pub trace_id: u128,
    pub span_id: u64,
}

/// One finished request.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    pub method: &'a str,
    /// The matched pattern, never the path.
    pub route: &'a str,
    pub status: u16,
    pub duration: Duration,
    /// Of `duration`, how much was waiting for the registry's database.
    pub database: Duration,
    /// Of the body, as sent.
    pub bytes: u64,
    /// Under which it stands in the log.
    pub request_id: &'a str,
    /// `None` if it is not part of a trace that is recorded.
    pub trace: Option<TraceIds>,
}

/// What a series counted since it was last drained.
pub(super) struct Measure {
    pub bytes: u64,
    pub database_us: u64,
    pub durations: Histogram,
    pub by_bound: BoundCounts,
}

impl Measure {
    pub fn merge(&mut self, other: &Self) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.database_us = self.database_us.saturating_add(other.database_us);
        self.durations.merge(&other.durations);
        merge_counts(&mut self.by_bound, &other.by_bound);
    }
}
