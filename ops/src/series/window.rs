//! Windows: stretches of time of a few lengths, each summed once from shorter ones and kept until a row
//! in it changes. So a month on a page costs what its steps cost, not what its rows do.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::local::Counted;
use super::payload::Payload;
use super::store::{InstanceFilter, RETENTION_MINUTES, Row, SHOWN_MINUTES};
use crate::clock::{Covered, Minute, Resolution};

/// In minutes; each is a multiple of the one before it. Windows start at multiples of their length.
pub(crate) const LENGTHS: [u32; 6] = [1, 5, 10, 60, 360, 1440];

/// For how many instance filters windows are kept.
const MAX_KEPT: usize = 8;

/// What was recorded during a window, encoded. `V` is what charts show of its total.
pub(crate) struct Window<V> {
    pub covered_minutes: u32,
    start: Minute,
    by_key: Box<[(Arc<str>, Encoded)]>,
    view: OnceLock<V>,
}

struct Encoded {
    count: u64,
    payload: Box<[u8]>,
}

/// By length and start; `None` where nothing is known.
pub(crate) type Windows<V> = HashMap<(u32, Minute), Option<Arc<Window<V>>>>;

impl<V> Window<V> {
    /// Of the total: computed when it is asked for first.
    pub fn view<P: Payload>(&self) -> &V
    where
        V: for<'p> From<&'p P>,
    {
        self.view.get_or_init(|| {
            let mut sum: Sum<P> = Sum::default();
            sum.add_window(self);
            V::from(&sum.take_total().payload)
        })
    }

    /// Each key, the empty one of the total included, with its payload.
    pub fn decoded<P: Payload>(&self) -> impl Iterator<Item = (&Arc<str>, Counted<P>)> {
        self.by_key.iter().map(|(key, encoded)| {
            let mut counted = Counted::default();
            counted.add_encoded(encoded.count, &encoded.payload, self.start);
            (key, counted)
        })
    }
}

impl<P: Payload> Counted<P> {
    /// Whether the bytes were a payload; nothing is added otherwise.
    pub fn add_encoded(&mut self, count: u64, payload: &[u8], start: Minute) -> bool {
        let is_sound = self.payload.merge_encoded(payload, start).is_ok();
        if is_sound {
            self.count = self.count.saturating_add(count);
        }
        is_sound
    }
}

/// A window that is being summed.
#[derive(Default)]
pub(crate) struct Sum<P> {
    /// Only of rows, which all have the same start and resolution then.
    covered: Covered,
    pub covered_minutes: u32,
    by_key: HashMap<Arc<str>, Counted<P>>,
}

impl<P: Payload> Sum<P> {
    /// One of the rows that have the same start and resolution, grouped by what `group` makes of its
    /// key. Rows that can't be decoded are left out. The total says what is covered.
    pub fn add_row(&mut self, row: &Row, group: fn(&str) -> &str) {
        let key = group(&row.key);
        let counted = match self.by_key.get_mut(key) {
            Some(known) => known,
            None => self.by_key.entry(Arc::from(key)).or_default(),
        };
        let is_sound = counted.add_encoded(row.count, &row.payload, row.start);
        if is_sound && key.is_empty() {
            self.covered.add(row.covered);
            let parts = u32::try_from(self.covered.parts().count()).unwrap_or(0);
            self.covered_minutes = parts * row.resolution.finer().minutes();
        }
    }

    pub fn add_window<V>(&mut self, window: &Window<V>) {
        self.covered_minutes += window.covered_minutes;
        for (key, encoded) in &window.by_key {
            let counted = match self.by_key.get_mut(key) {
                Some(known) => known,
                None => self.by_key.entry(Arc::clone(key)).or_default(),
            };
            counted.add_encoded(encoded.count, &encoded.payload, window.start);
        }
    }

    /// The running minute's total, which covers so many minutes more.
    pub fn add_running(&mut self, total: &Counted<P>, minutes: u32) {
        self.covered_minutes += minutes;
        let known = self.by_key.entry(Arc::from("")).or_default();
        known.add(total.count, &total.payload);
    }

    pub fn take_total(&mut self) -> Counted<P> {
        self.by_key.remove("").unwrap_or_default()
    }

    /// `None` if nothing was covered.
    pub fn finish<V>(self, start: Minute) -> Option<Arc<Window<V>>> {
        if self.covered_minutes == 0 {
            return None;
        }
        let by_key = self.by_key.into_iter();
        let by_key = by_key.filter(|(key, counted)| counted.count > 0 || key.is_empty());
        let by_key = by_key.map(|(key, counted)| {
            let encoded = Encoded {
                count: counted.count,
                payload: counted.payload.encode(start).into_boxed_slice(),
            };
            (key, encoded)
        });
        Some(Arc::new(Window {
            covered_minutes: self.covered_minutes,
            start,
            by_key: by_key.collect(),
            view: OnceLock::new(),
        }))
    }
}

/// The windows that are kept, for each instance filter.
pub(crate) struct WindowCache<V> {
    by_filter: HashMap<InstanceFilter, Windows<V>>,
    changes: u64,
}

impl<V> Default for WindowCache<V> {
    fn default() -> Self {
        Self {
            by_filter: HashMap::new(),
            changes: 0,
        }
    }
}

impl<V> WindowCache<V> {
    pub fn of(&mut self, filter: &InstanceFilter) -> &mut Windows<V> {
        if !self.by_filter.contains_key(filter) && self.by_filter.len() >= MAX_KEPT {
            self.by_filter.clear();
        }
        self.by_filter.entry(filter.clone()).or_default()
    }

    /// Drops all windows that contain this row.
    pub fn invalidate(&mut self, resolution: Resolution, start: Minute) {
        self.changes += 1;
        for windows in self.by_filter.values_mut() {
            for length in LENGTHS {
                if length >= resolution.minutes() {
                    windows.remove(&(length, start.floor(length)));
                }
            }
        }
    }

    /// Another number after each change.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Drops what is too old to be shown.
    pub fn forget(&mut self, now: Minute) {
        let minutes = now.minus(RETENTION_MINUTES);
        let hours = oldest_shown(now);
        for windows in self.by_filter.values_mut() {
            windows.retain(|(length, start), _| {
                let is_short = *length < Resolution::Hour.minutes();
                *start >= if is_short { minutes } else { hours }
            });
        }
    }

    pub fn clear(&mut self) {
        self.changes += 1;
        self.by_filter.clear();
    }
}

pub(crate) fn oldest_shown(now: Minute) -> Minute {
    Resolution::Day.start_of(now.minus(SHOWN_MINUTES))
}

/// As few windows as a range can be made of, by length and start.
pub(crate) fn pieces(within: Range<Minute>) -> impl Iterator<Item = (u32, Minute)> {
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

/// The windows of the next shorter length that one is made of; none, if there is no shorter one.
pub(crate) fn parts(length: u32, start: Minute) -> impl Iterator<Item = (u32, Minute)> {
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
        fn pieces_and_their_parts_add_up_to_the_whole(from in -9_000_i64..9_000, minutes in 0..20_000_u32) {
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
