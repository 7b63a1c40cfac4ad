//! Minutes to hours, hours to days, and away with what is old: in small steps, off the path of any
//! request. Several processes may do it at once; each writes what the others would.

use std::time::Duration;

use super::due::RollUp;
use super::minute::Minute;
use super::rows::Rows;
use super::span::Span;
use super::traffic::{RETENTION_MINUTES, Traffic, in_time};
use crate::store::StoreError;

/// How many spans are rolled up between two writes of the running minute.
const SPANS_A_TICK: usize = 4;

/// How many parts of a span are read at once: with many routes and instances they are large.
const PARTS_A_READ: u32 = 6;

/// A clock that was set must prove itself this long before anything is deleted by it.
const TRUST_CLOCK_AFTER: Duration = Duration::from_secs(600);

impl Traffic {
    pub(super) async fn roll_up(&self) -> Result<(), StoreError> {
        for _ in 0..SPANS_A_TICK {
            let Some((span, start)) = self.with(|state| state.due.next()) else {
                return Ok(());
            };
            self.roll_up_one(span, start).await?;
        }
        Ok(())
    }

    async fn roll_up_one(&self, span: Span, start: Minute) -> Result<(), StoreError> {
        let mut rolled = RollUp::new(span, start);
        self.each_row(span.finer(), start, span.end_of(start), |rows| {
            rolled.add(rows);
        })
        .await?;
        let rolled = rolled.finish();
        in_time(self.store.write(rolled.clone())).await?;
        let now = self.now();
        self.with(|state| {
            if span == Span::Hour {
                let found = rolled.iter().map(|rows| rows.without_series()).collect();
                state.hours.update(found);
                let day = Span::Day.start_of(start);
                if day < Span::Day.start_of(now) {
                    state.due.add(Span::Day, day);
                }
            }
            state.due.done(span, start);
        });
        Ok(())
    }

    /// A few spans at a time.
    pub(super) async fn each_row(
        &self,
        span: Span,
        mut from: Minute,
        end: Minute,
        mut take: impl FnMut(&Rows),
    ) -> Result<(), StoreError> {
        while from < end {
            let to = from.plus(PARTS_A_READ * span.minutes()).min(end);
            let found = in_time(self.store.rows_between(span, from, to)).await?;
            found.iter().for_each(&mut take);
            from = to;
        }
        Ok(())
    }

    /// A step a minute, and none by a clock that jumped of late; nor anything that is still to be
    /// rolled up.
    pub(super) async fn trim(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let is_due = self.with(|state| {
            let steady = monotonic.saturating_duration_since(state.steady_since);
            let is_due = steady >= TRUST_CLOCK_AFTER && state.trimmed != now;
            if is_due {
                state.trimmed = now;
            }
            is_due
        });
        if !is_due {
            return Ok(());
        }
        let days = |days: u32| days.saturating_mul(Span::Day.minutes());
        for (span, coarser, kept) in [
            (Span::Minute, Span::Hour, RETENTION_MINUTES),
            (Span::Hour, Span::Day, days(self.retention.hours)),
            (Span::Day, Span::Minute, days(self.retention.days)),
        ] {
            let waiting = self.with(|state| state.due.oldest(coarser));
            let oldest = now.minus(kept);
            let oldest = waiting.map_or(oldest, |waiting| oldest.min(waiting));
            in_time(self.store.trim(span, oldest)).await?;
        }
        Ok(())
    }
}
