//! What happened to instances: the marks on charts.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InstanceEvent {
    /// RFC 3339 UTC.
    pub at: String,
    pub kind: EventKind,
    pub instance: String,
    /// Of a start its version, of a change both versions, of migrations the set and their names.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Start,
    /// A clean one: a process that is killed has none.
    Stop,
    Migration,
    /// Beside the start of another version than the start before it had.
    VersionChange,
}
