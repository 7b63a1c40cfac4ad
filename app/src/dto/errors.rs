//! Errors by what they are: a card of the system-status page, and `GET /api/ops/errors/`.

use serde::{Deserialize, Serialize};

use super::{Code, Range};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorGroups {
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    /// Whose errors; `None`: those of all instances together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// ERROR lines, panics and requests answered with 503 within the period.
    pub errors: u64,
    pub step_minutes: u32,
    /// Where the first step begins, RFC 3339 UTC; the period itself may begin within that step.
    pub start: String,
    /// The most frequent first, at most 50.
    pub groups: Vec<ErrorGroup>,
    /// How many more groups there are.
    pub more_groups: u64,
    /// Errors that this process counted and could not keep: they waited for the store too long.
    pub dropped: u64,
    /// The desk's own store is out of reach: only what this process counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// RFC 3339 UTC.
    pub generated_at: String,
}

/// Errors of one kind with one cause, but for what differs from time to time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorGroup {
    /// The same in every process and version: 16 hexadecimal digits.
    pub id: String,
    /// `panic`, or the logger; `other` for what found no room among the groups.
    pub kind: String,
    /// With placeholders such as `<n>`, `<uuid>`, `<value>`.
    pub message: String,
    /// A panic's `file:line`, else the route, else the logger: of several the most frequent.
    pub place: String,
    /// All of them, the most frequent first.
    #[serde(default)]
    pub places: Vec<ErrorPlace>,
    /// Within the period.
    pub errors: u64,
    /// Ever, as far as it is kept; RFC 3339 UTC.
    pub first_seen: String,
    pub last_seen: String,
    /// Errors, step by step; `null` where no instance was up.
    pub steps: Vec<Option<u64>>,
    /// The last one that this instance logged, else another's.
    pub example: Option<ErrorExample>,
}

/// Where a cause showed, and how often within the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorPlace {
    pub place: String,
    pub errors: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorExample {
    /// RFC 3339 UTC.
    pub at: String,
    /// Its own sentence, then the chain of causes.
    pub text: String,
    pub request_id: Option<String>,
    pub error_id: Option<String>,
    /// Whose log has the line.
    pub instance: String,
}
