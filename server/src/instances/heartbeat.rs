//! [`Fleet`]: this instance's heartbeat, and what is known of the others.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ops::clock::{Clock, DAY_MS, JumpGuard, unix_millis};
use ops::instances::{self as engine, Instance, Seen};
use ops::series::StoreError;
use ops::task::Pulse;

use crate::db::queries::instances;
use crate::ops_store::{OpsStore, failed};

/// How often an instance says that it is there.
const BEAT_EVERY: Duration = Duration::from_secs(5);

pub struct Fleet {
    own: Instance,
    clock: Arc<dyn Clock>,
    store: Arc<OpsStore>,
    retention_days: u32,
    state: Mutex<State>,
}

struct State {
    seen: Seen,
    guard: JumpGuard,
    trimmed_day: i64,
}

impl Fleet {
    /// `own`: this instance, as it started.
    pub fn new(
        own: Instance,
        clock: Arc<dyn Clock>,
        store: Arc<OpsStore>,
        retention_days: u32,
    ) -> Self {
        let state = State {
            seen: Seen::default(),
            guard: JumpGuard::new(&*clock),
            trimmed_day: unix_millis(clock.now()).div_euclid(DAY_MS),
        };
        Self {
            own,
            clock,
            store,
            retention_days,
            state: Mutex::new(state),
        }
    }

    pub fn name(&self) -> &str {
        &self.own.name
    }

    /// Says that it is there until `stop` resolves, and then that it ends.
    pub async fn run_until(&self, pulse: &Pulse, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let round = async {
                pulse.beat();
                self.note(self.exchange().await);
                // Asked for again soon while the store is still being made ready.
                let is_known = self.with(|state| state.seen.read_ms.is_some());
                let pause = if is_known {
                    BEAT_EVERY
                } else {
                    Duration::from_secs(1)
                };
                tokio::time::sleep(pause).await;
            };
            tokio::select! {
                () = &mut stop => break,
                () = round => {}
            }
        }
        let mut own = self.own();
        own.stopped_ms = Some(own.seen_ms);
        let told = match self.store.ops() {
            Ok(ops) => instances::beat(ops, own).await.map_err(failed),
            Err(error) => Err(error),
        };
        self.note(told);
    }

    /// As it says of itself now.
    pub fn own(&self) -> Instance {
        Instance {
            seen_ms: unix_millis(self.clock.now()),
            ..self.own.clone()
        }
    }

    pub fn seen(&self) -> Seen {
        self.with(|state| state.seen.clone())
    }

    /// All of them, each with its state.
    pub fn known(&self) -> Vec<(Instance, engine::State)> {
        self.seen().known(self.own())
    }

    async fn exchange(&self) -> Result<(), StoreError> {
        let ops = self.store.ops()?;
        let own = self.own();
        let (now_ms, kept_ms) = (own.seen_ms, i64::from(self.retention_days) * DAY_MS);
        instances::beat(ops, own).await.map_err(failed)?;
        let oldest_ms = now_ms - kept_ms;
        let found = instances::seen_since(ops, oldest_ms)
            .await
            .map_err(failed)?;
        self.with(|state| {
            state.seen.instances = found;
            state.seen.read_ms = Some(now_ms);
        });
        if self.is_time_to_trim(now_ms) {
            instances::trim(ops, oldest_ms).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Once a day, and not by a clock that jumped of late.
    fn is_time_to_trim(&self, now_ms: i64) -> bool {
        let (day, monotonic) = (now_ms.div_euclid(DAY_MS), self.clock.monotonic());
        self.with(|state| {
            state.guard.has_jumped(self.clock.now(), monotonic);
            state.guard.is_due(&mut state.trimmed_day, day, monotonic)
        })
    }

    /// Whoever writes traffic tells in the log of a store that is away.
    fn note(&self, outcome: Result<(), StoreError>) {
        self.with(|state| state.seen.error = outcome.err().map(Arc::new));
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
