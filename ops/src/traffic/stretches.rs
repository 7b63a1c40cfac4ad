//! Stretches of time of a few lengths, each put together once from shorter ones and kept until a row in
//! it changes: a month on a page costs what its steps cost, not what its rows do.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::clock::{Minute, Span};
use crate::store::{RETENTION_MINUTES, SHOWN_MINUTES, Whose};

/// In minutes; each is made of those before it. They start at multiples of their length.
pub(super) const LENGTHS: [u32; 6] = [1, 5, 10, 60, 360, 1440];

/// Of how many instances stretches are kept.
const MAX_KEPT: usize = 8;

/// By length and start; `None` are those of which nothing is known.
pub(super) type Stretches<T> = HashMap<(u32, Minute), Option<Arc<T>>>;

pub(super) struct Kept<T> {
    of: HashMap<Whose, Stretches<T>>,
    changes: u64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            of: HashMap::new(),
            changes: 0,
        }
    }
}

impl<T> Kept<T> {
    pub fn of(&mut self, whose: &Whose) -> &mut Stretches<T> {
        if !self.of.contains_key(whose) && self.of.len() >= MAX_KEPT {
            self.of.clear();
        }
        self.of.entry(whose.clone()).or_default()
    }

    /// Whatever contains this row is to be put together anew.
    pub fn outdate(&mut self, span: Span, start: Minute) {
        self.changes += 1;
        for stretches in self.of.values_mut() {
            for length in LENGTHS {
                if length >= span.minutes() {
                    stretches.remove(&(length, start.floor(length)));
                }
            }
        }
    }

    /// Another number after each change.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What is too old to be shown.
    pub fn forget(&mut self, now: Minute) {
        let minutes = now.minus(RETENTION_MINUTES);
        let hours = oldest_shown(now);
        for stretches in self.of.values_mut() {
            stretches.retain(|(length, start), _| {
                let is_short = *length < Span::Hour.minutes();
                *start >= if is_short { minutes } else { hours }
            });
        }
    }

    pub fn clear(&mut self) {
        self.changes += 1;
        self.of.clear();
    }
}

pub(super) fn oldest_shown(now: Minute) -> Minute {
    Span::Day.start_of(now.minus(SHOWN_MINUTES))
}

/// As few stretches as will do, by length and start.
pub(super) fn pieces(within: Range<Minute>) -> impl Iterator<Item = (u32, Minute)> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let start = at;
        let fits =
            |length: &u32| start.floor(*length) == start && start.plus(*length) <= within.end;
        let length = LENGTHS.into_iter().rev().find(fits)?;
        at = start.plus(length);
        Some((length, start))
    })
}

/// Those of the next shorter length that it is made of; none, if there is no shorter one.
pub(super) fn parts(length: u32, start: Minute) -> impl Iterator<Item = (u32, Minute)> {
    let shorter = LENGTHS.into_iter().rev().find(|shorter| *shorter < length);
    let starts = shorter.map(|shorter| {
        (0..length / shorter).map(move |part| (shorter, start.plus(part * shorter)))
    });
    starts.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_and_their_parts_come_to_the_whole(from in -9_000_i64..9_000, minutes in 0..20_000_u32) {
            let from = Minute::from_number(from);
            let mut at = from;
            for (length, start) in pieces(from..from.plus(minutes)) {
                prop_assert_eq!(start, at);
                prop_assert_eq!(start.floor(length), start);
                let mut part_at = start;
                for (part, start) in parts(length, start) {
                    prop_assert_eq!(start, part_at);
                    part_at = start.plus(part);
                }
                at = start.plus(length);
                prop_assert_eq!(part_at, if length == 1 { start } else { at });
            }
            prop_assert_eq!(at, from.plus(minutes));
        }
    }
}
