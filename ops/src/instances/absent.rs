//! [`Absent`]: whose alerts nobody keeps up to date any more.

use std::collections::BTreeMap;

use super::seen::{Instance, Seen};
use crate::clock::DAY_MS;

/// Twelve heartbeats that did not come.
const GONE_AFTER_MS: i64 = 60_000;

/// An instance that has not been heard of for so long is forgotten, and its alerts end.
const FORGOTTEN_AFTER_MS: i64 = DAY_MS;

/// One that said that it ends may come back as what it was.
const RESTART_MS: i64 = 10 * 60_000;

/// Who can't evaluate any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absent {
    /// Of whom nothing is known.
    pub gone: Vec<String>,
    /// Who will not come back.
    pub forgotten: Vec<String>,
}

impl Seen {
    /// As far as the store tells; with the store away nobody is gone. `known`: those of whom there are
    /// alerts, and when each evaluated last. `own` is never absent.
    pub fn absent(&self, own: &str, known: &BTreeMap<String, i64>) -> Absent {
        let mut absent = Absent::default();
        let Some(read_ms) = self.current_ms() else {
            return absent;
        };
        for (name, evaluated_ms) in known.iter().filter(|(name, _)| *name != own) {
            let seen = self.of(name);
            // One that has just come evaluates before others read that it is there.
            let last_ms = seen.map_or(*evaluated_ms, |one| one.seen_ms);
            let silent_ms = read_ms.saturating_sub(last_ms);
            let has_stopped = seen.is_some_and(|one| one.stopped_ms.is_some());
            let limit = if has_stopped {
                RESTART_MS
            } else {
                FORGOTTEN_AFTER_MS
            };
            if silent_ms >= limit {
                absent.forgotten.push(name.clone());
            } else if has_stopped || silent_ms > GONE_AFTER_MS {
                absent.gone.push(name.clone());
            }
        }
        absent
    }

    /// Those that are to be heard of: neither stopped nor forgotten.
    pub fn expected(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter().filter(|one| {
            let silent_ms = self.read_ms.unwrap_or(one.seen_ms) - one.seen_ms;
            one.stopped_ms.is_none() && silent_ms < FORGOTTEN_AFTER_MS
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::series::StoreError;

    const NOW: i64 = 1_800_000_000_000;

    fn instance(name: &str, silent_ms: i64, has_stopped: bool) -> Instance {
        let seen_ms = NOW - silent_ms;
        Instance {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            commit: "abc".to_owned(),
            started_ms: seen_ms,
            seen_ms,
            stopped_ms: has_stopped.then_some(seen_ms),
        }
    }

    fn seen() -> Seen {
        Seen {
            instances: vec![
                instance("own", 90_000, false),
                instance("late", 60_000, false),
                instance("lost", 60_001, false),
                instance("long lost", DAY_MS, false),
                instance("restarting", RESTART_MS - 1, true),
                instance("ended", RESTART_MS, true),
            ],
            read_ms: Some(NOW),
            error: None,
        }
    }

    fn known() -> BTreeMap<String, i64> {
        let names = [
            "own",
            "late",
            "lost",
            "long lost",
            "restarting",
            "ended",
            "new",
        ];
        names.map(|name| (name.to_owned(), NOW - 1000)).into()
    }

    #[test]
    fn who_is_late_is_gone_and_who_is_gone_for_long_is_forgotten() {
        let absent = seen().absent("own", &known());
        assert_eq!(absent.gone, ["lost", "restarting"]);
        assert_eq!(absent.forgotten, ["ended", "long lost"]);
    }

    #[test]
    fn with_the_store_away_nobody_is_gone() {
        let away = Seen {
            error: Some(Arc::new(StoreError::Timeout)),
            ..seen()
        };
        assert_eq!(away.absent("own", &known()), Absent::default());
        let never = Seen {
            read_ms: None,
            ..seen()
        };
        assert_eq!(never.absent("own", &known()), Absent::default());
    }

    #[test]
    fn who_has_stopped_or_is_forgotten_is_not_expected() {
        let seen = seen();
        let names: Vec<&str> = seen.expected().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["own", "late", "lost"]);
    }
}
