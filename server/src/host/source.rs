//! The connections to both databases, and how long the registry's one takes.

use std::sync::Arc;

use async_trait::async_trait;
use ops::clock::Clock;
use ops::health::{HealthChecks, Report};
use ops::host::{Gauge, SAMPLE_EVERY, Sample, Source};

use crate::db::Db;
use crate::db::probe::DATABASE;
use crate::process::Phase;

pub struct Connections {
    db: Db,
    ops: Db,
    health: HealthChecks,
    phase: Arc<Phase>,
    clock: Arc<dyn Clock>,
}

impl Connections {
    pub fn new(
        db: Db,
        ops: Db,
        health: HealthChecks,
        phase: Arc<Phase>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            db,
            ops,
            health,
            phase,
            clock,
        }
    }

    /// The readiness check's own figures: those of whoever probed last, and where nobody does, what
    /// one run of the checks finds. No query of its own is put, and no checks are run on a service
    /// that is only starting or about to end: they would tell of trouble that is none.
    async fn report(&self) -> Option<Report> {
        let last = self.health.last();
        let now = self.clock.now();
        let fresh = last.filter(|report| {
            let age = now.duration_since(report.measured_at());
            age.is_ok_and(|age| age < SAMPLE_EVERY)
        });
        match fresh {
            None if self.phase.check().ready => Some(self.health.report().await),
            fresh => fresh,
        }
    }
}

#[async_trait]
impl Source for Connections {
    async fn read(&self) -> Sample {
        let mut sample = Sample::default();
        let pools = [
            (
                &self.db,
                [
                    Gauge::RegistryPoolSize,
                    Gauge::RegistryPoolInUse,
                    Gauge::RegistryPoolWaiting,
                ],
            ),
            (
                &self.ops,
                [
                    Gauge::OpsPoolSize,
                    Gauge::OpsPoolInUse,
                    Gauge::OpsPoolWaiting,
                ],
            ),
        ];
        for (db, [size, in_use, waiting]) in pools {
            let pool = db.pool_state();
            sample.set(size, Some(u64::from(pool.active + pool.idle)));
            sample.set(in_use, Some(u64::from(pool.active)));
            sample.set(waiting, Some(u64::from(db.waiting())));
        }
        let report = self.report().await;
        let check = report.as_ref().and_then(|report| report.check(DATABASE));
        let latency = check.and_then(|check| check.latency);
        let latency = latency.and_then(|latency| u64::try_from(latency.as_micros()).ok());
        sample.set(Gauge::DatabaseLatency, latency);
        sample
    }
}
