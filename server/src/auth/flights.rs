//! One asks, and all who want to know the same meanwhile share the answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

pub struct Flights<T: Clone>(Mutex<HashMap<String, WeakShared<BoxFuture<'static, T>>>>);

impl<T: Clone> Default for Flights<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Flights<T> {
    /// The answer to `key` that somebody waits for already, else what `ask` brings. It goes on for as
    /// long as one of them waits.
    pub async fn join(&self, key: &str, ask: impl FnOnce() -> BoxFuture<'static, T>) -> T {
        self.board(key, ask).await
    }

    fn board(
        &self,
        key: &str,
        ask: impl FnOnce() -> BoxFuture<'static, T>,
    ) -> Shared<BoxFuture<'static, T>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = flights.get(key).and_then(WeakShared::upgrade);
        // An answer that has come is old news.
        if let Some(flight) = under_way.filter(|flight| flight.peek().is_none()) {
            return flight;
        }
        flights.retain(|_, flight| flight.upgrade().is_some());
        let flight = ask().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key.to_owned(), weak);
        }
        flight
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn who_comes_meanwhile_shares_the_answer_and_who_comes_later_asks_anew() {
        let flights = Flights::default();
        let (answer, answered) = oneshot::channel();
        let ask = || async move { answered.await.unwrap() }.boxed();
        let first = flights.join("a", ask);
        let mut first = std::pin::pin!(first);
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        let second = flights.join("a", || async { 2 }.boxed());
        let mut second = std::pin::pin!(second);
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        assert_eq!(flights.join("b", || async { 3 }.boxed()).await, 3);

        answer.send(1).unwrap();
        assert_eq!((first.await, second.await), (1, 1));
        assert_eq!(flights.join("a", || async { 4 }.boxed()).await, 4);
    }
}
