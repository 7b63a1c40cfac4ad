//! What is kept of error groups, and what the engine asks of whoever keeps it.

use std::collections::HashMap;

use async_trait::async_trait;

use super::occurrence::{Example, GroupKey};
use super::standing::{Change, GroupState};
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
    /// Of what is written: when the first came of those that the store does not have yet.
    pub news_ms: i64,
    /// Of the processes that saw the first and the last; `None`: earlier ones did not say.
    pub first_version: Option<String>,
    pub last_version: Option<String>,
    /// `None` of what could not be read.
    pub example: Option<Example>,
}

/// Something that was said of a group, or came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at_ms: i64,
    pub kind: EntryKind,
    /// `None`: nobody, it happened.
    pub by: Option<String>,
    /// A note, a reason or a version; may be empty.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Note,
    Resolved,
    Reopened,
    Muted,
    Unmuted,
    /// It was seen again after it was resolved, or after a long time.
    Back,
}

impl EntryKind {
    const ALL: [Self; 6] = [
        Self::Note,
        Self::Resolved,
        Self::Reopened,
        Self::Muted,
        Self::Unmuted,
        Self::Back,
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Muted => "muted",
            Self::Unmuted => "unmuted",
            Self::Back => "back",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl From<Change> for EntryKind {
    fn from(change: Change) -> Self {
        match change {
            Change::Resolve => Self::Resolved,
            Change::Reopen => Self::Reopened,
            Change::Mute { .. } => Self::Muted,
            Change::Unmute => Self::Unmuted,
        }
    }
}

/// What an [`Errors`](super::Errors) shows.
#[derive(Debug, Default)]
pub(super) struct StoredErrors {
    pub groups: Vec<GroupRow>,
    /// Their hours.
    pub hours: Vec<Row>,
    /// By cause; of those that are not here nobody has said anything.
    pub states: HashMap<String, GroupState>,
    /// How many groups there are beside these, and how often these happened in that time.
    pub more_groups: u64,
    pub more_errors: u64,
}

/// Where groups are kept. How often they happened is a [series](crate::series).
#[async_trait]
pub trait GroupStore: Send + Sync {
    /// Writes all of them or none. A group becomes first seen no later and last seen no earlier than
    /// known, and is back where [`GroupState::saw`] says so.
    async fn write(&self, groups: Vec<GroupRow>) -> Result<(), StoreError>;

    /// Those of the fingerprints that are known.
    async fn read(&self, fingerprints: Vec<String>) -> Result<Vec<GroupRow>, StoreError>;

    /// Gives groups that an earlier version wrote what they lack: by it they are found.
    async fn complete(&self) -> Result<(), StoreError>;

    /// All places of a cause.
    async fn of_cause(&self, cause: String) -> Result<Vec<GroupRow>, StoreError>;

    /// Of these causes, as far as there is anything to say.
    async fn states(&self, causes: Vec<String>) -> Result<HashMap<String, GroupState>, StoreError>;

    /// Changes a cause's state and writes that down.
    async fn change(&self, cause: String, change: Change, entry: Entry) -> Result<(), StoreError>;

    async fn add_entry(&self, cause: String, entry: Entry) -> Result<(), StoreError>;

    /// The newest first.
    async fn entries(&self, cause: String) -> Result<Vec<Entry>, StoreError>;

    /// Deletes groups that were last seen before then, and what was said of those that are gone.
    async fn trim(&self, before_ms: i64) -> Result<(), StoreError>;
}
