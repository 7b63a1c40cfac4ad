//! Traffic route by route.
//!
//! There is too much of it to be held in memory, as the totals are: it is read from the store when
//! somebody asks, from the coarsest rows that will do. What was read is kept as long as somebody goes on
//! asking, so that the next one reads only what is new.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::notable::Notable;
use super::of_routes::{OfRoutes, RoutesSum, routes};
use super::rows::Rows;
use super::stretches::{Stretches, parts, pieces};
use super::summary::Summary;
use super::traffic::{State, Traffic};
use crate::clock::{Grid, Minute, Period, Span};
use crate::store::{StoreError, Whose, in_time};

/// A page opens within a second, whatever the store does.
const LIMIT: Duration = Duration::from_millis(700);

/// Several readers, or one who refreshes every second, cost one reading.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// What was read makes room when nobody has asked for so long.
const KEPT_FOR: Duration = Duration::from_secs(900);

/// How many spans are read at once: with many routes and instances they are large.
const SPANS_A_READ: usize = 6;

#[derive(Clone, Debug)]
pub struct Routes {
    /// All routes together.
    pub total: Summary,
    pub routes: Vec<Route>,
}

/// A method and a pattern, whatever the status.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: &'static str,
    pub route: String,
    pub summary: Summary,
}

/// What was found, by what was asked for.
#[derive(Default)]
pub(super) struct RoutesCache(HashMap<(Period, Whose), (Instant, Arc<Routes>)>);

/// What of a period is known, and what is to be read.
struct Plan {
    known: Stretches<OfRoutes>,
    /// Oldest first.
    lacking: Vec<(Span, Minute)>,
    /// What the store does not have yet, or less of.
    unstored: Vec<Rows>,
    /// Nothing that is read may be kept if anything changed meanwhile.
    changes: u64,
    now: Minute,
}

impl Traffic {
    /// Periods in steps of minutes are read from minutes; of hours or days, from those.
    ///
    /// Where the store is out of reach there is what this process still holds, and the error.
    pub async fn routes(&self, period: Period, whose: &Whose) -> Arc<Routes> {
        // One reads, the others wait for what it finds.
        let mut cache = self.routes_cache.lock().await;
        let monotonic = self.clock.monotonic();
        // Names are anybody's choice: what is no longer of use is not kept.
        cache
            .0
            .retain(|_, (at, _)| monotonic.saturating_duration_since(*at) < FRESH_FOR);
        let asked = (period, whose.clone());
        if let Some((_, routes)) = cache.0.get(&asked) {
            return Arc::clone(routes);
        }
        self.read_once().await;
        let away = self.with(|state| {
            state.own.absorb(&self.recorder);
            state.routes_asked_at = Some(monotonic);
            state.reach.error()
        });
        let grid = period.grid(self.now());
        let read = match away {
            Some(error) => Err(error),
            None => timeout(LIMIT, self.read_routes(period, &grid, whose))
                .await
                .unwrap_or(Err(StoreError::Timeout))
                .map_err(Arc::new),
        };
        let (mut known, error) = match read {
            Ok(known) => (known, None),
            Err(error) => {
                let unstored = self.with(|state| state.own.unstored());
                (summed(&unstored, whose), Some(error))
            }
        };
        let found = Arc::new(routes(&mut known, &grid, error));
        cache.0.insert(asked, (monotonic, Arc::clone(&found)));
        found
    }

    /// The slowest of the last hour, slowest first, and the last that failed, newest first: those
    /// that this process answered.
    pub fn notables(&self, method: &str, route: &str) -> (Vec<Notable>, Vec<Notable>) {
        self.recorder.notables(method, route)
    }

    /// The stretches of all of a period's steps.
    async fn read_routes(
        &self,
        period: Period,
        grid: &Grid,
        whose: &Whose,
    ) -> Result<Stretches<OfRoutes>, StoreError> {
        let plan = self.with(|state| state.plan(period, grid, whose, self.now()));
        let is_unstored: HashSet<_> = plan
            .unstored
            .iter()
            .map(|rows| (rows.start, &rows.run))
            .collect();
        let mut unstored: HashMap<Minute, Vec<&Rows>> = HashMap::new();
        for rows in &plan.unstored {
            unstored.entry(rows.start).or_default().push(rows);
        }
        let mut known = plan.known;
        for (span, starts) in in_reads(&plan.lacking) {
            let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
                continue;
            };
            let found = self.store.rows_between(span, *first, span.end_of(*last));
            let found = in_time(found).await?;
            let mut sums: HashMap<Minute, RoutesSum> = HashMap::new();
            let stored = found.iter().filter(|rows| {
                span != Span::Minute || !is_unstored.contains(&(rows.start, &rows.run))
            });
            let held = (span == Span::Minute).then_some(&starts);
            let held = held.into_iter().flatten();
            let held = held.filter_map(|start| unstored.get(start)).flatten();
            for rows in stored.chain(held.copied()) {
                if whose.is(&rows.run.instance) {
                    sums.entry(rows.start).or_default().add_rows(rows);
                }
            }
            let read = starts.into_iter().map(|start| {
                let found = sums.remove(&start).and_then(RoutesSum::finish);
                ((span.minutes(), start), found)
            });
            let read: Stretches<OfRoutes> = read.collect();
            // At once: whoever comes next goes on from here, should there be no time for the rest.
            self.keep(whose, &read, plan.changes, plan.now);
            known.extend(read);
        }
        for step in 0..grid.count {
            for (length, start) in pieces(grid.within(step)) {
                super::of_routes::stretch(&mut known, length, start);
            }
        }
        self.keep(whose, &known, plan.changes, plan.now);
        Ok(known)
    }

    /// What is over, and has not changed since it was read.
    fn keep(&self, whose: &Whose, read: &Stretches<OfRoutes>, changes: u64, now: Minute) {
        self.with(|state| {
            if state.past.routes.changes() == changes {
                let over = read
                    .iter()
                    .filter(|((length, start), _)| start.plus(*length) <= now);
                let over = over.map(|(of, stretch)| (*of, stretch.clone()));
                state.past.routes.of(whose).extend(over);
            }
        });
    }
}

impl State {
    /// What was read of routes makes room if nobody asks any more.
    pub(super) fn forget_routes(&mut self, monotonic: Instant) {
        let asked = self.routes_asked_at;
        if asked.is_some_and(|asked| monotonic.saturating_duration_since(asked) >= KEPT_FOR) {
            self.routes_asked_at = None;
            self.past.routes.clear();
        }
    }

    fn plan(&mut self, period: Period, grid: &Grid, whose: &Whose, now: Minute) -> Plan {
        let coarsest = period.granule();
        let unstored = self.own.unstored();
        let oldest_unstored = unstored.iter().map(|rows| rows.start).min();
        let changes = self.past.routes.changes();
        let Self { due, past, .. } = self;
        // Whether there are rows of that kind with all that is known in them.
        let is_rolled = |span: Span, start: Minute| {
            span <= coarsest
                && span.end_of(start) <= Span::Hour.start_of(now)
                && oldest_unstored.is_none_or(|oldest| span.end_of(start) <= oldest)
                && !due.is_any_in(span, start)
        };
        let kept = past.routes.of(whose);
        let mut plan = Plan {
            known: Stretches::new(),
            lacking: Vec::new(),
            unstored,
            changes,
            now,
        };
        let mut waiting: Vec<(u32, Minute)> = Vec::new();
        for step in (0..grid.count).rev() {
            waiting.extend(pieces(grid.within(step)));
        }
        // The oldest last, where it is taken from.
        waiting.sort_unstable_by_key(|(_, start)| std::cmp::Reverse(*start));
        while let Some((length, start)) = waiting.pop() {
            let span = match length {
                1 => Some(Span::Minute),
                60 if is_rolled(Span::Hour, start) => Some(Span::Hour),
                1440 if is_rolled(Span::Day, start) => Some(Span::Day),
                _ => None,
            };
            match (kept.get(&(length, start)), span) {
                (Some(stretch), _) => {
                    plan.known.insert((length, start), stretch.clone());
                }
                (None, Some(span)) => plan.lacking.push((span, start)),
                (None, None) => {
                    let mut parts: Vec<_> = parts(length, start).collect();
                    parts.reverse();
                    waiting.extend(parts);
                }
            }
        }
        plan
    }
}

/// Neighbours of one kind together, a few at a time.
fn in_reads(lacking: &[(Span, Minute)]) -> Vec<(Span, Vec<Minute>)> {
    let mut reads: Vec<(Span, Vec<Minute>)> = Vec::new();
    for (span, start) in lacking {
        match reads.last_mut() {
            Some((of, starts))
                if of == span
                    && starts.len() < SPANS_A_READ
                    && starts.last().map(|last| span.end_of(*last)) == Some(*start) =>
            {
                starts.push(*start);
            }
            _ => reads.push((*span, vec![*start])),
        }
    }
    reads
}

/// Minutes, each as a stretch of its own.
fn summed(rows: &[Rows], whose: &Whose) -> Stretches<OfRoutes> {
    let mut sums: HashMap<Minute, RoutesSum> = HashMap::new();
    for rows in rows.iter().filter(|rows| whose.is(&rows.run.instance)) {
        sums.entry(rows.start).or_default().add_rows(rows);
    }
    let summed = sums.into_iter();
    let summed = summed.map(|(start, sum)| ((Span::Minute.minutes(), start), sum.finish()));
    summed.collect()
}
