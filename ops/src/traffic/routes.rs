//! Traffic route by route.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::summary::Summary;
use crate::clock::Period;
use crate::series::InstanceFilter;

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

impl RoutesCache {
    /// Names are anybody's choice: what is no longer of use is not kept.
    pub fn fresh(&mut self, asked: &(Period, InstanceFilter), now: Instant) -> Option<Arc<Routes>> {
        self.0
            .retain(|_, (at, _)| now.saturating_duration_since(*at) < FRESH_FOR);
        self.0.get(asked).map(|(_, routes)| Arc::clone(routes))
    }

    pub fn keep(&mut self, asked: (Period, InstanceFilter), now: Instant, found: &Arc<Routes>) {
        self.0.insert(asked, (now, Arc::clone(found)));
    }
}
