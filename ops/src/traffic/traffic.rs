//! [`Traffic`]: the recorder, and the series that its counts become.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::exemplar::Exemplar;
use super::key::{method_and_route, without_class};
use super::recorder::{Recorder, RequestTotal};
use super::routes::{Route, Routes, RoutesCache};
use super::summary::{Figures, Summary};
use super::tally::Tally;
use crate::clock::{Clock, Minute, Period};
use crate::series::{
    ByKey, Details, Idle, InstanceFilter, Kind, Retention, Run, Series, SeriesStore, Spec,
};
use crate::task::Pulse;

/// The rows of all traffic together.
pub const TRAFFIC: Kind = Kind("traffic");

/// The rows of each series: see [`SeriesKey::name`](super::SeriesKey::name).
pub const ROUTES: Kind = Kind("routes");

const SPEC: Spec = Spec {
    what: "traffic minutes",
    total: TRAFFIC,
    by_key: Some(ByKey {
        kind: ROUTES,
        group: without_class,
    }),
    idle: Idle::Covered,
};

/// How often the running minute is written: a crash loses no more than the time between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);

pub struct Traffic {
    recorder: Recorder,
    clock: Arc<dyn Clock>,
    series: Series<Tally, Figures>,
    routes_cache: tokio::sync::Mutex<RoutesCache>,
}

impl Traffic {
    pub fn new(
        run: Run,
        clock: Arc<dyn Clock>,
        store: Arc<dyn SeriesStore>,
        retention: Retention,
    ) -> Self {
        Self {
            recorder: Recorder::new(Arc::clone(&clock)),
            series: Series::new(SPEC, run, Arc::clone(&clock), store, retention),
            clock,
            routes_cache: tokio::sync::Mutex::default(),
        }
    }

    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped_minutes(&self) -> u64 {
        self.series.dropped_minutes()
    }

    /// Closes minutes and talks to the store until `stop` resolves, then once more.
    pub async fn run_until(&self, pulse: &Pulse, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            let round = async {
                pulse.beat();
                self.tick().await;
                tokio::time::sleep(self.until_next_tick()).await;
            };
            // A round may be left anywhere: what it wrote unnoticed is written again.
            tokio::select! {
                () = &mut stop => break,
                () = round => {}
            }
        }
        self.absorb();
        self.series.flush().await;
    }

    /// One round: takes over what was counted, and exchanges minutes with the store.
    pub async fn tick(&self) {
        self.recorder.forget_slow();
        self.absorb();
        self.series.tick().await;
    }

    /// The last 24 hours, the running minute included: 1 440 minutes, of which those are covered
    /// that have a point.
    pub async fn last_day(&self, filter: &InstanceFilter) -> Summary {
        self.summary(Period::DAY, filter).await
    }

    /// Never waits for a store that is known to be away. Steps of less than an hour go back as far as
    /// minutes are kept.
    pub async fn summary(&self, period: Period, filter: &InstanceFilter) -> Summary {
        self.absorb();
        self.series.summary(period, filter).await.into()
    }

    /// The requests of a summary of this period by instance, those too that were up and had none. Of
    /// a period that ends now.
    pub async fn requests_by_instance(&self, period: Period) -> BTreeMap<String, u64> {
        self.absorb();
        self.series.counts_by_instance(period).await
    }

    /// Periods in steps of minutes are read from minutes; of hours or days, from those.
    ///
    /// Where the store is out of reach there is what this process still holds, and the error.
    pub async fn routes(&self, period: Period, filter: &InstanceFilter) -> Arc<Routes> {
        // One reads, the others wait for what it finds.
        let mut cache = self.routes_cache.lock().await;
        let monotonic = self.clock.monotonic();
        let asked = (period, filter.clone());
        if let Some(routes) = cache.fresh(&asked, monotonic) {
            return routes;
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
        cache.keep(asked, monotonic, &found);
        found
    }

    /// The slowest of the last hour, slowest first, and the last that failed, newest first: those
    /// that this process answered.
    pub fn exemplars(&self, method: &str, route: &str) -> (Vec<Exemplar>, Vec<Exemplar>) {
        self.recorder.exemplars(method, route)
    }

    /// The requests of this process since its start, series by series; those that finished just now
    /// included.
    pub fn totals(&self, each: impl FnMut(RequestTotal<'_>)) {
        self.absorb();
        self.recorder.totals(each);
    }

    /// Takes over what was counted, into the running minute.
    fn absorb(&self) {
        self.series.record(|add| {
            self.recorder.drain(|key, measure| {
                let tally = Tally::of(key.class, measure);
                add(&key.name(), tally.requests(), &tally);
            });
        });
    }

    fn until_next_tick(&self) -> Duration {
        let now = self.clock.now();
        let next = Minute::of(now).plus(1).start();
        // Into the next minute, not up to it.
        let left = next.duration_since(now).unwrap_or_default() + Duration::from_millis(1);
        left.min(WRITE_EVERY)
    }
}
