//! Samples and events in the desk's own store, which [`TrafficStore`] knows whether it is prepared.

use async_trait::async_trait;
use ops::clock::{Minute, Span};
use ops::host::{Event, HostRow, HostStore};
use ops::store::StoreError;

use crate::db::queries::host;
use crate::traffic::{TrafficStore, failed};

#[async_trait]
impl HostStore for TrafficStore {
    async fn write(&self, rows: Vec<HostRow>, events: Vec<Event>) -> Result<(), StoreError> {
        host::write(self.ops()?, rows, events).await.map_err(failed)
    }

    async fn rows_since(&self, span: Span, from: Minute) -> Result<Vec<HostRow>, StoreError> {
        let found = host::rows_since(self.ops()?, span, from).await;
        found.map_err(failed)
    }

    async fn events_since(&self, from_ms: i64) -> Result<Vec<Event>, StoreError> {
        let found = host::events_since(self.ops()?, from_ms).await;
        found.map_err(failed)
    }

    async fn start_before(&self, start: &Event) -> Result<Option<Event>, StoreError> {
        let found = host::start_before(self.ops()?, start).await;
        found.map_err(failed)
    }

    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError> {
        let trimmed = host::trim(self.ops()?, span, oldest).await;
        trimmed.map_err(failed)
    }

    async fn trim_events(&self, oldest_ms: i64) -> Result<(), StoreError> {
        let trimmed = host::trim_events(self.ops()?, oldest_ms).await;
        trimmed.map_err(failed)
    }
}
