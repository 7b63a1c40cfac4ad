//! An answer that all viewers share, for as long as it is good, and beyond that with its age.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use app::dto::Code;
use futures_util::FutureExt as _;
use ops::clock::Clock;
use ops::single_flight::{Flight, SingleFlight};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::Instrument as _;

use super::health::map;
use crate::db::DbError;

/// One that failed is not asked again sooner, whoever looks: what is slow must not be slowed further.
const RETRY_AFTER: Duration = Duration::from_secs(5);

pub struct LastKnown<T> {
    clock: Arc<dyn Clock>,
    runtime: Handle,
    state: Arc<Mutex<State<T>>>,
    asking: SingleFlight<(), ()>,
}

struct State<T> {
    known: Option<Known<T>>,
    failed: Option<Failed>,
}

struct Known<T> {
    value: T,
    measured_at: SystemTime,
    until: Instant,
}

struct Failed {
    code: Code,
    until: Instant,
}

/// What is known, and why it is no newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    pub value: Option<T>,
    /// When the value was measured, if that was not just now.
    pub measured_at: Option<SystemTime>,
    pub error: Option<Code>,
}

impl<T: Clone + Send + 'static> LastKnown<T> {
    pub fn new(clock: Arc<dyn Clock>, runtime: Handle) -> Self {
        let state = State {
            known: None,
            failed: None,
        };
        Self {
            clock,
            runtime,
            state: Arc::new(Mutex::new(state)),
            asking: SingleFlight::default(),
        }
    }

    /// `ask` brings a value and for how long it is as good as a new one. Whoever comes while it is
    /// under way waits for the same, `patience` at most; it goes on for the next one who looks.
    pub async fn get<F>(&self, patience: Duration, ask: impl FnOnce() -> F) -> Answer<T>
    where
        F: Future<Output = Result<(T, Duration), DbError>> + Send + 'static,
    {
        let flight = match self.join_or_ask(ask) {
            Ok(flight) => flight,
            Err(answer) => return answer,
        };
        let has_landed = timeout(patience, flight).await.is_ok();
        let state = lock(&self.state);
        match &state.failed {
            None if has_landed => state.answer(None),
            None => state.answer(Some(Code::Timeout)),
            Some(failed) => state.answer(Some(failed.code)),
        }
    }

    /// What is known, however old, and when it was measured; asks nobody.
    pub fn last(&self) -> Option<(T, SystemTime)> {
        let state = lock(&self.state);
        let known = state.known.as_ref();
        known.map(|known| (known.value.clone(), known.measured_at))
    }

    fn join_or_ask<F>(&self, ask: impl FnOnce() -> F) -> Result<Flight<()>, Answer<T>>
    where
        F: Future<Output = Result<(T, Duration), DbError>> + Send + 'static,
    {
        let now = self.clock.monotonic();
        let mut state = lock(&self.state);
        if let Some(flight) = self.asking.under_way(&()) {
            return Ok(flight);
        }
        if let Some(failed) = &state.failed
            && now < failed.until
        {
            return Err(state.answer(Some(failed.code)));
        }
        if let Some(known) = &state.known
            && now < known.until
        {
            return Err(state.answer(None));
        }
        state.failed = None;
        let (asked, shared, clock) = (ask(), Arc::clone(&self.state), Arc::clone(&self.clock));
        let flown = async move {
            let answer = asked.await;
            let now = clock.monotonic();
            let mut state = lock(&shared);
            match answer {
                Ok((value, good_for)) => {
                    state.known = Some(Known {
                        value,
                        measured_at: clock.now(),
                        until: now + good_for,
                    });
                }
                Err(error) => {
                    state.failed = Some(Failed {
                        code: map::code(error.code()),
                        until: now + RETRY_AFTER,
                    });
                }
            }
        };
        let flight = self.asking.join(&(), || flown.in_current_span().boxed());
        self.runtime.spawn(flight.clone());
        Ok(flight)
    }
}

impl<T: Clone> State<T> {
    fn answer(&self, error: Option<Code>) -> Answer<T> {
        // What is merely late has not changed much; of what fails or is gone nothing is known.
        let is_late = matches!(error, None | Some(Code::Timeout | Code::PoolExhausted));
        let known = self.known.as_ref().filter(|_| is_late);
        Answer {
            value: known.map(|known| known.value.clone()),
            measured_at: known
                .filter(|_| error.is_some())
                .map(|known| known.measured_at),
            error,
        }
    }
}

fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ops::clock::ManualClock;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);
    const NO_PATIENCE: Duration = Duration::from_millis(1);

    fn late() -> DbError {
        DbError::Unavailable {
            code: ops::health::Code::Timeout,
            cause: String::new(),
        }
    }

    fn stale(value: u32, error: Code) -> Answer<u32> {
        Answer {
            value: Some(value),
            measured_at: Some(SystemTime::UNIX_EPOCH),
            error: Some(error),
        }
    }

    fn new(value: u32) -> Answer<u32> {
        Answer {
            value: Some(value),
            measured_at: None,
            error: None,
        }
    }

    #[tokio::test]
    async fn one_asks_for_all_and_what_is_late_is_told_with_its_age() {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let last = LastKnown::new(clock.clone() as Arc<dyn Clock>, Handle::current());
        let asked = Arc::new(AtomicUsize::new(0));
        let at_once = |value: u32, good_for: u64| {
            let asked = Arc::clone(&asked);
            move || {
                asked.fetch_add(1, Ordering::Relaxed);
                async move { Ok((value, Duration::from_secs(good_for))) }
            }
        };
        assert_eq!(last.get(PATIENCE, at_once(1, 0)).await, new(1));
        assert_eq!(last.get(PATIENCE, at_once(2, 1)).await, new(2));
        // Good for a second.
        assert_eq!(last.get(PATIENCE, at_once(3, 0)).await, new(2));
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        clock.advance(Duration::from_secs(1));

        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let hangs = || async move {
            _ = released.await;
            Err(late())
        };
        let hung = last.get(NO_PATIENCE, hangs).await;
        assert_eq!(hung, stale(2, Code::Timeout));
        // Others join, and do not ask anew.
        let joined = last.get(NO_PATIENCE, at_once(4, 0)).await;
        assert_eq!(joined, stale(2, Code::Timeout));
        _ = release.send(());
        let joined = last.get(PATIENCE, at_once(5, 0)).await;
        assert_eq!(joined, stale(2, Code::Timeout));
        let refused = last.get(PATIENCE, at_once(6, 0)).await;
        assert_eq!(refused, stale(2, Code::Timeout));
        assert_eq!(asked.load(Ordering::Relaxed), 2);

        clock.advance(RETRY_AFTER);
        assert_eq!(last.get(PATIENCE, at_once(7, 0)).await, new(7));
    }

    #[tokio::test]
    async fn of_what_fails_nothing_is_known() {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH));
        let last = LastKnown::new(clock, Handle::current());
        let good = || async { Ok((1, Duration::ZERO)) };
        assert_eq!(last.get(PATIENCE, good).await, new(1));
        let broken = || async { Err(DbError::Interrupted) };
        let answer = last.get(PATIENCE, broken).await;
        assert_eq!((answer.value, answer.error), (None, Some(Code::Query)));
    }
}
