//! [`Host`]: the sources, the series that their samples become, and the events, put together.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::gauge::Sample;
use super::levels::Levels;
use super::source::Source;
use crate::clock::{Clock, Minute, Period};
use crate::events::{Event, EventKind, EventLog};
use crate::series::{
    Idle, InstanceFilter, Kind, Retention, Run, Series, SeriesStore, Spec, Summary,
};
use crate::task::Pulse;

/// The rows of all gauges.
pub const HOST: Kind = Kind("host");

const SPEC: Spec = Spec {
    what: "host samples",
    total: HOST,
    by_key: None,
    idle: Idle::Unknown,
};

pub const SAMPLE_EVERY: Duration = Duration::from_secs(10);

/// How long one look may take; what it has not found by then is absent.
const SOURCE_LIMIT: Duration = Duration::from_secs(3);

/// How often the running minute is written: a crash loses no more than the time between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);

pub struct Host {
    clock: Arc<dyn Clock>,
    sources: Vec<Arc<dyn Source>>,
    series: Series<Levels, Levels>,
    events: EventLog,
    /// What was found at the last look, and when that was.
    latest: Mutex<Option<(SystemTime, Sample)>>,
}

#[derive(Clone, Debug)]
pub struct HostSummary {
    /// Of all instances that were asked for, together.
    pub levels: Summary<Levels, Levels>,
    /// What this process found when it looked last, and when.
    pub latest: Option<(SystemTime, Sample)>,
    /// Within the period, of all instances, oldest first.
    pub events: Vec<Event>,
    /// When the store last told what it knows.
    pub read_at: Option<SystemTime>,
}

impl Host {
    pub fn new(
        run: Run,
        sources: Vec<Arc<dyn Source>>,
        clock: Arc<dyn Clock>,
        store: Arc<dyn SeriesStore>,
        events: EventLog,
        retention: Retention,
    ) -> Self {
        Self {
            series: Series::new(SPEC, run, Arc::clone(&clock), store, retention),
            clock,
            sources,
            events,
            latest: Mutex::default(),
        }
    }

    /// Something that happened just now. It goes to the store with the next samples.
    pub fn note_event(&self, kind: EventKind, detail: String) {
        self.note_event_at(self.clock.now(), kind, detail);
    }

    /// Likewise of something that happened a moment ago.
    pub fn note_event_at(&self, at: SystemTime, kind: EventKind, detail: String) {
        self.events.note(at, kind, detail);
    }

    /// Minutes that waited for the store until there was no room for them.
    pub fn dropped_minutes(&self) -> u64 {
        self.series.dropped_minutes()
    }

    /// Looks, and talks to the store, until `stop` resolves; then notes that, and writes once more.
    pub async fn run_until(&self, pulse: &Pulse, stop: impl Future<Output = ()>) {
        // Apart, so that no store that hangs makes a gap.
        let sampling = async {
            let mut ticks = interval(SAMPLE_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                pulse.beat();
                self.sample().await;
            }
        };
        let exchanging = async {
            loop {
                self.tick().await;
                sleep(WRITE_EVERY).await;
            }
        };
        // Either may be left anywhere: what was written unnoticed is written again.
        tokio::select! {
            () = stop => {}
            () = sampling => {}
            () = exchanging => {}
        }
        self.note_event(EventKind::Stop, String::new());
        self.series.flush().await;
        _ = self.events.write().await;
    }

    /// Asks all sources once, side by side.
    pub async fn sample(&self) {
        let looks = self
            .sources
            .iter()
            .map(|source| timeout(SOURCE_LIMIT, source.read()));
        let mut sample = Sample::default();
        for found in join_all(looks).await.into_iter().flatten() {
            sample.append(found);
        }
        let now = self.clock.now();
        let mut levels = Levels::default();
        levels.record(&sample, now);
        self.series.turn();
        self.series.record(|add| add("", 1, &levels));
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, sample));
    }

    /// One round: writes what the store lacks, reads what others did, rolls up, trims.
    pub async fn tick(&self) {
        self.series.tick().await;
        // The series tells in the log of a store that is away.
        _ = self.events.exchange().await;
    }

    /// Of all instances together, or of one. Never waits for a store that is known to be away.
    pub async fn summary(&self, period: Period, filter: &InstanceFilter) -> HostSummary {
        let levels = self.series.summary(period, filter).await;
        if levels.store_error.is_none() {
            self.events.read_first().await;
        }
        HostSummary {
            events: self.events.since(levels.start),
            latest: self.latest(),
            read_at: self.series.read_at(),
            levels,
        }
    }

    /// What this process found when it looked last, and when.
    pub fn latest(&self) -> Option<(SystemTime, Sample)> {
        let latest = self.latest.lock();
        latest.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Of all instances, as far as they are known, oldest first. Never waits.
    pub fn events_since(&self, from: Minute) -> Vec<Event> {
        self.events.since(from)
    }
}
