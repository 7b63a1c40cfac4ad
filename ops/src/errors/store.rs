//! What is kept of error groups, and what the engine asks of whoever keeps it.

use async_trait::async_trait;

use super::counts::MinuteCounts;
use super::occurrence::{Example, GroupKey};
use crate::store::StoreError;

/// A group as such, whoever counted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    pub fingerprint: String,
    pub key: GroupKey,
    /// Milliseconds since the Unix epoch, as `last_ms`.
    pub first_ms: i64,
    pub last_ms: i64,
    /// `None` of what could not be read.
    pub example: Option<Example>,
}

/// A group within an hour, as one process counted it; written again while there may be more, and
/// never with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourRow {
    /// Since the Unix epoch.
    pub hour: i64,
    pub instance: String,
    /// Tells two runs of an instance apart.
    pub run: i64,
    pub fingerprint: String,
    pub minutes: MinuteCounts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredErrors {
    pub groups: Vec<GroupRow>,
    pub hours: Vec<HourRow>,
    /// How many groups there are beside these, and how often these happened since that hour.
    pub more_groups: u64,
    pub more_errors: u64,
}

#[async_trait]
pub trait ErrorStore: Send + Sync {
    /// Writes all of it or nothing. A group becomes first seen no later and last seen no earlier than
    /// known; of two counts of the same hour, run and group the greater one stays.
    async fn write(&self, groups: Vec<GroupRow>, hours: Vec<HourRow>) -> Result<(), StoreError>;

    /// The `most` frequent groups since that hour, of all instances or one, with their hours.
    async fn read(
        &self,
        from_hour: i64,
        instance: Option<String>,
        most: usize,
    ) -> Result<StoredErrors, StoreError>;

    /// Deletes the hours before `oldest_hour`, and groups that were last seen before it.
    async fn trim(&self, oldest_hour: i64) -> Result<(), StoreError>;
}
