//! One asks, and all who want to know the same meanwhile share the answer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// A question that is under way: as many may wait for its answer as like.
pub type Flight<T> = Shared<BoxFuture<'static, T>>;

/// The questions under way, by what they ask for.
pub struct SingleFlight<K, T: Clone>(Mutex<Flights<K, T>>);

impl<K, T: Clone> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, T: Clone> SingleFlight<K, T> {
    /// The question for `key` that is under way already, else what `ask` begins. It goes on for as long
    /// as one of those who took it waits.
    pub fn join(&self, key: &K, ask: impl FnOnce() -> BoxFuture<'static, T>) -> Flight<T> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = under_way(&flights, key) {
            return flight;
        }
        flights.retain(|_, flight| flight.upgrade().is_some());
        let flight = ask().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key.clone(), weak);
        }
        flight
    }

    pub fn under_way(&self, key: &K) -> Option<Flight<T>> {
        under_way(&self.0.lock().unwrap_or_else(PoisonError::into_inner), key)
    }
}

type Flights<K, T> = HashMap<K, WeakShared<BoxFuture<'static, T>>>;

/// An answer that has come is old news.
fn under_way<K: Eq + Hash, T: Clone>(flights: &Flights<K, T>, key: &K) -> Option<Flight<T>> {
    let flight = flights.get(key).and_then(WeakShared::upgrade);
    flight.filter(|flight| flight.peek().is_none())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn who_comes_meanwhile_shares_the_answer_and_who_comes_later_asks_anew() {
        let flights = SingleFlight::default();
        let (answer, answered) = oneshot::channel();
        let ask = || async move { answered.await.unwrap() }.boxed();
        let first = flights.join(&"a", ask);
        let mut first = std::pin::pin!(first);
        assert!(first.as_mut().now_or_never().is_none());
        let second = flights.join(&"a", || async { 2 }.boxed());
        let mut second = std::pin::pin!(second);
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(flights.join(&"b", || async { 3 }.boxed()).await, 3);

        answer.send(1).unwrap();
        assert_eq!((first.await, second.await), (1, 1));
        assert_eq!(flights.join(&"a", || async { 4 }.boxed()).await, 4);
    }
}
