//! The desk's own store, as the engine wants it: one implementation of each of its traits. Nothing but
//! this, and who remembers sessions, touches that database.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ops::clock::{Minute, Resolution};
use ops::errors::{Change, Entry, GroupRow, GroupState, GroupStore};
use ops::events::{Event, EventStore};
use ops::series::{Kind, Row, SeriesStore, StoreError};

use crate::db::queries::{error_groups, error_states, events, series};
use crate::db::{Db, DbError};

pub struct OpsStore {
    ops: Db,
    is_prepared: AtomicBool,
}

impl OpsStore {
    /// Refuses everything until [`OpsStore::prepared`] is called.
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

pub fn failed(error: DbError) -> StoreError {
    StoreError::Failed(Box::new(error))
}

#[async_trait]
impl SeriesStore for OpsStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        series::write(self.ops()?, rows).await.map_err(failed)
    }

    async fn read(
        &self,
        kind: Kind,
        resolution: Resolution,
        range: Range<Minute>,
    ) -> Result<Vec<Row>, StoreError> {
        let found = series::read(self.ops()?, kind, resolution, range).await;
        found.map_err(failed)
    }

    async fn trim(
        &self,
        kind: Kind,
        resolution: Resolution,
        before: Minute,
    ) -> Result<(), StoreError> {
        let trimmed = series::trim(self.ops()?, kind, resolution, before).await;
        trimmed.map_err(failed)
    }
}

#[async_trait]
impl EventStore for OpsStore {
    async fn write(&self, events: Vec<Event>) -> Result<(), StoreError> {
        events::write(self.ops()?, events).await.map_err(failed)
    }

    async fn since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError> {
        events::since(self.ops()?, from_ms).await.map_err(failed)
    }

    async fn start_before(&self, start: &Event) -> Result<Option<Event>, StoreError> {
        let found = events::start_before(self.ops()?, start).await;
        found.map_err(failed)
    }

    async fn trim(&self, before_ms: i64) -> Result<(), StoreError> {
        events::trim(self.ops()?, before_ms).await.map_err(failed)
    }
}

#[async_trait]
impl GroupStore for OpsStore {
    async fn write(&self, groups: Vec<GroupRow>) -> Result<(), StoreError> {
        let written = error_groups::write(self.ops()?, groups).await;
        written.map_err(failed)
    }

    async fn read(&self, fingerprints: Vec<String>) -> Result<Vec<GroupRow>, StoreError> {
        let found = error_groups::read(self.ops()?, fingerprints).await;
        found.map_err(failed)
    }

    async fn complete(&self) -> Result<(), StoreError> {
        while error_groups::complete(self.ops()?).await.map_err(failed)? {}
        Ok(())
    }

    async fn of_cause(&self, cause: String) -> Result<Vec<GroupRow>, StoreError> {
        let found = error_groups::of_cause(self.ops()?, cause).await;
        found.map_err(failed)
    }

    async fn states(&self, causes: Vec<String>) -> Result<HashMap<String, GroupState>, StoreError> {
        let found = error_states::read(self.ops()?, causes).await;
        found.map_err(failed)
    }

    async fn change(&self, cause: String, change: Change, entry: Entry) -> Result<(), StoreError> {
        let changed = error_states::change(self.ops()?, cause, change, entry).await;
        changed.map_err(failed)
    }

    async fn add_entry(&self, cause: String, entry: Entry) -> Result<(), StoreError> {
        let added = error_states::add_entry(self.ops()?, cause, entry).await;
        added.map_err(failed)
    }

    async fn entries(&self, cause: String) -> Result<Vec<Entry>, StoreError> {
        let found = error_states::entries(self.ops()?, cause).await;
        found.map_err(failed)
    }

    async fn trim(&self, before_ms: i64) -> Result<(), StoreError> {
        let trimmed = error_groups::trim(self.ops()?, before_ms).await;
        trimmed.map_err(failed)
    }
}
