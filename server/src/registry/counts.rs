//! How much there is, without counting a million rows on each request.
//!
//! Up to some ten thousand a count takes a millisecond or two and is made each time, so it is right.
//! Above that it is kept for a time that grows with it: whatever there is to count, counting costs a
//! small part of one core, and no number is older than a few seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::dto::Data;
use ops::clock::Clock;

use crate::db::queries::card_lists::{self, CardFilter};
use crate::db::queries::statistics;
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
pub struct Kept<K, V> {
    clock: Arc<dyn Clock>,
    values: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            values: Mutex::default(),
        }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let now = self.clock.monotonic();
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        values
            .get(key)
            .filter(|(until, _)| now < *until)
            .map(|(_, value)| value.clone())
    }

    /// Even if its time is over.
    fn latest(&self, key: &K) -> Option<V> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        values.get(key).map(|(_, value)| value.clone())
    }

    /// Keeps a count of `rows` for as long as those allow.
    pub fn put(&self, key: K, value: V, rows: i64) {
        let kept_for = kept_for(rows);
        let now = self.clock.monotonic();
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
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

/// How much there is in the registry, for the desk.
pub struct Statistics {
    kept: Kept<(), Data>,
    /// Whoever comes while somebody counts many takes the count before that.
    counting: tokio::sync::Mutex<()>,
}

impl Statistics {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            kept: Kept::new(clock),
            counting: tokio::sync::Mutex::default(),
        }
    }

    pub async fn get(&self, db: &Db) -> Result<Data, DbError> {
        if let Some(data) = self.kept.get(&()) {
            return Ok(data);
        }
        let counting = self.counting.try_lock();
        if counting.is_err()
            && let Some(data) = self.kept.latest(&())
        {
            return Ok(data);
        }
        let data = statistics::count(db).await?;
        let rows = data.agentcards.total + data.namespaces.total + data.schemas.total;
        self.kept.put((), data.clone(), rows);
        Ok(data)
    }
}

pub struct CardCounts(Kept<CardFilter, i64>);

impl CardCounts {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Kept::new(clock))
    }

    pub async fn get(&self, db: &Db, filter: &CardFilter) -> Result<i64, DbError> {
        if let Some(count) = self.0.get(filter) {
            return Ok(count);
        }
        let count = card_lists::count(db, filter.clone()).await?;
        self.0.put(filter.clone(), count, count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_kept_count_is_used_until_its_time_is_over() {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let kept = Kept::new(Arc::clone(&clock) as Arc<dyn Clock>);
        kept.put("few", 1, 1);
        kept.put("many", 2, 1_000_000);
        assert_eq!(kept.get(&"few"), None);
        assert_eq!(kept.get(&"many"), Some(2));
        clock.advance(Duration::from_millis(4999));
        assert_eq!(kept.get(&"many"), Some(2));
        clock.advance(Duration::from_millis(1));
        assert_eq!(kept.get(&"many"), None);
    }
}
