//! Minutes to hours, hours to days, and away with what is old: in small steps, off the path of any
//! request. Several processes may do it at once; each writes what the others would.

use super::due::RollUp;
use super::rows::Rows;
use super::traffic::Traffic;
use crate::clock::{Minute, Span};
use crate::store::{StoreError, in_time};

/// How many spans are rolled up between two writes of the running minute.
const SPANS_A_TICK: usize = 4;

/// How many parts of a span are read at once: with many routes and instances they are large.
const PARTS_A_READ: u32 = 6;

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
                state.past.update(Span::Hour, found);
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
    async fn each_row(
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
            let is_due = state.steadiness.is_trusted(monotonic) && state.trimmed != now;
            if is_due {
                state.trimmed = now;
            }
            is_due
        });
        if !is_due {
            return Ok(());
        }
        for (span, coarser) in [
            (Span::Minute, Span::Hour),
            (Span::Hour, Span::Day),
            (Span::Day, Span::Minute),
        ] {
            let waiting = self.with(|state| state.due.oldest(coarser));
            let oldest = now.minus(self.retention.minutes(span));
            let oldest = waiting.map_or(oldest, |waiting| oldest.min(waiting));
            in_time(self.store.trim(span, oldest)).await?;
        }
        Ok(())
    }
}
