//! Traffic route by route.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::exemplar::Exemplar;
use super::key::method_and_route;
use super::summary::Summary;
use super::traffic::Traffic;
use crate::clock::Period;
use crate::series::{Details, InstanceFilter};

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

/// What was found, by what was asked for.
#[derive(Default)]
pub(super) struct RoutesCache(HashMap<(Period, InstanceFilter), (Instant, Arc<Routes>)>);

impl Traffic {
    /// Periods in steps of minutes are read from minutes; of hours or days, from those.
    ///
    /// Where the store is out of reach there is what this process still holds, and the error.
    pub async fn routes(&self, period: Period, filter: &InstanceFilter) -> Arc<Routes> {
        // One reads, the others wait for what it finds.
        let mut cache = self.routes_cache.lock().await;
        let monotonic = self.clock.monotonic();
        // Names are anybody's choice: what is no longer of use is not kept.
        cache
            .0
            .retain(|_, (at, _)| monotonic.saturating_duration_since(*at) < FRESH_FOR);
        let asked = (period, filter.clone());
        if let Some((_, routes)) = cache.0.get(&asked) {
            return Arc::clone(routes);
        }
        self.absorb();
        let Details { total, by_key } = self.series.details(period, filter).await;
        let routes = by_key.into_iter().map(|(key, summary)| {
            let (method, route) = method_and_route(&key);
            Route {
                method,
                route: route.to_owned(),
                summary: summary.into(),
            }
        });
        let mut routes: Vec<Route> = routes.collect();
        routes.sort_by(|a, b| (&a.route, a.method).cmp(&(&b.route, b.method)));
        let found = Arc::new(Routes {
            total: total.into(),
            routes,
        });
        cache.0.insert(asked, (monotonic, Arc::clone(&found)));
        found
    }

    /// The slowest of the last hour, slowest first, and the last that failed, newest first: those
    /// that this process answered.
    pub fn exemplars(&self, method: &str, route: &str) -> (Vec<Exemplar>, Vec<Exemplar>) {
        self.recorder.exemplars(method, route)
    }
}
