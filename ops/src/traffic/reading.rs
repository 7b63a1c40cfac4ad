//! What the store knows, into memory; and what memory knows, as a summary.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::timeout;

use super::history::History;
use super::summary::Summary;
use super::traffic::{State, Traffic};
use crate::clock::{Minute, Period, Span};
use crate::store::{RETENTION_MINUTES, SHOWN_MINUTES, StoreError, Whose, in_time};

/// How long a reader waits if nobody has read the store before.
const FIRST_READ_LIMIT: Duration = Duration::from_millis(500);

/// Other processes write what waited while they could not: at times, everything is read again.
const READ_ALL_EVERY: Duration = Duration::from_secs(900);

/// Otherwise only these: the running minute, and those just closed.
const RECENT_MINUTES: u32 = 3;

impl Traffic {
    /// The last 24 hours, the running minute included: 1 440 minutes, of which those are covered
    /// that have a point.
    pub async fn last_day(&self, whose: &Whose) -> Summary {
        self.summary(Period::DAY, whose).await
    }

    /// Never waits for a store that is known to be away. Steps of less than an hour go back as far as
    /// minutes are kept.
    pub async fn summary(&self, period: Period, whose: &Whose) -> Summary {
        self.read_once().await;
        let now = self.now();
        self.with(|state| {
            state.own.absorb(&self.recorder);
            let is_here = whose.is(state.own.instance());
            let running = is_here.then(|| state.own.running());
            let summary = state.past.summary(period, whose, now, running);
            Summary {
                store_error: state.reach.error(),
                ..summary
            }
        })
    }

    /// The requests of a summary of this period by instance, those too that were up and had none. Of
    /// a period that ends now.
    pub async fn requests_by_instance(&self, period: Period) -> BTreeMap<String, u64> {
        self.read_once().await;
        let now = self.now();
        self.with(|state| {
            state.own.absorb(&self.recorder);
            let (_, running) = state.own.running();
            let mut found: HashMap<&str, u64> = HashMap::new();
            let here = (state.own.instance(), running.requests());
            for (instance, requests) in state.past.requests(period, now).chain([here]) {
                let known = found.entry(instance).or_default();
                *known = known.saturating_add(requests);
            }
            let owned = |(instance, requests): (&str, u64)| (instance.to_owned(), requests);
            found.into_iter().map(owned).collect()
        })
    }

    /// Waits for the store only if nobody has read it before, and it is not known to be away.
    pub(super) async fn read_once(&self) {
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
            state.past.update(Span::Minute, found);
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
        let mut days = History::default();
        days.update(of(Span::Day, shown).await?);
        self.with(|state| {
            let State { own, past, due, .. } = state;
            past.replace(Span::Hour, hours.clone(), |_| false);
            due.compare(Span::Hour, &minutes, past.hours(), now);
            due.compare(Span::Day, &hours, &days, now);
            let (running, _) = own.running();
            minutes.retain(|row| {
                row.start >= now.minus(RETENTION_MINUTES)
                    && !(row.start == running && own.is_own(&row.run))
            });
            // Of its own minutes this process knows more than it has written, and forgets those that a
            // clock gone wrong made old.
            past.replace(Span::Minute, minutes, |run| own.is_own(run));
        });
        Ok(())
    }
}
