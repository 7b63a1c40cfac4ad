//! The desk's own store, as the engine wants it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ops::store::{Store, StoreError};
use ops::traffic::{Minute, Rows, RunTotals, Span};

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

    /// The database, once its tables are there.
    pub fn ops(&self) -> Result<&Db, StoreError> {
        let is_prepared = self.is_prepared.load(Ordering::Relaxed);
        is_prepared
            .then_some(&self.ops)
            .ok_or(StoreError::NotPrepared)
    }
}

#[async_trait]
impl Store for TrafficStore {
    async fn write(&self, rows: Vec<Rows>) -> Result<(), StoreError> {
        traffic::write(self.ops()?, rows).await.map_err(failed)
    }

    async fn totals_since(&self, span: Span, from: Minute) -> Result<Vec<RunTotals>, StoreError> {
        let found = traffic::totals_since(self.ops()?, span, from).await;
        found.map_err(failed)
    }

    async fn rows_between(
        &self,
        span: Span,
        from: Minute,
        to: Minute,
    ) -> Result<Vec<Rows>, StoreError> {
        let found = traffic::rows_between(self.ops()?, span, from, to).await;
        found.map_err(failed)
    }

    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError> {
        let trimmed = traffic::trim(self.ops()?, span, oldest).await;
        trimmed.map_err(failed)
    }
}

pub fn failed(error: DbError) -> StoreError {
    StoreError::Failed(Box::new(error))
}
