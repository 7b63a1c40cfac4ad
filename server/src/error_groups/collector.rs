//! From the log to the groups, off the path of any request.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use ops::errors::Errors;
use ops::log::LogHandle;
use ops::task::Pulse;
use tokio::time::sleep;

/// How often groups are written: a crash loses no more than the time between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// How long the last lines may take from the log's queue to its file.
const FLUSH_LIMIT: Duration = Duration::from_millis(500);

/// Groups what is logged until `stop` resolves, and what was logged up to then.
pub async fn collect(
    errors: Arc<Errors>,
    log: LogHandle,
    pulse: Pulse,
    stop: impl Future<Output = ()>,
) {
    let stop = stop.shared();
    // A store that hangs holds no line up.
    let absorbing = async {
        loop {
            tokio::select! {
                () = stop.clone() => return,
                () = log.errors_arrived() => {}
            }
            absorb(&errors, &log, Duration::ZERO).await;
        }
    };
    let writing = async {
        loop {
            let round = async {
                pulse.beat();
                errors.tick().await;
                sleep(WRITE_EVERY).await;
            };
            // A round may be left anywhere: what it wrote unnoticed is written again.
            tokio::select! {
                () = stop.clone() => return,
                () = round => {}
            }
        }
    };
    futures_util::join!(absorbing, writing);
    absorb(&errors, &log, FLUSH_LIMIT).await;
    errors.tick().await;
}

/// On a thread where it may take its time: after a flood there is much to read. Never left halfway.
async fn absorb(errors: &Arc<Errors>, log: &LogHandle, flush_limit: Duration) {
    let (errors, log) = (Arc::clone(errors), log.clone());
    let absorbed = tokio::task::spawn_blocking(move || {
        if !flush_limit.is_zero() {
            log.flush(flush_limit);
        }
        let lines = log.take_errors();
        errors.absorb(&lines.bytes, lines.missed);
    });
    if let Err(panicked) = absorbed.await {
        // A warning: an error would come back here.
        tracing::warn!(
            error = &panicked as &dyn std::error::Error,
            "errors could not be grouped"
        );
    }
}
