//! How much there is, without counting a million rows on each request.
//!
//! Up to some ten thousand a count takes a millisecond or two and is made each time, so it is right.
//! Above that it is kept for a time that grows with it: whatever there is to count, counting costs a
//! small part of one core, and no number is older than a few seconds.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ops::clock::Clock;

use crate::db::queries::card_lists::{self, CardFilter};
use crate::db::{Db, DbError};

/// Below this a count is as quick as anything.
const COUNTED_AT_ONCE: i64 = 20_000;
/// A million rows are counted every five seconds; PostgreSQL takes about a tenth of a second for it.
const KEPT_FOR_EACH_ROW: Duration = Duration::from_micros(5);
const KEPT_AT_MOST: Duration = Duration::from_secs(30);

/// How many are kept.
const MAX_KEPT: usize = 1000;

/// How long a count of so many rows may be used again.
pub fn kept_for(rows: i64) -> Duration {
    let Ok(rows) = u32::try_from(rows.max(0)) else {
        return KEPT_AT_MOST;
    };
    if i64::from(rows) < COUNTED_AT_ONCE {
        return Duration::ZERO;
    }
    (KEPT_FOR_EACH_ROW * rows).min(KEPT_AT_MOST)
}

/// Counts by what they count.
struct Kept<K, V> {
    clock: Arc<dyn Clock>,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    /// Each with the moment from which on it is to be counted again.
    values: HashMap<K, (Instant, V)>,
    /// What somebody counts just now.
    counting: HashSet<K>,
}

/// Removes a mark when it is dropped: also if who counts leaves, or fails.
struct Counting<'a, K: Eq + Hash, V>(&'a Kept<K, V>, &'a K);

impl<K: Eq + Hash, V> Drop for Counting<'_, K, V> {
    fn drop(&mut self) {
        self.0.lock().counting.remove(self.1);
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Kept<K, V> {
    fn new(clock: Arc<dyn Clock>) -> Self {
        let state = State {
            values: HashMap::new(),
            counting: HashSet::new(),
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    /// `count` returns a value, and how many rows it cost.
    ///
    /// One counts anew, and who comes meanwhile takes the count before: else all who come at that
    /// moment would count a million rows each.
    async fn get_or<F>(&self, key: &K, count: impl FnOnce() -> F) -> Result<V, DbError>
    where
        F: Future<Output = Result<(V, i64), DbError>>,
    {
        let now = self.clock.monotonic();
        let _counting = {
            let State { values, counting } = &mut *self.lock();
            let is_counted = counting.contains(key);
            match values.get(key) {
                Some((until, value)) if now < *until || is_counted => return Ok(value.clone()),
                Some(_) => {
                    counting.insert(key.clone());
                    Some(Counting(self, key))
                }
                // Few, or not known to be many.
                None => None,
            }
        };
        let (value, rows) = count().await?;
        self.put(key.clone(), value.clone(), rows);
        Ok(value)
    }

    /// Keeps a count of `rows` for as long as those allow.
    fn put(&self, key: K, value: V, rows: i64) {
        let kept_for = kept_for(rows);
        let now = self.clock.monotonic();
        let values = &mut self.lock().values;
        if kept_for.is_zero() {
            values.remove(&key);
            return;
        }
        if values.len() >= MAX_KEPT {
            values.retain(|_, (until, _)| now < *until);
        }
        if values.len() < MAX_KEPT {
            values.insert(key, (now + kept_for, value));
        }
    }
}

impl<K, V> Kept<K, V> {
    fn lock(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct CardCounts(Kept<CardFilter, i64>);

impl CardCounts {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Kept::new(clock))
    }

    pub async fn get(&self, db: &Db, filter: &CardFilter) -> Result<i64, DbError> {
        let count = async || {
            let count = card_lists::count(db, filter.clone()).await?;
            Ok((count, count))
        };
        self.0.get_or(filter, count).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::SystemTime;

    use ops::clock::ManualClock;

    use super::*;

    #[test]
    fn few_are_always_counted_and_many_for_a_time_that_grows_with_them() {
        assert_eq!(kept_for(0), Duration::ZERO);
        assert_eq!(kept_for(19_999), Duration::ZERO);
        assert_eq!(kept_for(100_000), Duration::from_millis(500));
        assert_eq!(kept_for(1_000_000), Duration::from_secs(5));
        assert_eq!(kept_for(i64::MAX), KEPT_AT_MOST);
        assert_eq!(kept_for(-1), Duration::ZERO);
    }

    type Count = (i64, i64);

    fn of(count: Count) -> impl Future<Output = Result<Count, DbError>> {
        std::future::ready(Ok(count))
    }

    #[tokio::test]
    async fn a_kept_count_is_used_until_its_time_is_over() {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let kept = Kept::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let counted =
            async |key: &'static str, count: Count| kept.get_or(&key, || of(count)).await.unwrap();
        assert_eq!(counted("few", (1, 1)).await, 1);
        assert_eq!(counted("few", (2, 1)).await, 2);
        assert_eq!(counted("many", (3, 1_000_000)).await, 3);
        clock.advance(Duration::from_millis(4999));
        assert_eq!(counted("many", (4, 1_000_000)).await, 3);
        clock.advance(Duration::from_millis(1));
        assert_eq!(counted("many", (4, 1_000_000)).await, 4);
    }

    #[tokio::test]
    async fn one_counts_and_who_comes_meanwhile_takes_the_count_before() {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let kept = Kept::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let many = |count| of((count, 1_000_000));
        kept.get_or(&(), || many(1)).await.unwrap();
        clock.advance(Duration::from_secs(6));

        // One begins and leaves, the next one begins and fails: whoever comes then counts.
        let left = kept.get_or(&(), std::future::pending::<Result<Count, DbError>>);
        {
            let mut left = std::pin::pin!(left);
            assert!(futures_util::poll!(left.as_mut()).is_pending());
            assert_eq!(kept.get_or(&(), || many(2)).await.unwrap(), 1);
        }
        let failed = kept.get_or(&(), || std::future::ready(Err(DbError::Interrupted)));
        assert!(failed.await.is_err());
        assert_eq!(kept.get_or(&(), || many(3)).await.unwrap(), 3);
    }
}
