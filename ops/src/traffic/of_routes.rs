//! What a stretch of time came to, route by route.

use std::collections::HashMap;
use std::sync::Arc;

use super::routes::{Route, Routes};
use super::rows::{Rows, Tally, Totals};
use super::series::SeriesKey;
use super::stretches::{Stretches, parts, pieces};
use super::summary::{Point, Summary};
use crate::clock::{Covered, Grid, Minute};
use crate::store::StoreError;

/// A method and a pattern, whatever the status.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    method: &'static str,
    route: Arc<str>,
}

impl Name {
    fn of(key: &SeriesKey) -> Self {
        Self {
            method: key.method,
            route: Arc::from(&*key.route),
        }
    }
}

/// In few bytes.
pub(super) struct OfRoutes {
    covered_minutes: u32,
    total: Totals,
    routes: HashMap<Name, Totals>,
}

#[derive(Default)]
pub(super) struct RoutesSum {
    /// Of a single span, whose rows are added.
    covered: Covered,
    covered_minutes: u32,
    total: Tally,
    routes: HashMap<Name, Tally>,
}

impl RoutesSum {
    /// One of the rows of a span. What can't be read is left out.
    pub fn add_rows(&mut self, rows: &Rows) {
        if self.total.merge_totals(&rows.totals).is_ok() {
            self.covered.add(rows.covered);
            let parts = u32::try_from(self.covered.parts().count()).unwrap_or(0);
            self.covered_minutes = parts * rows.span.finer().minutes();
        }
        for series in &rows.series {
            let tally = self.routes.entry(Name::of(&series.key)).or_default();
            _ = tally.merge_totals(&series.to_totals());
        }
    }

    fn add(&mut self, stretch: &OfRoutes) {
        self.covered_minutes += stretch.covered_minutes;
        // They were made from tallies, so they are sound.
        _ = self.total.merge_totals(&stretch.total);
        for (name, totals) in &stretch.routes {
            let tally = match self.routes.get_mut(name) {
                Some(tally) => tally,
                None => self.routes.entry(name.clone()).or_default(),
            };
            _ = tally.merge_totals(totals);
        }
    }

    /// `None` if nobody was up.
    pub fn finish(self) -> Option<Arc<OfRoutes>> {
        let routes = self.routes.into_iter();
        let routes = routes.filter(|(_, tally)| tally.requests() > 0);
        let stretch = OfRoutes {
            covered_minutes: self.covered_minutes,
            total: Totals::from(&self.total),
            routes: routes
                .map(|(name, tally)| (name, Totals::from(&tally)))
                .collect(),
        };
        (self.covered_minutes > 0).then(|| Arc::new(stretch))
    }
}

/// Puts together what is not there from what it is made of. Of a minute that is not there nothing is
/// known.
pub(super) fn stretch(
    known: &mut Stretches<OfRoutes>,
    length: u32,
    start: Minute,
) -> Option<Arc<OfRoutes>> {
    if let Some(found) = known.get(&(length, start)) {
        return found.clone();
    }
    let mut sum = RoutesSum::default();
    for (length, start) in parts(length, start) {
        if let Some(part) = stretch(known, length, start) {
            sum.add(&part);
        }
    }
    let found = sum.finish();
    if length > 1 {
        known.insert((length, start), found.clone());
    }
    found
}

/// What became of each route in a period, from the stretches of its [`pieces`].
pub(super) fn routes(
    known: &mut Stretches<OfRoutes>,
    grid: &Grid,
    store_error: Option<Arc<StoreError>>,
) -> Routes {
    let mut total = OfPeriod::default();
    let mut routes: HashMap<Name, OfPeriod> = HashMap::new();
    for step in 0..grid.count {
        let start = grid.start.plus(step * grid.length);
        let mut of_step: Vec<_> = pieces(grid.within(step))
            .filter_map(|(length, start)| stretch(known, length, start))
            .collect();
        let of_step = match of_step.pop() {
            Some(only) if of_step.is_empty() => Some(only),
            Some(last) => {
                let mut sum = RoutesSum::default();
                of_step.iter().chain([&last]).for_each(|part| sum.add(part));
                sum.finish()
            }
            None => None,
        };
        let Some(of_step) = of_step else { continue };
        let covered_minutes = of_step.covered_minutes;
        total.add(start, covered_minutes, &of_step.total);
        for (name, totals) in &of_step.routes {
            let route = match routes.get_mut(name) {
                Some(route) => route,
                None => routes.entry(name.clone()).or_default(),
            };
            route.add(start, covered_minutes, totals);
        }
    }
    let routes = routes.into_iter().map(|(name, of_route)| Route {
        method: name.method,
        route: name.route.to_string(),
        summary: of_route.finish(grid, None),
    });
    let mut routes: Vec<Route> = routes.collect();
    routes.sort_by(|a, b| (&a.route, a.method).cmp(&(&b.route, b.method)));
    Routes {
        total: total.finish(grid, store_error),
        routes,
    }
}

#[derive(Default)]
struct OfPeriod {
    tally: Tally,
    points: Vec<Point>,
}

impl OfPeriod {
    fn add(&mut self, start: Minute, covered_minutes: u32, totals: &Totals) {
        if let Ok(tally) = totals.to_tally() {
            self.tally.merge(&tally);
            self.points.push(Point::of(start, covered_minutes, &tally));
        }
    }

    fn finish(self, grid: &Grid, store_error: Option<Arc<StoreError>>) -> Summary {
        Summary::of(grid, self.tally, self.points, store_error)
    }
}
