//! What each replica learns from the registry every few seconds, to know it when the registry can't be
//! asked: which sessions and tokens stand.

use std::time::Duration;

use ops::task::Pulse;
use tokio::time::timeout;

use super::state::AuthState;

/// An ended session, a revoked token, a deactivated or demoted user are to be known within ten
/// seconds.
const EVERY: Duration = Duration::from_secs(3);
/// While the registry is being brought up.
const AT_FIRST: Duration = Duration::from_secs(1);
/// How long the first round waits for the tables of a new database. No longer: one database that
/// hangs must not keep the other's answers from being known.
const BRING_UP_PATIENCE: Duration = Duration::from_secs(5);

pub async fn keep(state: &AuthState, pulse: &Pulse) {
    _ = timeout(BRING_UP_PATIENCE, state.sessions.bring_up_tried()).await;
    let mut pause = AT_FIRST;
    loop {
        pulse.beat();
        let (has_answered, ()) =
            futures_util::join!(state.sessions.refresh(), state.api_tokens.refresh());
        if has_answered {
            pause = EVERY;
        }
        tokio::time::sleep(pause).await;
    }
}
