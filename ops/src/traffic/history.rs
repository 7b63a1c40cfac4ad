//! What the store told of other processes and of earlier runs, kept so that no page waits for it.

use std::collections::HashMap;

use super::minute::Minute;
use super::rows::{RunMinute, Totals};
use super::traffic::Run;

#[derive(Default)]
pub(super) struct History {
    minutes: HashMap<(Minute, Run), Totals>,
}

impl History {
    /// All there is.
    pub fn replace(&mut self, found: Vec<RunMinute>) {
        self.minutes.clear();
        self.update(found);
    }

    /// Some of it, maybe anew. Whatever can't be read is left out: that minute is not covered.
    pub fn update(&mut self, found: Vec<RunMinute>) {
        for row in found {
            if row.totals.to_tally().is_ok() {
                self.minutes.insert((row.minute, row.run), row.totals);
            } else {
                tracing::debug!(
                    minute = row.minute.number(),
                    instance = row.run.instance,
                    "a minute in the traffic store is corrupt"
                );
            }
        }
    }

    pub fn forget_before(&mut self, oldest: Minute) {
        self.minutes.retain(|(minute, _), _| *minute >= oldest);
    }

    pub fn iter(&self) -> impl Iterator<Item = (Minute, &Totals)> {
        let minutes = self.minutes.iter();
        minutes.map(|((minute, _), totals)| (*minute, totals))
    }
}
