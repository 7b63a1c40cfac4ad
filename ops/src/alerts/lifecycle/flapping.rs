//! Flapping: an alert that changes so often that each change is no news.

use serde::{Deserialize, Serialize};

use super::tick::Tick;
use crate::alerts::settings::Flap;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flapping {
    /// When it began or ceased to fire, within the time that counts.
    changes_ms: Vec<i64>,
    pub is_flapping: bool,
}

/// More changes than this are not kept: they say nothing more.
const KEPT: usize = 100;

impl Flapping {
    pub(super) fn change(&mut self, at_ms: i64) {
        self.changes_ms.push(at_ms);
        if self.changes_ms.len() > KEPT {
            self.changes_ms.remove(0);
        }
    }

    /// Whether it begins or ends; to be asked once a round.
    pub(super) fn settle(&mut self, tick: &Tick, flap: Flap) -> Option<Change> {
        let within = u64::try_from(flap.within.as_millis()).unwrap_or(u64::MAX);
        for change in &mut self.changes_ms {
            // A clock that was set back must not make it last for ever.
            *change = (*change).min(tick.at_ms);
        }
        self.changes_ms
            .retain(|change| tick.since_ms(*change) < within);
        let changes = u32::try_from(self.changes_ms.len()).unwrap_or(u32::MAX);
        if !self.is_flapping && changes >= flap.changes {
            self.is_flapping = true;
            return Some(Change::Started { changes });
        }
        if self.is_flapping && changes == 0 {
            self.is_flapping = false;
            return Some(Change::Ended);
        }
        None
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Started { changes: u32 },
    Ended,
}
