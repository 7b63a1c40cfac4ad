//! The exchange with the store: writes what it lacks, reads what others wrote, rolls up and trims, in
//! small steps and off the path of any request. Several processes may roll up at once; each writes what
//! the others would.

use std::time::Duration;

use super::history::History;
use super::payload::Payload;
use super::rollup::Rollup;
use super::series::{Series, State};
use super::store::{Kind, RETENTION_MINUTES, Row, SHOWN_MINUTES, StoreError, in_time};
use crate::clock::{Minute, Resolution};

/// How many waiting minutes go into one write.
const BATCH: usize = 30;

/// Other processes write what waited while they could not: at times, everything is read again.
const READ_ALL_EVERY: Duration = Duration::from_secs(900);

/// Otherwise only these: the running minute, and those just closed.
const RECENT_MINUTES: u32 = 3;

/// How many hours or days are rolled up between two writes of the running minute.
const ROLLUPS_A_TICK: usize = 4;

/// How many parts of an hour or day are read at once: with many keys and instances they are large.
const PARTS_A_READ: u32 = 6;

impl<P, V> Series<P, V>
where
    P: Payload,
    V: Clone + for<'p> From<&'p P>,
{
    pub(super) async fn exchange(&self) -> Result<(), StoreError> {
        // A store that can't be written may well be read.
        let written = self.write().await;
        let read = self.read().await;
        written.and(read)?;
        self.roll_up().await?;
        self.trim().await
    }

    pub(super) async fn write(&self) -> Result<(), StoreError> {
        loop {
            let (mut rows, minutes, running) = self.with(|state| {
                let (rows, minutes) = state.local.waiting(BATCH);
                (rows, minutes, state.local.running_rows())
            });
            let is_last = minutes < BATCH;
            if is_last {
                rows.extend(running);
            }
            if !rows.is_empty() {
                in_time(self.store.write(rows.clone())).await?;
            }
            self.with(|state| state.wrote(&rows));
            if is_last {
                return Ok(());
            }
        }
    }

    pub(super) async fn read(&self) -> Result<(), StoreError> {
        let monotonic = self.clock.monotonic();
        let due = self.with(|state| state.read_all_at);
        if due.is_none_or(|due| monotonic >= due) {
            self.read_all().await?;
            self.with(|state| state.read_all_at = Some(monotonic + READ_ALL_EVERY));
        } else {
            let from = self.now().minus(RECENT_MINUTES);
            let mut found = self.totals_since(Resolution::Minute, from).await?;
            self.with(|state| {
                // This process knows its own better.
                found.retain(|row| !state.local.is_own(&row.run));
                state.cache.update::<P>(Resolution::Minute, found);
            });
        }
        let now = self.clock.now();
        self.with(|state| state.read_at = Some(now));
        Ok(())
    }

    /// Of minutes really all: what is older than it should be may not have been rolled up yet.
    async fn read_all(&self) -> Result<(), StoreError> {
        let now = self.now();
        let shown = Resolution::Day.start_of(now.minus(SHOWN_MINUTES));
        let all = self.totals_since(Resolution::Minute, Minute::EARLIEST);
        let mut minutes = all.await?;
        let oldest = minutes.iter().map(|row| row.start).min();
        let shown = oldest.map_or(shown, |oldest| shown.min(Resolution::Hour.start_of(oldest)));
        let hours = self.totals_since(Resolution::Hour, shown).await?;
        let mut days = History::default();
        days.update::<P>(self.totals_since(Resolution::Day, shown).await?);
        self.with(|state| {
            let State {
                local, cache, plan, ..
            } = state;
            cache.replace::<P>(Resolution::Hour, hours.clone(), |_| false);
            plan.compare(Resolution::Hour, &minutes, &cache.hours, now);
            plan.compare(Resolution::Day, &hours, &days, now);
            let running = local.running().map(|(minute, _)| minute);
            minutes.retain(|row| {
                row.start >= now.minus(RETENTION_MINUTES)
                    && !(Some(row.start) == running && local.is_own(&row.run))
            });
            // Of its own minutes this process knows more than it has written, and forgets those that a
            // clock gone wrong made old.
            cache.replace::<P>(Resolution::Minute, minutes, |run| local.is_own(run));
        });
        Ok(())
    }

    async fn totals_since(
        &self,
        resolution: Resolution,
        from: Minute,
    ) -> Result<Vec<Row>, StoreError> {
        let range = from..Minute::LATEST;
        in_time(self.store.read(self.spec.total, resolution, range)).await
    }

    async fn roll_up(&self) -> Result<(), StoreError> {
        for _ in 0..ROLLUPS_A_TICK {
            let Some((resolution, start)) = self.with(|state| state.plan.next()) else {
                return Ok(());
            };
            self.roll_up_one(resolution, start).await?;
        }
        Ok(())
    }

    async fn roll_up_one(&self, resolution: Resolution, start: Minute) -> Result<(), StoreError> {
        let mut rollup: Rollup<P> = Rollup::new(resolution, start);
        for kind in self.spec.kinds() {
            self.each_row(
                kind,
                resolution.finer(),
                start,
                resolution.end_of(start),
                |row| {
                    rollup.add(row);
                },
            )
            .await?;
        }
        let rows = rollup.finish();
        in_time(self.store.write(rows.clone())).await?;
        let now = self.now();
        self.with(|state| {
            if resolution == Resolution::Hour {
                let totals = rows.into_iter().filter(|row| row.kind == self.spec.total);
                state.cache.update::<P>(Resolution::Hour, totals.collect());
                let day = Resolution::Day.start_of(start);
                if day < Resolution::Day.start_of(now) {
                    state.plan.add(Resolution::Day, day);
                }
            }
            state.plan.done(resolution, start);
        });
        Ok(())
    }

    /// A few minutes or hours at a time.
    async fn each_row(
        &self,
        kind: Kind,
        resolution: Resolution,
        mut from: Minute,
        end: Minute,
        mut take: impl FnMut(Row),
    ) -> Result<(), StoreError> {
        while from < end {
            let to = from.plus(PARTS_A_READ * resolution.minutes()).min(end);
            let found = in_time(self.store.read(kind, resolution, from..to)).await?;
            found.into_iter().for_each(&mut take);
            from = to;
        }
        Ok(())
    }

    /// A step a minute, and none by a clock that jumped of late; nor anything that is still to be
    /// rolled up.
    async fn trim(&self) -> Result<(), StoreError> {
        let (now, monotonic) = (self.now(), self.clock.monotonic());
        let is_due =
            |state: &mut State<_, _>| state.guard.is_due(&mut state.trimmed, now, monotonic);
        if !self.with(is_due) {
            return Ok(());
        }
        for (resolution, coarser) in [
            (Resolution::Minute, Resolution::Hour),
            (Resolution::Hour, Resolution::Day),
            (Resolution::Day, Resolution::Minute),
        ] {
            let waiting = self.with(|state| state.plan.oldest(coarser));
            let oldest = now.minus(self.retention.minutes(resolution));
            let oldest = waiting.map_or(oldest, |waiting| oldest.min(waiting));
            for kind in self.spec.kinds() {
                in_time(self.store.trim(kind, resolution, oldest)).await?;
            }
        }
        Ok(())
    }
}
