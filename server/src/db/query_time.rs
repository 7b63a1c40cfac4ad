//! What the request that a task serves at the moment shares with its operations on databases: how long
//! it waits for them, and its trace.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use crate::traces::Parent;

struct Served {
    spent: Cell<Duration>,
    trace: Option<Parent>,
}

tokio::task_local! {
    static SERVED: Served;
}

/// Runs `work` and tells how long it waited for [`Db`](super::Db); what it asks of databases is part of
/// the trace. Neither allocates nor locks: requests take turns on a task, and what each of them spends
/// stands in its own future.
pub async fn timed<F: Future>(trace: Option<Parent>, work: F) -> (F::Output, Duration) {
    let served = Served {
        spent: Cell::new(Duration::ZERO),
        trace,
    };
    let scoped = SERVED.scope(served, work);
    tokio::pin!(scoped);
    let output = scoped.as_mut().await;
    let served = scoped.take_value();
    let spent = served.map(|served| served.spent.into_inner());
    (output, spent.unwrap_or_default())
}

/// What waits at the same time counts as often. Work that no request waits for counts nowhere.
pub(super) fn add(waited: Duration) {
    _ = SERVED.try_with(|served| served.spent.set(served.spent.get().saturating_add(waited)));
}

/// What an operation's span hangs from; `None` if the request is not recorded, or there is none.
pub(super) fn trace() -> Option<Parent> {
    SERVED
        .try_with(|served| served.trace.clone())
        .ok()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_request_is_told_its_own() {
        let request = async |waits: u64| {
            timed(None, async {
                for _ in 0..waits {
                    add(Duration::from_millis(2));
                    tokio::task::yield_now().await;
                }
            })
            .await
            .1
        };
        let (one, other) = tokio::join!(request(3), request(5));
        assert_eq!(one, Duration::from_millis(6));
        assert_eq!(other, Duration::from_millis(10));
        add(Duration::from_millis(1));
        assert_eq!(request(0).await, Duration::ZERO);
    }
}
