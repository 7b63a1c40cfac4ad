//! The dead man's switch: somebody outside hears once a minute that this desk watches, and hears why if
//! it does not.

use std::time::Duration;

use ops::task::Pulse;

use super::alerting::Alerting;

const EVERY: Duration = Duration::from_secs(60);

/// The first one comes sooner.
const FIRST: Duration = Duration::from_secs(20);

/// An evaluator that has finished no round for so long is not evaluating.
const LATE: Duration = Duration::from_secs(30);

/// A store that has been away for so long has been missed.
const AWAY: Duration = Duration::from_secs(300);

const STUCK_MS: i64 = 600_000;

/// Tells for as long as it is polled.
pub async fn keep(alerting: &Alerting, pulse: &Pulse) {
    let mut pause = FIRST;
    let mut has_failed = false;
    loop {
        pulse.beat();
        tokio::time::sleep(pause).await;
        pause = EVERY;
        let Some(url) = alerting.setup().heartbeat_url.clone() else {
            continue;
        };
        let seen = alerting.seen();
        // The one that leads speaks for all; without a store nobody knows who leads.
        if !seen.leads && seen.away.is_none() {
            continue;
        }
        let failure = trouble(alerting);
        let told = alerting.courier.ping(&url, failure.as_deref()).await;
        match told {
            Ok(()) => has_failed = false,
            Err(reason) if !has_failed => {
                has_failed = true;
                tracing::warn!(reason, "the heartbeat was not taken: {reason}");
            }
            Err(_) => {}
        }
    }
}

/// Why nobody should rely on this desk now.
pub fn trouble(alerting: &Alerting) -> Option<String> {
    let seen = alerting.seen();
    let now = alerting.clock.monotonic();
    let age = seen
        .last_round
        .map(|(_, at)| now.saturating_duration_since(at));
    match age {
        None => return Some("no rule has been evaluated yet".to_owned()),
        Some(age) if age > LATE => {
            return Some(format!(
                "no rule has been evaluated for {} s",
                age.as_secs()
            ));
        }
        Some(_) => {}
    }
    if let Some((away, _)) = seen.away
        && away > AWAY
        && alerting.spool.has_failed()
    {
        return Some(format!("the store has been away for {} s", away.as_secs()));
    }
    let now_ms = alerting.now_ms();
    let channels = alerting.channels();
    let stuck = channels.iter().find(|(_, channel)| {
        let oldest = channel.oldest_queued_ms;
        oldest.is_some_and(|at| now_ms.saturating_sub(at) >= STUCK_MS)
    });
    stuck.map(|(name, _)| format!("notices for channel {name} have been waiting for ten minutes"))
}
