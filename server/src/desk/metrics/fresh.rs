//! What a scrape tells and must not ask for: here it is asked for, whether or not anybody looks.

use std::time::{Duration, SystemTime};

use ops::task::Pulse;

use crate::desk::state::DeskState;

/// Checks that somebody else has asked for since then are not run again.
const CHECKS_EVERY: Duration = Duration::from_secs(15);
/// A count takes seconds where there are millions of cards.
const COUNT_EVERY: Duration = Duration::from_secs(60);
const ROUND: Duration = Duration::from_secs(1);

/// Asks for as long as it is polled.
pub async fn keep(desk: &DeskState, pulse: &Pulse) {
    loop {
        pulse.beat();
        let now = desk.clock.now();
        let is_due = |at: Option<SystemTime>, every: Duration| {
            at.is_none_or(|at| now.duration_since(at).is_ok_and(|age| age >= every))
        };
        let checked_at = desk.health.last().map(|report| report.measured_at());
        if is_due(checked_at, CHECKS_EVERY) {
            desk.health.report_within(CHECKS_EVERY).await;
        }
        let counted_at = desk.watched.last_statistics().map(|(_, at)| at);
        // Before the first migration there is nothing to count.
        if desk.phase.check().ready && is_due(counted_at, COUNT_EVERY) {
            desk.watched
                .statistics(&desk.host_service, Duration::ZERO)
                .await;
        }
        tokio::time::sleep(ROUND).await;
    }
}
