//! What each named operation cost since the process started.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::dto::{NamedQuery, Timing};
use ops::traffic::Histogram;

use super::milliseconds;

/// The page shows no more.
const MOST: usize = 50;

/// Names are the code's own, so there are few. The lock is held for nanoseconds, by the task that
/// did the work, never by the request.
#[derive(Default)]
pub(super) struct Named(Mutex<Books>);

#[derive(Default)]
struct Books {
    by_name: HashMap<&'static str, Book>,
    waits: Book,
}

#[derive(Default)]
struct Book {
    calls: u64,
    failures: u64,
    durations: Histogram,
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
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waited) = outcome.waited {
            books.waits.note(waited);
        }
        let book = books.by_name.entry(name).or_default();
        book.calls += 1;
        book.failures += u64::from(outcome.is_failure);
        if let Some(ran) = outcome.ran {
            book.note(ran);
        }
    }

    /// Those first that took most time in all.
    pub fn report(&self) -> (Timing, Vec<NamedQuery>) {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut queries: Vec<NamedQuery> = books
            .by_name
            .iter()
            .map(|(name, book)| NamedQuery {
                name: (*name).to_owned(),
                calls: book.calls,
                failures: book.failures,
                timing: book.timing(),
            })
            .collect();
        queries.sort_by(|a, b| {
            let by_time = b.timing.total_ms.total_cmp(&a.timing.total_ms);
            by_time.then_with(|| a.name.cmp(&b.name))
        });
        queries.truncate(MOST);
        (books.waits.timing(), queries)
    }
}

impl Book {
    fn note(&mut self, duration: Duration) {
        self.durations.record(duration);
        self.longest = self.longest.max(duration);
    }

    fn timing(&self) -> Timing {
        let count = self.durations.count();
        Timing {
            count,
            total_ms: milliseconds(Duration::from_micros(self.durations.sum_us())),
            avg_ms: self.durations.average().map(milliseconds),
            // A bucket's bound may lie beyond the longest that is in it.
            p95_ms: self
                .durations
                .percentile(0.95)
                .map(|p95| milliseconds(p95.min(self.longest))),
            max_ms: (count > 0).then(|| milliseconds(self.longest)),
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
        let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
        assert_eq!(names, ["cards.list", "users.find"]);
        assert_eq!(queries[0].timing.total_ms, 40.0);
        assert_eq!(queries[0].timing.avg_ms, Some(10.0));
        assert_eq!(queries[1].timing.max_ms, Some(30.0));
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
        assert_eq!(queries[0].timing.avg_ms, None);
        assert_eq!(waits.max_ms, Some(2000.0));
    }
}
