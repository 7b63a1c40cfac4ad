//! What is kept of error groups, and what the engine asks of whoever keeps it.

use async_trait::async_trait;

use super::occurrence::{Example, GroupKey};
use crate::series::{Kind, Row, StoreError};

/// The rows of how often groups happened: one an hour, whose key is the group's fingerprint.
pub const ERRORS: Kind = Kind("errors");

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

/// What an [`Errors`](super::Errors) shows.
#[derive(Debug, Default)]
pub(super) struct StoredErrors {
    pub groups: Vec<GroupRow>,
    /// Their hours.
    pub hours: Vec<Row>,
    /// How many groups there are beside these, and how often these happened in that time.
    pub more_groups: u64,
    pub more_errors: u64,
}

/// Where groups are kept. How often they happened is a [series](crate::series).
#[async_trait]
pub trait GroupStore: Send + Sync {
    /// Writes all of them or none. A group becomes first seen no later and last seen no earlier than
    /// known.
    async fn write(&self, groups: Vec<GroupRow>) -> Result<(), StoreError>;

    /// Those of the fingerprints that are known.
    async fn read(&self, fingerprints: Vec<String>) -> Result<Vec<GroupRow>, StoreError>;

    /// Deletes groups that were last seen before then.
    async fn trim(&self, before_ms: i64) -> Result<(), StoreError>;
}
