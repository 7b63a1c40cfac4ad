//! What a scrape tells and must not ask for: here it is asked for, whether or not anybody looks.

use std::time::Duration;

use ops::task::Pulse;

use crate::desk::state::DeskState;

const CHECKS_EVERY: Duration = Duration::from_secs(15);
/// A count takes seconds where there are millions of cards.
const COUNTS_EVERY: u32 = 4;
/// Until there is one.
const FIRST_COUNT: Duration = Duration::from_secs(1);

/// Asks for as long as it is polled. Checks that somebody else has asked for just now are not run again.
pub async fn keep(desk: &DeskState, pulse: &Pulse) {
    let mut rounds = 0_u32;
    loop {
        pulse.beat();
        let is_counted = desk.watched.last_statistics().is_some();
        // Before the first migration there is nothing to count.
        if desk.phase.check().ready && (!is_counted || rounds.is_multiple_of(COUNTS_EVERY)) {
            desk.watched
                .statistics(&desk.host_service, Duration::ZERO)
                .await;
        }
        if !is_counted {
            tokio::time::sleep(FIRST_COUNT).await;
            continue;
        }
        desk.health.report_within(CHECKS_EVERY).await;
        rounds = rounds.wrapping_add(1);
        tokio::time::sleep(CHECKS_EVERY).await;
    }
}
