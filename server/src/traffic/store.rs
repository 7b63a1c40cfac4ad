//! The desk's own store, as the engine wants it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ops::store::{Store, StoreError};
use ops::traffic::{Minute, MinuteRows, RunMinute};

use crate::db::queries::traffic;
use crate::db::{Db, DbError};

pub struct TrafficStore {
    ops: Db,
    is_prepared: AtomicBool,
}

impl TrafficStore {
    /// Refuses everything until [`TrafficStore::prepared`] is called.
    pub fn new(ops: Db) -> Self {
        Self {
            ops,
            is_prepared: AtomicBool::new(false),
        }
    }

    /// The migrations are applied.
    pub fn prepared(&self) {
        self.is_prepared.store(true, Ordering::Relaxed);
    }

    fn ops(&self) -> Result<&Db, StoreError> {
        let is_prepared = self.is_prepared.load(Ordering::Relaxed);
        is_prepared
            .then_some(&self.ops)
            .ok_or(StoreError::NotPrepared)
    }
}

#[async_trait]
impl Store for TrafficStore {
    async fn write_minutes(&self, minutes: Vec<MinuteRows>) -> Result<(), StoreError> {
        traffic::write(self.ops()?, minutes).await.map_err(failed)
    }

    async fn minutes_since(&self, from: Minute) -> Result<Vec<RunMinute>, StoreError> {
        traffic::since(self.ops()?, from).await.map_err(failed)
    }

    async fn trim_minutes(&self, oldest: Minute) -> Result<(), StoreError> {
        traffic::trim(self.ops()?, oldest).await.map_err(failed)
    }
}

fn failed(error: DbError) -> StoreError {
    StoreError::Failed(Box::new(error))
}
