//! Where following goes on from: what a log page's script is told.

use serde::{Deserialize, Serialize};

use crate::dto::LogQuery;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TailStart {
    pub query: LogQuery,
    /// The position behind the newest line; `None` if there is no file yet.
    pub newest: Option<String>,
}

/// The id of the element that the followed lines are put into.
pub const PLACE_ID: &str = "followed-lines";
