//! What the engine asks of persistence: one table of rows, for whatever is recorded.

use std::error::Error;
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::time::timeout;

use crate::clock::{Covered, Minute, Resolution};

/// Minutes are kept this long, in the store and, while it is away, in memory.
pub const RETENTION_MINUTES: u32 = 48 * 60;

/// Hours, and the days made of them, are held in memory for the longest period that is shown.
pub(crate) const SHOWN_MINUTES: u32 = 31 * 24 * 60;

const STORE_LIMIT: Duration = Duration::from_secs(3);

/// How long what is rolled up is kept in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days, of the rows for an hour.
    pub hours: u32,
    /// In days, of the rows for a day.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            hours: 90,
            days: 400,
        }
    }
}

impl Retention {
    /// For how many minutes rows of `resolution` are kept.
    pub(crate) fn minutes(self, resolution: Resolution) -> u32 {
        let days = |days: u32| days.saturating_mul(Resolution::Day.minutes());
        match resolution {
            Resolution::Minute => RETENTION_MINUTES,
            Resolution::Hour => days(self.hours),
            Resolution::Day => days(self.days),
        }
    }
}

/// A run of an instance: from one start of its process to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    pub instance: String,
    /// Milliseconds since the Unix epoch at its start. One more for each time the clock went back.
    pub number: i64,
}

impl Run {
    pub fn new(instance: String, started_at: SystemTime) -> Self {
        let since = started_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            instance,
            number: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        }
    }

    pub(crate) fn next(&self) -> Self {
        Self {
            instance: self.instance.clone(),
            number: self.number.saturating_add(1),
        }
    }
}

/// Which instances' figures are asked for: those of all together, or of one by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum InstanceFilter {
    #[default]
    All,
    Instance(String),
}

impl InstanceFilter {
    pub fn matches(&self, instance: &str) -> bool {
        match self {
            Self::All => true,
            Self::Instance(name) => name == instance,
        }
    }
}

/// What a series measures, by the name that its rows are stored under. A name never changes its
/// meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub &'static str);

/// What one run recorded of one key during a minute, an hour or a day; written again while there may
/// be more, and never with less in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    pub resolution: Resolution,
    pub start: Minute,
    pub run: Run,
    /// What is told apart within a kind, for example a route; empty for all of it together.
    pub key: Arc<str>,
    /// During which parts of its time something was recorded.
    pub covered: Covered,
    /// How many events or samples are in the payload.
    pub count: u64,
    /// As [`Payload::encode`](super::Payload::encode) wrote it.
    pub payload: Box<[u8]>,
}

impl Row {
    /// Whether it knows no less than `other`, a row of the same time, run and key.
    pub fn replaces(&self, other: &Self) -> bool {
        // Of two sets of which one holds the other, the larger number is the larger set.
        other.count <= self.count && other.covered <= self.covered
    }
}

/// Where rows are kept.
#[async_trait]
pub trait SeriesStore: Send + Sync {
    /// Writes all of it or nothing. A row takes the place of one of the same kind, resolution, start,
    /// run and key only if it [replaces](Row::replaces) it: a write that comes late must not undo a
    /// later one.
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError>;

    /// The rows that start within the range, in any order.
    async fn read(
        &self,
        kind: Kind,
        resolution: Resolution,
        range: Range<Minute>,
    ) -> Result<Vec<Row>, StoreError>;

    /// Deletes a small part of the rows that start before `before`, the oldest first.
    async fn trim(
        &self,
        kind: Kind,
        resolution: Resolution,
        before: Minute,
    ) -> Result<(), StoreError>;
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Its tables are not there yet. Whoever prepares it reports failures.
    #[error("the store is not prepared yet")]
    NotPrepared,
    #[error("the store did not answer in time")]
    Timeout,
    #[error("the store failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Whether nobody else reports it.
    pub(super) fn is_news(&self) -> bool {
        !matches!(self, Self::NotPrepared)
    }
}

/// Waits for an answer of the store, but no longer than it may take.
pub(crate) async fn in_time<T>(
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(STORE_LIMIT, asked)
        .await
        .unwrap_or(Err(StoreError::Timeout))
}
