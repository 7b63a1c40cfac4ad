//! What the system-status page is made of: the status, and what only the page needs beside it.

use serde::{Deserialize, Serialize};

use super::{ErrorGroups, HostHistory, InstanceChoice, Instances, Status, Traffic, TrafficHistory};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Without the points of its traffic: the charts go by `history`, and most of a first visit
    /// would be those.
    pub status: Status,
    /// Requests that are being answered now, by this instance.
    pub in_flight: u64,
    /// The same 24 hours one day earlier, without points; compare only what it covers.
    pub yesterday: Traffic,
    pub history: TrafficHistory,
    pub host: HostHistory,
    /// Whose traffic and errors these are.
    #[serde(rename = "whose")]
    pub choice: InstanceChoice,
    pub errors: ErrorGroups,
    pub instances: Instances,
}
