//! A store or a source that hangs holds up nothing else.

#![allow(clippy::indexing_slicing, reason = "tests")]

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;

use super::*;
use crate::clock::{Clock, ManualClock, Minute, Period, Resolution};
use crate::events::{EventLog, EventStore, MemoryEvents};
use crate::series::{InstanceFilter, Kind, Retention, Row, Run, SeriesStore, StoreError};

pub(super) fn host(
    instance: &str,
    version: &str,
    sources: Vec<Arc<dyn Source>>,
    clock: &Arc<ManualClock>,
    store: Arc<dyn SeriesStore>,
    events: Arc<dyn EventStore>,
) -> Host {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let (now, retention) = (clock.now(), Retention::default());
    let run = Run::new(instance.to_owned(), now);
    let events = EventLog::new(
        run.clone(),
        now,
        version.to_owned(),
        Arc::clone(&clock),
        events,
        retention,
    );
    Host::new(run, sources, clock, store, events, retention)
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_makes_no_gap() {
    struct Hanging;

    #[async_trait]
    impl SeriesStore for Hanging {
        async fn write(&self, _: Vec<Row>) -> Result<(), StoreError> {
            std::future::pending().await
        }
        async fn read(
            &self,
            _: Kind,
            _: Resolution,
            _: Range<Minute>,
        ) -> Result<Vec<Row>, StoreError> {
            std::future::pending().await
        }
        async fn trim(&self, _: Kind, _: Resolution, _: Minute) -> Result<(), StoreError> {
            std::future::pending().await
        }
    }

    /// Counts the looks; one source that hangs takes nothing from another.
    #[derive(Default)]
    struct Counter(AtomicU64);

    #[async_trait]
    impl Source for Counter {
        async fn read(&self) -> Sample {
            self.0.fetch_add(1, Ordering::Relaxed);
            let mut sample = Sample::default();
            sample.set(Gauge::Threads, Some(1));
            sample
        }
    }

    struct Stuck;

    #[async_trait]
    impl Source for Stuck {
        async fn read(&self) -> Sample {
            std::future::pending().await
        }
    }

    let clock = Arc::new(ManualClock::new(
        UNIX_EPOCH + Duration::from_secs(1_767_225_600),
    ));
    let counter = Arc::new(Counter::default());
    let host = host(
        "one",
        "1.0",
        vec![Arc::new(Stuck), Arc::clone(&counter) as Arc<dyn Source>],
        &clock,
        Arc::new(Hanging),
        Arc::new(MemoryEvents::default()),
    );
    host.run_until(
        &crate::task::Pulse::unwatched(),
        tokio::time::sleep(Duration::from_secs(65)),
    )
    .await;
    assert_eq!(counter.0.load(Ordering::Relaxed), 7);
    let summary = host.summary(Period::total(60), &InstanceFilter::All).await;
    let threads = summary.levels.points[0].value.get(Gauge::Threads);
    assert!(threads.is_some_and(|threads| threads.count >= 6));
}
