//! What runs beside the requests, for as long as the service does.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::auth::rounds;
use crate::bring_up;
use crate::desk::diagnosis;
use crate::error_groups;
use crate::state::AppState;

/// How long entries of the audit that are still under way may take at the end.
const AUDIT_GRACE: Duration = Duration::from_secs(1);

pub struct Background {
    /// They end wherever they are.
    aborted: Vec<JoinHandle<()>>,
    /// They end by themselves once all requests are served, and write what they have.
    finished: [(&'static str, JoinHandle<()>); 4],
    /// Dropped when all requests are served.
    serving: oneshot::Sender<()>,
}

impl Background {
    pub fn start(state: &Arc<AppState>) -> Self {
        let (desk, recorded) = (&state.desk, &state.desk.recorded);
        let level = Arc::clone(&desk.log.level);
        let (refusals, clock) = (desk.log.refusals.clone(), Arc::clone(&desk.clock));
        let (auth, diagnosed) = (state.auth.clone(), state.desk.clone());
        let aborted = vec![
            tokio::spawn(bring_up::all(Arc::clone(state))),
            tokio::spawn(async move { level.keep().await }),
            tokio::spawn(Arc::clone(&state.edge.connections).report()),
            tokio::spawn(async move { rounds::keep(&auth).await }),
            tokio::spawn(async move { diagnosis::keep(&diagnosed).await }),
            tokio::spawn(async move { refusals.keep_telling(&*clock).await }),
        ];
        let (serving, served_all) = oneshot::channel::<()>();
        let served_all = served_all.map(drop).shared();
        let (traffic, told) = (Arc::clone(&recorded.traffic), served_all.clone());
        let counting = tokio::spawn(async move { traffic.run_until(told).await });
        let (host, told) = (Arc::clone(&recorded.host), served_all.clone());
        let sampling = tokio::spawn(async move { host.run_until(told).await });
        let (errors, log) = (Arc::clone(&recorded.errors), desk.log.handle.clone());
        let grouping = tokio::spawn(error_groups::collect(errors, log, served_all.clone()));
        let fleet = Arc::clone(&recorded.fleet);
        let beating = tokio::spawn(async move { fleet.run_until(served_all).await });
        Self {
            aborted,
            finished: [
                ("traffic recorder", counting),
                ("host sampler", sampling),
                ("collector of errors", grouping),
                ("heartbeat", beating),
            ],
            serving,
        }
    }

    /// After the last request, so that it counts.
    pub async fn stop(self, state: &AppState) {
        for task in self.aborted {
            task.abort();
        }
        let desk = &state.desk;
        desk.log.refusals.tell(desk.clock.monotonic());
        drop(self.serving);
        for (what, task) in self.finished {
            if let Err(panicked) = task.await {
                tracing::error!(
                    error = &panicked as &dyn std::error::Error,
                    "the {what} broke"
                );
            }
        }
        state.auth.audit_trail.flush(AUDIT_GRACE).await;
    }
}
