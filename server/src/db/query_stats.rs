//! What each named operation cost since the process started.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ops::traffic::{Histogram, QUERY_BOUNDS};

use super::figures::{NamedQuery, QueryTotal, Timing};

/// The page shows no more.
const MOST: usize = 50;

/// Names are the code's own, so there are few. The lock is held for nanoseconds, by the task that
/// did the work, never by the request.
#[derive(Default)]
pub(super) struct Named(Mutex<Ledger>);

#[derive(Default)]
struct Ledger {
    by_name: HashMap<&'static str, Tally>,
    waits: Tally,
    /// Since they were taken last.
    recent: Histogram,
}

#[derive(Default)]
struct Tally {
    calls: u64,
    failures: u64,
    durations: Histogram,
    by_bound: [u64; QUERY_BOUNDS.written.len() + 1],
    longest: Duration,
}

/// How an operation went.
pub(super) struct Outcome {
    /// Until it had a connection of the pool, or was told that there is none; `None` if it has one of
    /// its own.
    pub waited: Option<Duration>,
    /// From then on; `None` if it never had one.
    pub ran: Option<Duration>,
    pub is_failure: bool,
}

impl Named {
    pub fn note(&self, name: &'static str, outcome: &Outcome) {
        let mut ledger = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waited) = outcome.waited {
            ledger.waits.note(waited);
        }
        let tally = ledger.by_name.entry(name).or_default();
        tally.calls += 1;
        tally.failures += u64::from(outcome.is_failure);
        if let Some(ran) = outcome.ran {
            tally.note(ran);
            ledger.recent.record(ran);
        }
    }

    /// How long operations took since this was asked last. There is one who asks.
    pub fn take_recent(&self) -> Histogram {
        let mut ledger = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut ledger.recent)
    }

    /// What operations took since the start, by their names.
    pub fn totals(&self) -> Vec<QueryTotal> {
        let ledger = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let totals = ledger.by_name.iter().map(|(name, tally)| QueryTotal {
            name,
            by_bound: tally.by_bound,
            sum: Duration::from_micros(tally.durations.sum_us()),
        });
        totals.collect()
    }

    /// Those first that took most time in all.
    pub fn report(&self) -> (Timing, Vec<NamedQuery>) {
        let ledger = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut queries: Vec<NamedQuery> = ledger
            .by_name
            .iter()
            .map(|(name, tally)| NamedQuery {
                name,
                calls: tally.calls,
                failures: tally.failures,
                timing: tally.timing(),
            })
            .collect();
        queries.sort_by(|a, b| {
            let by_time = b.timing.total.cmp(&a.timing.total);
            by_time.then_with(|| a.name.cmp(b.name))
        });
        queries.truncate(MOST);
        (ledger.waits.timing(), queries)
    }
}

impl Tally {
    fn note(&mut self, duration: Duration) {
        self.durations.record(duration);
        if let Some(count) = self.by_bound.get_mut(QUERY_BOUNDS.place_of(duration)) {
            *count += 1;
        }
        self.longest = self.longest.max(duration);
    }

    fn timing(&self) -> Timing {
        let count = self.durations.count();
        Timing {
            count,
            total: Duration::from_micros(self.durations.sum_us()),
            average: self.durations.average(),
            // A bucket's bound may lie beyond the longest that is in it.
            p95: self
                .durations
                .percentile(0.95)
                .map(|p95| p95.min(self.longest)),
            longest: (count > 0).then_some(self.longest),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn ran(milliseconds: u64) -> Outcome {
        Outcome {
            waited: Some(Duration::from_millis(1)),
            ran: Some(Duration::from_millis(milliseconds)),
            is_failure: false,
        }
    }

    #[test]
    fn what_took_most_time_in_all_comes_first() {
        let named = Named::default();
        named.note("users.find", &ran(30));
        for _ in 0..4 {
            named.note("cards.list", &ran(10));
        }
        let (waits, queries) = named.report();
        assert_eq!(waits.count, 5);
        let names: Vec<&str> = queries.iter().map(|query| query.name).collect();
        assert_eq!(names, ["cards.list", "users.find"]);
        assert_eq!(queries[0].timing.total, Duration::from_millis(40));
        assert_eq!(queries[0].timing.average, Some(Duration::from_millis(10)));
        assert_eq!(queries[1].timing.longest, Some(Duration::from_millis(30)));
    }

    #[test]
    fn an_operation_without_a_connection_is_a_failure_and_no_duration() {
        let named = Named::default();
        named.note(
            "users.find",
            &Outcome {
                waited: Some(Duration::from_secs(2)),
                ran: None,
                is_failure: true,
            },
        );
        let (waits, queries) = named.report();
        assert_eq!((queries[0].calls, queries[0].failures), (1, 1));
        assert_eq!(queries[0].timing.count, 0);
        assert_eq!(queries[0].timing.average, None);
        assert_eq!(waits.longest, Some(Duration::from_secs(2)));
    }
}
