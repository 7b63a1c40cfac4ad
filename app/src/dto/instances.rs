//! Who shares the desk's own store: a card of the system-status page, and `GET /api/ops/instances/`.

use serde::{Deserialize, Serialize};

use super::{Code, Range};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Instances {
    /// Of the traffic.
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    /// Of all instances together.
    pub requests: u64,
    /// Those that run first, then those that were seen last; at most 50.
    pub instances: Vec<Instance>,
    /// How many more there are.
    pub more_instances: u64,
    /// The desk's own store is out of reach: what was known of the others when it was there last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// RFC 3339 UTC.
    pub generated_at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Instance {
    /// The host's name and the process id.
    pub name: String,
    pub state: InstanceState,
    /// The one that answers.
    pub is_this: bool,
    /// `None` where nothing but its traffic is known, as of what follows.
    pub version: Option<String>,
    pub commit: Option<String>,
    /// RFC 3339 UTC, by its own clock.
    pub started_at: Option<String>,
    pub last_seen: Option<String>,
    /// From its start to when it was seen last.
    pub uptime_seconds: Option<u64>,
    pub requests: u64,
    /// Of all requests of the period, 0–1.
    pub share: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstanceState {
    /// Seen within the last 20 seconds.
    Live,
    /// Not seen for longer, and it did not say that it ends.
    Silent,
    /// It said that it ends.
    Stopped,
    /// Only its traffic is known.
    Unknown,
}

/// Whose figures a page shows: the query string's `instance`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InstanceChoice {
    /// All instances together.
    #[default]
    All,
    Instance(String),
    /// This one was asked for, and nobody knows it: all are shown.
    Unknown(String),
}

impl InstanceChoice {
    /// As in the query string, and of an instance that is known.
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::Instance(name) => Some(name),
            Self::All | Self::Unknown(_) => None,
        }
    }
}
