//! What the store knows, into memory; and what memory knows, as a summary.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::event::Event;
use super::gauge::Sample;
use super::host::{Host, State};
use super::levels::Levels;
use super::rows::HostRow;
use crate::clock::{Minute, Period, Span, Steps, unix_millis};
use crate::store::{RETENTION_MINUTES, SHOWN_MINUTES, StoreError, Whose, in_time};

/// How long a reader waits if nobody has read the store before.
const FIRST_READ_LIMIT: Duration = Duration::from_millis(500);

/// Other processes write what waited while they could not: at times, everything is read again.
const READ_ALL_EVERY: Duration = Duration::from_secs(900);

/// Otherwise only these: the running minute, and those just closed.
const RECENT_MINUTES: u32 = 3;

/// A summary that goes back beyond the minutes takes what is younger than this from them, and the rest
/// from hours: minutes are known at once, hours only after they were rolled up.
const YOUNG_MINUTES: u32 = 47 * 60;

#[derive(Clone, Debug)]
pub struct HostSummary {
    /// Where the first step begins; the period may begin within it.
    pub start: Minute,
    pub step_minutes: u32,
    /// How many steps there are, with and without a point.
    pub steps: u32,
    /// Of the period itself.
    pub minutes: u32,
    /// During which any instance was up.
    pub covered_minutes: u32,
    /// The steps during which any instance was up, oldest first. The others are absent.
    pub points: Vec<HostPoint>,
    /// What this process found when it looked last, and when.
    pub latest: Option<(SystemTime, Sample)>,
    /// Within the period, of all instances, oldest first.
    pub events: Vec<Event>,
    /// Why the store is out of reach, if it is: what other instances did, or earlier runs, may then be
    /// missing.
    pub store_error: Option<Arc<StoreError>>,
    /// When the store last told what it knows.
    pub read_at: Option<SystemTime>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPoint {
    /// Where its step begins.
    pub start: Minute,
    pub covered_minutes: u32,
    /// Of all instances that were asked for, together.
    pub levels: Levels,
}

impl Host {
    /// Of all instances together, or of one. Never waits for a store that is known to be away.
    pub async fn summary(&self, period: Period, whose: &Whose) -> HostSummary {
        self.read_first().await;
        let mut steps: Steps<Levels> = Steps::over(period, self.now());
        let grid = steps.grid();
        let young = if grid.from > self.now().minus(RETENTION_MINUTES) {
            grid.from
        } else {
            Span::Hour.start_of(self.now().minus(YOUNG_MINUTES))
        };
        let mut add = |row: &HostRow| {
            if whose.is(&row.run.instance)
                && let Some(levels) = steps.open(row.span, row.start, row.covered)
            {
                // The history holds nothing that can't be read.
                _ = row.levels.merge_into(levels, row.start);
            }
        };
        self.with(|state| {
            state.own.running().iter().for_each(&mut add);
            let minutes = state.own.closed().chain(state.minutes.iter());
            minutes.filter(|row| row.start >= young).for_each(&mut add);
            let hours = state.hours.iter();
            hours.filter(|row| row.start < young).for_each(&mut add);
        });
        let points: Vec<HostPoint> = steps
            .finish()
            .into_iter()
            .map(|step| HostPoint {
                start: step.start,
                covered_minutes: step.covered_minutes,
                levels: step.value,
            })
            .collect();
        self.with(|state| HostSummary {
            start: grid.start,
            step_minutes: grid.length,
            steps: grid.count,
            minutes: grid.minutes(),
            covered_minutes: points.iter().map(|point| point.covered_minutes).sum(),
            points,
            latest: state.latest.clone(),
            events: state.events.since(grid.start),
            store_error: state.reach.error(),
            read_at: state.read_at,
        })
    }

    /// Of all instances, as far as they are known, oldest first. Never waits.
    pub fn events_since(&self, from: Minute) -> Vec<Event> {
        self.with(|state| state.events.since(from))
    }

    async fn read_first(&self) {
        if self.with(|state| state.read_all_at.is_none() && !state.reach.is_away()) {
            let first = timeout(FIRST_READ_LIMIT, self.read()).await;
            self.note(first.unwrap_or(Err(StoreError::Timeout)).err());
        }
    }

    pub(super) async fn read(&self) -> Result<(), StoreError> {
        let monotonic = self.clock.monotonic();
        let due = self.with(|state| state.read_all_at);
        if due.is_none_or(|due| monotonic >= due) {
            self.read_all().await?;
            self.with(|state| state.read_all_at = Some(monotonic + READ_ALL_EVERY));
        } else {
            self.read_recent().await?;
        }
        let now = self.clock.now();
        self.with(|state| state.read_at = Some(now));
        Ok(())
    }

    async fn read_recent(&self) -> Result<(), StoreError> {
        let from = self.now().minus(RECENT_MINUTES);
        let mut found = in_time(self.store.rows_since(Span::Minute, from)).await?;
        let events = in_time(self.store.events_since(unix_millis(from.start()))).await?;
        self.with(|state| {
            state.events.update(events);
            // This process knows its own better.
            found.retain(|row| !state.own.is_own(&row.run));
            state.minutes.update(found);
        });
        Ok(())
    }

    /// Of minutes really all: what is older than it should be may not have been rolled up yet.
    async fn read_all(&self) -> Result<(), StoreError> {
        let shown = Span::Day.start_of(self.now().minus(SHOWN_MINUTES));
        let of = |span, from| in_time(self.store.rows_since(span, from));
        let mut minutes = of(Span::Minute, Minute::from_number(i64::MIN)).await?;
        let oldest = minutes
            .iter()
            .map(|row| Span::Day.start_of(row.start))
            .min();
        let shown = oldest.map_or(shown, |oldest| shown.min(oldest));
        let hours = of(Span::Hour, shown).await?;
        let days = of(Span::Day, shown).await?;
        let events = in_time(self.store.events_since(unix_millis(shown.start()))).await?;
        self.with(|state| {
            minutes.retain(|row| !state.own.is_own(&row.run));
            state.minutes.replace(minutes);
            state.hours.replace(hours);
            state.days.replace(days);
            state.events.replace(events);
            state.rolled_up = None;
        });
        Ok(())
    }
}

impl State {
    /// What is shown no more, and rolled up.
    pub fn forget(&mut self, now: Minute) {
        self.minutes.forget_before(now.minus(RETENTION_MINUTES));
        self.hours
            .forget_before(Span::Day.start_of(now.minus(SHOWN_MINUTES)));
        self.days
            .forget_before(Span::Day.start_of(now.minus(SHOWN_MINUTES)));
    }
}
