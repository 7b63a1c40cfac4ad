//! What a search may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// A search asks it before each block. Spent by time, or by whoever no longer wants to know.
#[derive(Clone)]
pub struct Budget {
    clock: Arc<dyn Clock>,
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
}

impl Budget {
    /// None: as long as it takes.
    pub fn new(clock: Arc<dyn Clock>, limit: Option<Duration>) -> Self {
        let deadline = limit.map(|limit| clock.monotonic() + limit);
        Self {
            clock,
            deadline,
            cancelled: Arc::default(),
        }
    }

    /// Ends the search when it is dropped.
    pub fn cancel_on_drop(&self) -> CancelOnDrop {
        CancelOnDrop(Arc::clone(&self.cancelled))
    }

    pub(super) fn now_millis(&self) -> i64 {
        crate::clock::unix_millis(self.clock.now())
    }

    pub(super) fn is_spent(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
            || self
                .deadline
                .is_some_and(|deadline| self.clock.monotonic() >= deadline)
    }
}

/// Held by whoever waits for the search.
#[must_use]
pub struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
