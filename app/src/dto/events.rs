//! What happened to instances: the marks on charts.

use serde::{Deserialize, Serialize};

use super::Finding;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InstanceEvent {
    /// RFC 3339 UTC.
    pub at: String,
    pub kind: EventKind,
    pub instance: String,
    /// Of a start its version, of a change both versions, of migrations the set and their names, of a
    /// finding what was wrong.
    pub detail: String,
    /// What was wrong until then: it began at `since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
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
    /// Something was wrong and is no more.
    Finding,
    /// Somebody's new version went out.
    Deploy,
    /// Other rules of alerts.
    Config,
    IncidentOpened,
    IncidentClosed,
}
