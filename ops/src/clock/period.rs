//! A stretch of time to be shown, and its steps.

use std::ops::Range;

use super::minute::Minute;
use super::resolution::Resolution;

/// The last so many minutes, the running one included, in steps that begin at multiples of their
/// length: they do not shift from one look to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    pub minutes: u32,
    /// Minutes. In steps of hours the period begins with an hour, in steps of days with a day: it may
    /// lack a part of one.
    pub step: u32,
    /// So many minutes before now.
    pub ago: u32,
}

impl Period {
    /// Minute by minute.
    pub const DAY: Self = Self::of(24 * 60, 1);

    pub const fn of(minutes: u32, step: u32) -> Self {
        Self {
            minutes,
            step,
            ago: 0,
        }
    }

    /// As a whole.
    pub const fn total(minutes: u32) -> Self {
        Self::of(minutes, minutes)
    }

    /// The coarsest rows that its steps can be made of.
    pub(crate) fn granule(self) -> Resolution {
        if self.step == 0 || self.step >= self.minutes {
            return Resolution::Minute;
        }
        let divides = |resolution: &Resolution| self.step.is_multiple_of(resolution.minutes());
        let coarse = [Resolution::Day, Resolution::Hour]
            .into_iter()
            .find(divides);
        coarse.unwrap_or(Resolution::Minute)
    }

    pub(crate) fn grid(self, now: Minute) -> Grid {
        let last = now.minus(self.ago);
        let length = self.step.max(1);
        let from = self.granule().end_of(last.minus(self.minutes));
        // A period as a whole is one step, wherever it begins.
        let start = if length < self.minutes {
            from.floor(length)
        } else {
            from
        };
        Grid {
            from,
            end: last.plus(1),
            start,
            length,
            count: last.since(start).unwrap_or(0) / length + 1,
        }
    }

    pub(crate) fn contains(self, minute: Minute, now: Minute) -> bool {
        let grid = self.grid(now);
        (grid.from..grid.end).contains(&minute)
    }

    pub const fn before(self, ago: u32) -> Self {
        Self { ago, ..self }
    }
}

/// Where a period and its steps begin and end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// The first minute of the period.
    pub from: Minute,
    /// The first one after it.
    pub end: Minute,
    /// Where the first step begins; the period may begin within it.
    pub start: Minute,
    /// Of a step, in minutes.
    pub length: u32,
    /// How many steps there are.
    pub count: u32,
}

impl Grid {
    /// What of a step lies within the period.
    pub fn within(&self, step: u32) -> Range<Minute> {
        let start = self.start.plus(step * self.length);
        start.max(self.from)..start.plus(self.length).min(self.end)
    }

    /// Of the period.
    pub fn minutes(&self) -> u32 {
        self.end.since(self.from).unwrap_or(0)
    }
}
