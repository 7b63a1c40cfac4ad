//! How long a request waits for databases, summed up beside the request itself.

use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

tokio::task_local! {
    /// Of the request that this task serves at the moment.
    static SPENT: Cell<Duration>;
}

/// Runs `work` and tells how long it waited for [`Db`](super::Db). Neither allocates nor locks:
/// requests take turns on a task, and what each of them spends stands in its own future.
pub async fn timed<F: Future>(work: F) -> (F::Output, Duration) {
    let scoped = SPENT.scope(Cell::new(Duration::ZERO), work);
    tokio::pin!(scoped);
    let output = scoped.as_mut().await;
    let spent = scoped.take_value().map(Cell::into_inner);
    (output, spent.unwrap_or_default())
}

/// What waits at the same time counts as often. Work that no request waits for counts nowhere.
pub(super) fn add(waited: Duration) {
    _ = SPENT.try_with(|spent| spent.set(spent.get().saturating_add(waited)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_request_is_told_its_own() {
        let request = async |waits: u64| {
            timed(async {
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
