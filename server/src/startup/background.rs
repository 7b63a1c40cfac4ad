//! What runs beside the requests, for as long as the service does.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use ops::task::AtStop;
use tokio::sync::oneshot;

use super::bring_up;
use crate::alerting::{evaluator, heartbeat, sender};
use crate::auth::rounds;
use crate::desk::{diagnosis, metrics};
use crate::error_groups;
use crate::state::AppState;

/// How long entries of the audit that are still under way may take at the end.
const AUDIT_GRACE: Duration = Duration::from_secs(1);

/// Whoever has rounds of some seconds and begins none for so long hangs.
const ROUND: Option<Duration> = Some(Duration::from_secs(60));
/// Likewise whoever has a round a minute.
const SLOW_ROUND: Option<Duration> = Some(Duration::from_secs(180));

pub struct Background {
    /// Dropped when all requests are served.
    serving: oneshot::Sender<()>,
}

impl Background {
    pub fn start(state: &Arc<AppState>) -> Self {
        let (serving, served_all) = oneshot::channel::<()>();
        watch(state);
        judge(state);
        record(state, &served_all.map(drop).shared());
        Self { serving }
    }

    /// After the last request, so that it counts.
    pub async fn stop(self, state: &AppState) {
        let desk = &state.desk;
        desk.tasks.abort();
        desk.log.refusals.tell(desk.clock.monotonic());
        drop(self.serving);
        desk.tasks.finished().await;
        desk.alerting.stop().await;
        state.auth.audit_trail.flush(AUDIT_GRACE).await;
    }
}

/// What may end wherever it is.
fn watch(state: &Arc<AppState>) {
    let tasks = &state.desk.tasks;
    let all = Arc::clone(state);
    tasks.start("start-up", AtStop::Abort, None, move |_| {
        bring_up::all(Arc::clone(&all))
    });
    let level = Arc::clone(&state.desk.log.level);
    tasks.start("temporary log level", AtStop::Abort, None, move |_| {
        let level = Arc::clone(&level);
        async move { level.keep().await }
    });
    let connections = Arc::clone(&state.edge.connections);
    tasks.start(
        "report of refused connections",
        AtStop::Abort,
        None,
        move |_| Arc::clone(&connections).report(),
    );
    let auth = state.auth.clone();
    tasks.start(
        "copy of users' rights",
        AtStop::Abort,
        ROUND,
        move |pulse| {
            let auth = auth.clone();
            async move { rounds::keep(&auth, &pulse).await }
        },
    );
    let desk = state.desk.clone();
    tasks.start(
        "report of refused requests",
        AtStop::Abort,
        None,
        move |_| {
            let desk = desk.clone();
            async move { desk.log.refusals.keep_telling(&*desk.clock).await }
        },
    );
}

/// What judges how things are and tells of it, and may end wherever it is, too.
fn judge(state: &AppState) {
    let tasks = &state.desk.tasks;
    let desk = state.desk.clone();
    tasks.start("diagnosis", AtStop::Abort, ROUND, move |pulse| {
        let desk = desk.clone();
        async move { diagnosis::keep(&desk, &pulse).await }
    });
    let desk = state.desk.clone();
    tasks.start("figures of metrics", AtStop::Abort, ROUND, move |pulse| {
        let desk = desk.clone();
        async move { metrics::keep(&desk, &pulse).await }
    });
    let desk = state.desk.clone();
    tasks.start("evaluator of alerts", AtStop::Abort, ROUND, move |pulse| {
        let desk = desk.clone();
        async move { evaluator::keep(&desk, &pulse).await }
    });
    let alerting = Arc::clone(&state.desk.alerting);
    tasks.start("sender of notices", AtStop::Abort, ROUND, move |pulse| {
        let alerting = Arc::clone(&alerting);
        async move { sender::keep(&alerting, &pulse).await }
    });
    let alerting = Arc::clone(&state.desk.alerting);
    tasks.start(
        "heartbeat to the outside",
        AtStop::Abort,
        SLOW_ROUND,
        move |pulse| {
            let alerting = Arc::clone(&alerting);
            async move { heartbeat::keep(&alerting, &pulse).await }
        },
    );
}

/// What ends by itself once all requests are served, and writes what it has.
fn record(state: &AppState, served_all: &Shared<impl Future<Output = ()> + Send + Sync + 'static>) {
    let (desk, tasks) = (&state.desk, &state.desk.tasks);
    let (traffic, stop) = (Arc::clone(&desk.recorded.traffic), served_all.clone());
    tasks.start("traffic recorder", AtStop::Finish, ROUND, move |pulse| {
        let (traffic, stop) = (Arc::clone(&traffic), stop.clone());
        async move { traffic.run_until(&pulse, stop).await }
    });
    let (host, stop) = (Arc::clone(&desk.recorded.host), served_all.clone());
    tasks.start("host sampler", AtStop::Finish, ROUND, move |pulse| {
        let (host, stop) = (Arc::clone(&host), stop.clone());
        async move { host.run_until(&pulse, stop).await }
    });
    let (errors, log, stop) = (
        Arc::clone(&desk.recorded.errors),
        desk.log.handle.clone(),
        served_all.clone(),
    );
    tasks.start("collector of errors", AtStop::Finish, ROUND, move |pulse| {
        error_groups::collect(Arc::clone(&errors), log.clone(), pulse, stop.clone())
    });
    let (activity, stop) = (Arc::clone(&desk.recorded.activity), served_all.clone());
    tasks.start(
        "counter of log lines and queries",
        AtStop::Finish,
        ROUND,
        move |pulse| {
            let (activity, stop) = (Arc::clone(&activity), stop.clone());
            async move { activity.run_until(&pulse, stop).await }
        },
    );
    if let Some(exporter) = &state.exporter {
        let (exporter, stop) = (Arc::clone(exporter), served_all.clone());
        tasks.start("exporter of spans", AtStop::Finish, ROUND, move |pulse| {
            let (exporter, stop) = (Arc::clone(&exporter), stop.clone());
            async move { exporter.run_until(&pulse, stop).await }
        });
    }
    let (fleet, stop) = (Arc::clone(&desk.recorded.fleet), served_all.clone());
    tasks.start("heartbeat", AtStop::Finish, ROUND, move |pulse| {
        let (fleet, stop) = (Arc::clone(&fleet), stop.clone());
        async move { fleet.run_until(&pulse, stop).await }
    });
}
