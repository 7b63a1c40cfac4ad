//! The desk's own store, as the engine wants it.

use std::sync::Arc;

use async_trait::async_trait;
use ops::errors::{ErrorStore, GroupRow, HourRow, StoredErrors};
use ops::store::StoreError;

use crate::db::queries::error_groups;
use crate::traffic::{TrafficStore, failed};

/// There as soon as the store of traffic is: it is the same database.
pub struct ErrorGroupStore(pub Arc<TrafficStore>);

#[async_trait]
impl ErrorStore for ErrorGroupStore {
    async fn write(&self, groups: Vec<GroupRow>, hours: Vec<HourRow>) -> Result<(), StoreError> {
        let written = error_groups::write(self.0.ops()?, groups, hours).await;
        written.map_err(failed)
    }

    async fn read(
        &self,
        from_hour: i64,
        instance: Option<String>,
        most: usize,
    ) -> Result<StoredErrors, StoreError> {
        let read = error_groups::read(self.0.ops()?, from_hour, instance, most).await;
        read.map_err(failed)
    }

    async fn trim(&self, oldest_hour: i64) -> Result<(), StoreError> {
        let trimmed = error_groups::trim(self.0.ops()?, oldest_hour).await;
        trimmed.map_err(failed)
    }
}
