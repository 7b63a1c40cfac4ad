//! Traffic route by route.
//!
//! There is too much of it to be held in memory, as the totals are: it is read from the store when
//! somebody asks, from the coarsest rows that will do, and kept for a moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::notable::Notable;
use super::rows::Rows;
use super::summary::{Summary, Summing};
use super::traffic::Traffic;
use crate::clock::{Minute, Period, Span};
use crate::store::{StoreError, Whose};

/// A page opens within a second, whatever the store does.
const LIMIT: Duration = Duration::from_millis(700);

/// Several readers, or one who refreshes every second, cost one reading.
const FRESH_FOR: Duration = Duration::from_secs(5);

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

/// What was read, by what was asked for.
#[derive(Default)]
pub(super) struct RoutesCache(HashMap<(Period, Whose), (Instant, Arc<Routes>)>);

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
        let read = async {
            // So that what this process counted a moment ago is there, too.
            self.tick().await;
            self.read_routes(period, whose).await
        };
        let read = timeout(LIMIT, read).await;
        let routes = match read.unwrap_or(Err(StoreError::Timeout)) {
            Ok(routes) => routes,
            Err(error) => self.routes_in_memory(period, whose, error),
        };
        let routes = Arc::new(routes);
        cache.0.insert(asked, (monotonic, Arc::clone(&routes)));
        routes
    }

    /// The slowest of the last hour, slowest first, and the last that failed, newest first: those
    /// that this process answered.
    pub fn notables(&self, method: &str, route: &str) -> (Vec<Notable>, Vec<Notable>) {
        self.recorder.notables(method, route)
    }

    async fn read_routes(&self, period: Period, whose: &Whose) -> Result<Routes, StoreError> {
        let now = self.now();
        let mut sums = Sums::over(period, now);
        let mut from = sums.total.from();
        for (span, to) in self.parts(period, now) {
            self.each_row(span, from, to, |rows| {
                if whose.is(&rows.run.instance) {
                    sums.add(rows);
                }
            })
            .await?;
            from = from.max(to);
        }
        Ok(sums.finish(None))
    }

    /// From which rows to take what, oldest first: up to where each kind of span is complete.
    fn parts(&self, period: Period, now: Minute) -> Vec<(Span, Minute)> {
        let due = |span| self.with(|state| state.due.oldest(span));
        let hours_end = Span::Hour.start_of(now);
        let hours_end = due(Span::Hour).map_or(hours_end, |due| due.min(hours_end));
        let days_end = Span::Day.start_of(hours_end);
        let days_end = due(Span::Day).map_or(days_end, |due| due.min(days_end));
        let all = [
            (Span::Day, days_end),
            (Span::Hour, hours_end),
            (Span::Minute, now.plus(1)),
        ];
        let coarsest = period.granule();
        all.into_iter()
            .filter(|(span, _)| *span <= coarsest)
            .collect()
    }

    fn routes_in_memory(&self, period: Period, whose: &Whose, error: StoreError) -> Routes {
        let mut sums = Sums::over(period, self.now());
        for rows in self.with(|state| state.own.unstored()) {
            if whose.is(&rows.run.instance) {
                sums.add(&rows);
            }
        }
        sums.finish(Some(Arc::new(error)))
    }
}

struct Sums {
    period: Period,
    now: Minute,
    total: Summing,
    routes: HashMap<(&'static str, String), Summing>,
}

impl Sums {
    fn over(period: Period, now: Minute) -> Self {
        Self {
            period,
            now,
            total: Summing::over(period, now),
            routes: HashMap::new(),
        }
    }

    fn add(&mut self, rows: &Rows) {
        let Rows {
            span,
            start,
            covered,
            ..
        } = *rows;
        self.total.add(span, start, covered, &rows.totals);
        for series in &rows.series {
            let name = (series.key.method, series.key.route.clone());
            let sum = self
                .routes
                .entry(name)
                .or_insert_with(|| Summing::over(self.period, self.now));
            sum.add(span, start, covered, &series.to_totals());
        }
    }

    fn finish(self, store_error: Option<Arc<StoreError>>) -> Routes {
        let routes = self.routes.into_iter().map(|((method, route), sum)| Route {
            method,
            route,
            summary: sum.finish(None),
        });
        let mut routes: Vec<Route> = routes
            .filter(|route| route.summary.tally.requests() > 0)
            .collect();
        routes.sort_by(|a, b| (&a.route, a.method).cmp(&(&b.route, b.method)));
        Routes {
            total: self.total.finish(store_error),
            routes,
        }
    }
}
