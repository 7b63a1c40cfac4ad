//! What the store knows, into memory; and what memory knows, as a summary.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::timeout;

use super::summary::{Summary, Summing};
use super::traffic::Traffic;
use crate::clock::{Covered, Minute, Period, Span};
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

/// What is younger than this is taken from minutes, the rest from hours.
fn young_since(from: Minute, now: Minute) -> Minute {
    if from > now.minus(RETENTION_MINUTES) {
        from
    } else {
        Span::Hour.start_of(now.minus(YOUNG_MINUTES))
    }
}

impl Traffic {
    /// The last 24 hours, the running minute included: 1 440 minutes, of which those are covered
    /// that have a point.
    pub async fn last_day(&self, whose: &Whose) -> Summary {
        self.summary(Period::DAY, whose).await
    }

    /// Never waits for a store that is known to be away.
    pub async fn summary(&self, period: Period, whose: &Whose) -> Summary {
        self.read_once().await;
        let now = self.now();
        let mut summing = Summing::over(period, now);
        let young = young_since(summing.from(), now);
        let store_error = self.with(|state| {
            state.own.absorb(&self.recorder);
            if whose.is(state.own.instance()) {
                let (minute, running) = state.own.running();
                summing.add_tally(minute, &running);
                for (minute, totals) in state.own.closed().filter(|(minute, _)| *minute >= young) {
                    summing.add(Span::Minute, minute, Covered::MINUTE, totals);
                }
            }
            for (minute, covered, totals) in state.minutes.iter(whose) {
                if minute >= young {
                    summing.add(Span::Minute, minute, covered, totals);
                }
            }
            for (hour, covered, totals) in state.hours.iter(whose) {
                if hour < young {
                    summing.add(Span::Hour, hour, covered, totals);
                }
            }
            state.reach.error()
        });
        summing.finish(store_error)
    }

    /// The requests of a summary of this period by instance, those too that were up and had none. Of
    /// a period that ends now.
    pub async fn requests_by_instance(&self, period: Period) -> BTreeMap<String, u64> {
        self.read_once().await;
        let now = self.now();
        let from = period.first(now);
        let young = young_since(from, now);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |instance: &str, requests: u64| match found.get_mut(instance) {
            Some(known) => *known = known.saturating_add(requests),
            None => {
                found.insert(instance.to_owned(), requests);
            }
        };
        self.with(|state| {
            state.own.absorb(&self.recorder);
            let (_, running) = state.own.running();
            add(state.own.instance(), running.requests());
            for (minute, totals) in state.own.closed() {
                if minute >= young.max(from) {
                    add(state.own.instance(), totals.by_class.total());
                }
            }
            for (minute, instance, requests) in state.minutes.requests() {
                if minute >= young.max(from) && minute <= now {
                    add(instance, requests);
                }
            }
            for (hour, instance, requests) in state.hours.requests() {
                if hour < young && hour >= from {
                    add(instance, requests);
                }
            }
        });
        found
    }

    /// Waits for the store only if nobody has read it before, and it is not known to be away.
    async fn read_once(&self) {
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
            return Ok(());
        }
        let now = self.now();
        let recent = self
            .store
            .totals_since(Span::Minute, now.minus(RECENT_MINUTES));
        let mut found = in_time(recent).await?;
        self.with(|state| {
            // This process knows its own better.
            found.retain(|row| !state.own.is_own(&row.run));
            state.minutes.update(found);
            state.minutes.forget_before(now.minus(RETENTION_MINUTES));
        });
        Ok(())
    }

    /// Of minutes really all: what is older than it should be may not have been rolled up yet.
    async fn read_all(&self) -> Result<(), StoreError> {
        let now = self.now();
        let shown = Span::Day.start_of(now.minus(SHOWN_MINUTES));
        let of = |span, from| in_time(self.store.totals_since(span, from));
        let mut minutes = of(Span::Minute, Minute::from_number(i64::MIN)).await?;
        let oldest = minutes.iter().map(|row| row.start).min();
        let shown = oldest.map_or(shown, |oldest| shown.min(Span::Hour.start_of(oldest)));
        let hours = of(Span::Hour, shown).await?;
        let mut days = super::history::History::default();
        days.replace(of(Span::Day, shown).await?);
        self.with(|state| {
            state.hours.replace(hours.clone());
            state.due.compare(Span::Hour, &minutes, &state.hours, now);
            state.due.compare(Span::Day, &hours, &days, now);
            minutes.retain(|row| {
                row.start >= now.minus(RETENTION_MINUTES) && !state.own.is_own(&row.run)
            });
            state.minutes.replace(minutes);
        });
        Ok(())
    }
}
