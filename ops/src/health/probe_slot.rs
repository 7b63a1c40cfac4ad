//! One probe's place among the checks: how it is started, timed, cancelled and caught.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinError};

use super::hysteresis::Hysteresis;
use super::{CheckName, CheckResult, Code, Probe};

pub(super) struct Slot {
    probe: Arc<dyn Probe>,
    /// The latest run, which may outlive its time-out if it does not heed cancellation.
    running: Mutex<Option<AbortHandle>>,
    /// What the latest run that ended had found, and when.
    found: watch::Sender<Option<Found>>,
    /// Of a probe that may be slow.
    hysteresis: Option<Mutex<Hysteresis>>,
}

pub(super) struct Found {
    pub at: Instant,
    results: Vec<(CheckName, CheckResult)>,
}

impl Slot {
    pub fn new(probe: Arc<dyn Probe>) -> Self {
        Self {
            hysteresis: probe.may_be_slow().then(Mutex::default),
            probe,
            running: Mutex::new(None),
            found: watch::Sender::new(None),
        }
    }

    pub fn timeout(&self) -> Duration {
        self.probe.timeout()
    }

    /// `check` under each of the probe's names.
    pub fn all(&self, check: &CheckResult) -> Vec<(CheckName, CheckResult)> {
        let names = self.probe.names().iter();
        names.map(|name| (name.clone(), check.clone())).collect()
    }

    /// Runs the probe, and says what its result means after those before it.
    pub async fn run(&self, handle: &Handle) -> Vec<(CheckName, CheckResult)> {
        let found = self.look(handle).await;
        match self.hysteresis() {
            Some(mut hysteresis) => hysteresis.settle(found, self.timeout()),
            None => found,
        }
    }

    /// Whether the next run is to follow at once.
    pub fn is_undecided(&self) -> bool {
        self.hysteresis().is_some_and(|it| it.is_undecided())
    }

    fn hysteresis(&self) -> Option<MutexGuard<'_, Hysteresis>> {
        let hysteresis = self.hysteresis.as_ref()?;
        Some(hysteresis.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs the probe within its time-out. One that still hangs from last time is not started
    /// again, so that a hang costs one task and not one a second.
    async fn look(&self, handle: &Handle) -> Vec<(CheckName, CheckResult)> {
        if self.is_hanging() {
            return self.timed_out("the previous run still hangs");
        }
        let probe = self.probe.clone();
        // A task of its own: a panic ends here, and a probe that blocks delays no other.
        let mut run = handle.spawn(async move { probe.run().await });
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.abort_handle());

        match tokio::time::timeout(self.timeout(), &mut run).await {
            Ok(Ok(results)) => self.named(results),
            Ok(Err(failure)) => self.crashed(&failure),
            Err(_) => {
                run.abort();
                self.timed_out(&format!("no answer within {:?}", self.timeout()))
            }
        }
    }

    /// Keeps what a run found, for who can't wait for the next one.
    pub fn keep(&self, results: &[(CheckName, CheckResult)], at: Instant) {
        let results = results.to_vec();
        self.found.send_replace(Some(Found { at, results }));
    }

    /// Hears when a run of this probe ends, whatever the others do.
    pub fn subscribe(&self) -> watch::Receiver<Option<Found>> {
        self.found.subscribe()
    }

    pub fn feeds(&self, check: &str) -> bool {
        self.probe.names().iter().any(|name| &**name == check)
    }

    /// What was found at `oldest` or later; without that, the probe counts as timed out.
    pub fn found_since(&self, oldest: Option<Instant>) -> Vec<(CheckName, CheckResult)> {
        match &*self.found.borrow() {
            Some(found) if oldest.is_none_or(|oldest| found.at >= oldest) => found.results.clone(),
            _ => self.timed_out("no answer yet"),
        }
    }

    fn is_hanging(&self) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().is_some_and(|run| !run.is_finished())
    }

    fn timed_out(&self, cause: &str) -> Vec<(CheckName, CheckResult)> {
        self.all(&CheckResult::failed(Code::Timeout).with_cause(cause))
    }

    fn crashed(&self, failure: &JoinError) -> Vec<(CheckName, CheckResult)> {
        let names = self.probe.names().join(", ");
        tracing::error!(error = failure as &dyn std::error::Error, checks = %names,
            "the health probe of {names} did not come to an end");
        self.all(&CheckResult::failed(Code::Query).with_cause(failure))
    }

    /// Exactly one result for each name, whatever the probe returned.
    fn named(&self, results: Vec<(CheckName, CheckResult)>) -> Vec<(CheckName, CheckResult)> {
        let find = |name: &CheckName| {
            let found = results.iter().find(|(other, _)| other == name);
            found.map_or_else(
                || CheckResult::failed(Code::Query).with_cause("the probe gave no result for it"),
                |(_, check)| check.clone(),
            )
        };
        let names = self.probe.names().iter();
        names.map(|name| (name.clone(), find(name))).collect()
    }
}
