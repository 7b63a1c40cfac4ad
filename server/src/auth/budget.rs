//! How often something may be said, however often it happens: what strangers can cause must fill
//! neither a log nor a table.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Some at once, then one every so often.
pub struct Budget {
    burst: u32,
    every: Duration,
    state: Mutex<State>,
}

struct State {
    left: u32,
    /// When the last one was given back.
    since: Option<Instant>,
    held_back: u64,
}

impl Budget {
    pub fn new(burst: u32, every: Duration) -> Self {
        Self {
            burst,
            every,
            state: Mutex::new(State {
                left: burst,
                since: None,
                held_back: 0,
            }),
        }
    }

    /// Whether it may be said now; then how many were held back since the last time.
    pub fn take(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *state.since.get_or_insert(now);
        let periods =
            now.saturating_duration_since(since).as_nanos() / self.every.as_nanos().max(1);
        let periods = u32::try_from(periods).unwrap_or(u32::MAX);
        if periods > 0 {
            state.left = state.left.saturating_add(periods).min(self.burst);
            state.since = Some(now);
        }
        if state.left == 0 {
            state.held_back += 1;
            return None;
        }
        state.left -= 1;
        Some(std::mem::take(&mut state.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn some_at_once_then_one_a_minute_with_the_number_of_those_between() {
        let (budget, start) = (Budget::new(2, MINUTE), Instant::now());
        assert_eq!(budget.take(start), Some(0));
        assert_eq!(budget.take(start), Some(0));
        for _ in 0..7 {
            assert_eq!(budget.take(start + MINUTE / 2), None);
        }
        assert_eq!(budget.take(start + MINUTE), Some(7));
        assert_eq!(budget.take(start + MINUTE), None);
    }

    #[test]
    fn a_quiet_day_saves_up_no_more_than_the_burst() {
        let (budget, start) = (Budget::new(2, MINUTE), Instant::now());
        while budget.take(start).is_some() {}
        let later = start + 60 * 24 * MINUTE;
        let taken = (0..10).filter_map(|_| budget.take(later)).count();
        assert_eq!(taken, 2);
    }
}
