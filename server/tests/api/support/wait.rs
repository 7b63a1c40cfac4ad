//! Waiting for something to come true, never for time to pass.

use std::time::{Duration, Instant};

const ASK_EVERY: Duration = Duration::from_millis(20);

/// For what takes a moment and has no limit of its own in the contract.
pub const SOON: Duration = Duration::from_secs(15);

/// Asks again and again until there is an answer; fails with `what` once `limit` is over.
pub async fn eventually<T>(
    what: &str,
    limit: Duration,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        let answer = ask().await;
        let elapsed = started.elapsed();
        match answer {
            Some(answer) if elapsed <= limit => return answer,
            Some(_) => panic!("{what}: only after {elapsed:?} instead of {limit:?}"),
            None => assert!(elapsed <= limit, "{what}: not within {limit:?}"),
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}
