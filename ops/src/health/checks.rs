//! All checks together, and one run of them for all who ask.
//!
//! Callers sit on other runtimes and may vanish at any time, so a run is a task of its own on the
//! runtime given at construction; a caller only waits for what it finds. Whoever asks within
//! [`FRESHNESS`] of the last run is served from it: a read lock and a count.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::probe_slot::Slot;
use super::report::Measurement;
use super::transitions::Told;
use super::{CheckName, CheckResult, Code, Probe, Report};
use crate::clock::Clock;

/// For so long after its end a run serves all who ask.
pub const FRESHNESS: Duration = Duration::from_secs(1);

/// For so long a probe's result stands in for the one that [`HealthChecks::report_within`] can't wait
/// for.
pub const STAND_IN: Duration = Duration::from_secs(5);

/// A start that takes longer has something to tell.
const START: Duration = Duration::from_secs(60);

/// What a caller grants a run beyond its slowest probe's own time-out, should the runtime of the
/// runs itself be stuck.
const PATIENCE: Duration = Duration::from_millis(250);

type State = Box<dyn Fn() -> CheckResult + Send + Sync>;
type Announcement = watch::Receiver<Option<Arc<Measurement>>>;

/// Cheap to clone; all clones share runs and results.
#[derive(Clone)]
pub struct HealthChecks {
    inner: Arc<Inner>,
}

struct Inner {
    slots: Vec<Slot>,
    states: Vec<(CheckName, State)>,
    deadline: Duration,
    clock: Arc<dyn Clock>,
    handle: Handle,
    latest: RwLock<Option<Fresh>>,
    under_way: Mutex<Option<Announcement>>,
    told: Mutex<Told>,
    started: Instant,
}

#[derive(Clone)]
struct Fresh {
    until: Instant,
    measurement: Arc<Measurement>,
}

pub struct HealthChecksBuilder {
    slots: Vec<Slot>,
    states: Vec<(CheckName, State)>,
    clock: Arc<dyn Clock>,
    handle: Handle,
}

impl HealthChecksBuilder {
    #[must_use]
    pub fn probe(mut self, probe: impl Probe) -> Self {
        self.slots.push(Slot::new(Arc::new(probe)));
        self
    }

    #[must_use]
    pub fn probes(self, probes: impl IntoIterator<Item = impl Probe>) -> Self {
        probes.into_iter().fold(self, Self::probe)
    }

    /// A state of the process itself, asked anew at every report: it has to answer at once.
    #[must_use]
    pub fn state(
        mut self,
        name: impl Into<CheckName>,
        state: impl Fn() -> CheckResult + Send + Sync + 'static,
    ) -> Self {
        self.states.push((name.into(), Box::new(state)));
        self
    }

    pub fn build(self) -> HealthChecks {
        let slowest = self.slots.iter().map(Slot::timeout).max();
        let started = self.clock.monotonic();
        HealthChecks {
            inner: Arc::new(Inner {
                slots: self.slots,
                states: self.states,
                deadline: slowest.unwrap_or_default() + PATIENCE,
                clock: self.clock,
                handle: self.handle,
                latest: RwLock::new(None),
                under_way: Mutex::new(None),
                told: Mutex::default(),
                started,
            }),
        }
    }
}

impl HealthChecks {
    /// `handle` is the multi-thread runtime on which probes run.
    pub fn builder(handle: Handle, clock: Arc<dyn Clock>) -> HealthChecksBuilder {
        HealthChecksBuilder {
            slots: Vec::new(),
            states: Vec::new(),
            clock,
            handle,
        }
    }

    /// A report that is at most [`FRESHNESS`] old. Waits for a run if there is none, and never
    /// longer than the slowest probe's time-out and a quarter of a second.
    pub async fn report(&self) -> Report {
        let measurement = match self.inner.fresh() {
            Some(measurement) => measurement,
            None => self.measure().await,
        };
        self.inner.report(measurement)
    }

    /// [`HealthChecks::report`] for those who can't wait for the slowest probe. Of a probe that has not
    /// answered within `patience` it tells the previous result, if that is at most [`STAND_IN`] old,
    /// and else that it timed out. The run goes on for the next one who asks.
    pub async fn report_within(&self, patience: Duration) -> Report {
        let measurement = match self.inner.fresh() {
            Some(measurement) => measurement,
            None => tokio::time::timeout(patience, self.measure())
                .await
                .unwrap_or_else(|_| self.inner.found_so_far()),
        };
        self.inner.report(measurement)
    }

    /// One probe's check alone, whatever other probes do: what is known of it, at most [`STAND_IN`]
    /// old. A run is started if that is older than [`FRESHNESS`], and waited for only if nothing is
    /// known. Within `patience` without an answer it counts as timed out; `None` if no probe has it.
    pub async fn check_within(&self, name: &str, patience: Duration) -> Option<CheckResult> {
        let slot = self.inner.slots.iter().find(|slot| slot.feeds(name))?;
        let mut found = slot.subscribe();
        let now = self.inner.clock.monotonic();
        let is_known_since = |oldest: Option<Instant>| {
            let found = slot.subscribe();
            let at = found.borrow().as_ref().map(|found| found.at);
            at.is_some_and(|at| oldest.is_none_or(|oldest| at >= oldest))
        };
        if !is_known_since(now.checked_sub(FRESHNESS)) || self.inner.fresh().is_none() {
            // It ends whether anybody waits for it or not.
            drop(self.join_or_start());
        }
        let oldest = now.checked_sub(STAND_IN);
        if !is_known_since(oldest) {
            _ = tokio::time::timeout(patience, found.changed()).await;
        }
        let results = slot.found_since(oldest);
        results
            .into_iter()
            .find_map(|(other, check)| (&*other == name).then_some(check))
    }

    /// What was found so far is old news: the next one who asks starts a run.
    pub fn expire(&self) {
        let mut latest = self
            .inner
            .latest
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(latest) = &mut *latest {
            latest.until = self.inner.clock.monotonic();
        }
    }

    /// The latest report however old, without running anything; `None` before the first run.
    pub fn last(&self) -> Option<Report> {
        let latest = self.inner.latest()?;
        Some(self.inner.report(latest.measurement))
    }

    async fn measure(&self) -> Arc<Measurement> {
        let mut announcement = match self.join_or_start() {
            Joined::Fresh(measurement) => return measurement,
            Joined::Wait(announcement) => announcement,
        };
        let announced = announcement.wait_for(Option::is_some);
        match tokio::time::timeout(self.inner.deadline, announced).await {
            Ok(Ok(measurement)) => measurement.clone(),
            Ok(Err(_)) | Err(_) => None,
        }
        .unwrap_or_else(|| self.inner.nothing_heard())
    }

    /// Joins the run under way, or starts one.
    fn join_or_start(&self) -> Joined {
        let mut under_way = self.inner.under_way();
        if let Some(announcement) = &*under_way {
            return Joined::Wait(announcement.clone());
        }
        // A run may have ended between the caller's look and the lock.
        if let Some(measurement) = self.inner.fresh() {
            return Joined::Fresh(measurement);
        }
        let (announcer, announcement) = watch::channel(None);
        *under_way = Some(announcement.clone());
        drop(under_way);
        // Made out here, so that it ends even if the runtime is gone and drops the task unpolled.
        let run = Run {
            inner: self.inner.clone(),
            announcer,
            outcome: None,
        };
        self.inner.handle.spawn(run.run());
        Joined::Wait(announcement)
    }
}

enum Joined {
    Fresh(Arc<Measurement>),
    Wait(Announcement),
}

impl Inner {
    fn latest(&self) -> Option<Fresh> {
        self.latest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn fresh(&self) -> Option<Arc<Measurement>> {
        let latest = self.latest()?;
        (self.clock.monotonic() < latest.until).then_some(latest.measurement)
    }

    fn under_way(&self) -> MutexGuard<'_, Option<Announcement>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, measurement: Arc<Measurement>) -> Report {
        let states = self.states.iter();
        Report {
            measurement,
            states: states
                .map(|(name, state)| (name.clone(), state()))
                .collect(),
        }
    }

    /// For a caller who can't wait for the run under way.
    fn found_so_far(&self) -> Arc<Measurement> {
        let oldest = self.clock.monotonic().checked_sub(STAND_IN);
        let checks = self.slots.iter().flat_map(|slot| slot.found_since(oldest));
        Arc::new(Measurement {
            measured_at: self.clock.now(),
            checks: checks.collect(),
        })
    }

    /// For a caller to whom no run reported in time.
    fn nothing_heard(&self) -> Arc<Measurement> {
        let checks = self.slots.iter().flat_map(|slot| {
            slot.all(&CheckResult::failed(Code::Timeout).with_cause("the checks did not run"))
        });
        Arc::new(Measurement {
            measured_at: self.clock.now(),
            checks: checks.collect(),
        })
    }
}

/// One run of all probes. However it ends, the next one may start.
struct Run {
    inner: Arc<Inner>,
    announcer: watch::Sender<Option<Arc<Measurement>>>,
    outcome: Option<Arc<Measurement>>,
}

impl Run {
    async fn run(mut self) {
        let inner = Arc::clone(&self.inner);
        let is_starting = inner.clock.monotonic() < inner.started + START
            && inner.states.iter().any(|(_, state)| !state().ready);
        let runs = inner.slots.iter().map(async |slot| {
            let results = slot.run(&inner.handle).await;
            slot.keep(&results, inner.clock.monotonic());
            results
        });
        let checks = futures_util::future::join_all(runs).await;
        let measurement = Arc::new(Measurement {
            measured_at: inner.clock.now(),
            checks: checks.into_iter().flatten().collect(),
        });
        inner
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .tell(&measurement.checks, is_starting);

        let is_undecided = inner.slots.iter().any(Slot::is_undecided);
        let good_for = if is_undecided {
            Duration::ZERO
        } else {
            FRESHNESS
        };
        *inner.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(Fresh {
            until: inner.clock.monotonic() + good_for,
            measurement: measurement.clone(),
        });
        self.outcome = Some(measurement);
        drop(self);
        if is_undecided {
            drop(HealthChecks { inner }.join_or_start());
        }
    }
}

impl Drop for Run {
    /// Who hears of a run's end, and asks again later, must not join the run that is over.
    fn drop(&mut self) {
        *self.inner.under_way() = None;
        if let Some(outcome) = self.outcome.take() {
            self.announcer.send_replace(Some(outcome));
        }
    }
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "patience_tests.rs"]
mod patience_tests;
