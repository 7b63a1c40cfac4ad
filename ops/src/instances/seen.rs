//! [`Seen`]: what the store told last, and what follows from it for each instance.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::series::StoreError;

/// Four heartbeats that did not come.
const SILENT_AFTER_MS: i64 = 20_000;

/// What an instance says of itself. Times in milliseconds since the Unix epoch, by its own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub name: String,
    pub version: String,
    pub commit: String,
    pub started_ms: i64,
    pub seen_ms: i64,
    /// It said that it ends.
    pub stopped_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its heartbeat is fresh.
    Live,
    /// Its heartbeat is late, and it did not say that it ends.
    Silent,
    Stopped,
}

/// What the store told last.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub instances: Vec<Instance>,
    /// When that was, by this instance's clock; `None`: never.
    pub read_ms: Option<i64>,
    /// Why it tells nothing now.
    pub error: Option<Arc<StoreError>>,
}

impl Seen {
    /// All that are known, this one as it knows itself: those that run first, then those that were
    /// seen last.
    pub fn known(self, own: Instance) -> Vec<(Instance, State)> {
        // Nobody was seen since the store is away: that says nothing about them.
        let looked_ms = self.read_ms.unwrap_or(own.seen_ms);
        let state = |one: &Instance| match one.stopped_ms {
            Some(_) => State::Stopped,
            None if looked_ms - one.seen_ms > SILENT_AFTER_MS => State::Silent,
            None => State::Live,
        };
        let others = self.instances.into_iter();
        let others = others.filter(|one| one.name != own.name);
        let mut known: Vec<_> = others
            .map(|one| {
                let state = state(&one);
                (one, state)
            })
            .collect();
        known.push((own, State::Live));
        known.sort_by_key(|(one, state)| {
            let is_gone = *state != State::Live;
            (is_gone, Reverse(one.seen_ms), one.name.clone())
        });
        known
    }

    /// As the store told it; of this instance that is old.
    pub fn of(&self, name: &str) -> Option<&Instance> {
        self.instances.iter().find(|one| one.name == name)
    }

    /// When the store was read, if it tells how things are now.
    pub fn current_ms(&self) -> Option<i64> {
        self.read_ms.filter(|_| self.error.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn instance(name: &str, seen_ms: i64, stopped_ms: Option<i64>) -> Instance {
        Instance {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            commit: "abc".to_owned(),
            started_ms: seen_ms - 61_000,
            seen_ms,
            stopped_ms,
        }
    }

    fn seen(read_ms: i64) -> Seen {
        Seen {
            instances: vec![
                instance("idle", NOW - 19_000, None),
                // The store's word of this one is old: it knows itself better.
                instance("own", NOW - 900_000, None),
                instance("silent", NOW - 21_000, None),
                instance("stopped", NOW - 5000, Some(NOW - 5000)),
            ],
            read_ms: Some(read_ms),
            error: None,
        }
    }

    fn states(known: &[(Instance, State)]) -> Vec<(&str, State)> {
        let all = known.iter();
        all.map(|(one, state)| (one.name.as_str(), *state))
            .collect()
    }

    #[test]
    fn those_that_run_come_first_then_those_that_were_seen_last() {
        let known = seen(NOW).known(instance("own", NOW, None));
        assert_eq!(
            states(&known),
            [
                ("own", State::Live),
                ("idle", State::Live),
                ("stopped", State::Stopped),
                ("silent", State::Silent),
            ]
        );
    }

    #[test]
    fn who_can_not_be_seen_for_the_store_is_not_called_silent() {
        let away = Seen {
            error: Some(Arc::new(StoreError::Timeout)),
            ..seen(NOW - 1500)
        };
        assert_eq!(away.current_ms(), None);
        let known = away.known(instance("own", NOW + 600_000, None));
        assert!(states(&known).contains(&("idle", State::Live)));
    }

    #[test]
    fn an_instance_alone_knows_itself_without_a_store() {
        let known = Seen::default().known(instance("own", NOW, None));
        assert_eq!(states(&known), [("own", State::Live)]);
    }
}
