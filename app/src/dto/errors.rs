//! Errors by what they are: a card of the system-status page, pages of their own, and
//! `/api/ops/errors/`.

use serde::{Deserialize, Serialize};

use super::{Code, InstanceChoice, LogLine, Range, TrafficHistory};

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Of the processes that saw these, as far as it is known.
    #[serde(default)]
    pub first_version: Option<String>,
    #[serde(default)]
    pub last_version: Option<String>,
    #[serde(default)]
    pub activity: ErrorActivity,
    /// `null` of one that has been known for a day.
    #[serde(default)]
    pub novelty: Option<ErrorNovelty>,
    #[serde(default)]
    pub care: ErrorCare,
    /// What somebody said of it last, if that was not taken back.
    #[serde(default)]
    pub said: Option<ErrorSaid>,
    /// When it came back after it was resolved, or after a long time, and in which version.
    #[serde(default)]
    pub back_since: Option<String>,
    #[serde(default)]
    pub back_version: Option<String>,
    /// Its page.
    #[serde(default)]
    pub url: String,
    /// Errors, step by step; `null` where no instance was up.
    pub steps: Vec<Option<u64>>,
    /// The last one that this instance logged, else another's.
    pub example: Option<ErrorExample>,
}

/// `ended`: for ten minutes none was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorActivity {
    Ongoing,
    #[default]
    Ended,
}

/// `new`: first seen within a day. `back`: seen again after it was resolved, or after a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorNovelty {
    New,
    Back,
}

/// `resolved`: until it is seen again. `muted`: until then, or until somebody says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCare {
    #[default]
    Open,
    Resolved,
    Muted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorSaid {
    pub word: ErrorWord,
    pub by: String,
    /// RFC 3339 UTC.
    pub at: String,
    /// May be empty of a resolution.
    pub reason: String,
    /// Of a mute: `null` if it has no end.
    pub until: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorWord {
    Resolved,
    Muted,
}

/// One group: `GET /api/ops/errors/{id}/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorGroupReport {
    pub group: ErrorGroup,
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    /// Whose errors; `None`: those of all instances together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    pub step_minutes: u32,
    /// Where the first step begins, RFC 3339 UTC.
    pub start: String,
    /// One or everybody? Of the period.
    pub facets: Vec<ErrorFacet>,
    pub looked_at: ErrorLinesLookedAt,
    /// The newest lines of this instance's error.log, newest first, at most 20.
    #[cfg_attr(feature = "ssr", schema(value_type = Vec<Object>))]
    pub examples: Vec<LogLine>,
    /// What was said of it and what came of it, the newest first.
    pub entries: Vec<ErrorEntry>,
    /// The desk's own store is out of reach: only what this process counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    pub generated_at: String,
}

/// The values of one field, the most frequent first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorFacet {
    pub name: ErrorFacetName,
    /// At most five.
    pub values: Vec<ErrorFacetValue>,
    /// How many values there are beside these, and how many errors have them.
    pub more_values: u64,
    pub more_errors: u64,
    /// `counted`: all errors of the period; `lines`: those that `looked_at` tells of.
    pub of: ErrorFacetOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorFacetName {
    Route,
    Status,
    User,
    Namespace,
    Address,
    UserAgent,
    Instance,
    Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorFacetOf {
    Counted,
    Lines,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorFacetValue {
    /// `null`: they have none, such as requests of nobody who signed in.
    pub value: Option<String>,
    pub errors: u64,
    /// Of all that have the facet, 0–1.
    pub share: f64,
    /// Where there is more of them.
    pub url: Option<String>,
}

/// How much stands behind facets that are `of` lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorLinesLookedAt {
    /// Of this group, in error.log of this instance.
    pub lines: u64,
    /// Errors of the period, of all instances.
    pub of: u64,
    /// The oldest of them, RFC 3339 UTC.
    pub since: Option<String>,
    /// For how many of them the request's line was found in access.log: it tells of address and agent.
    pub requests: u64,
    /// The time was over, or there were more lines than are looked at.
    pub stopped_early: bool,
    /// Whose files.
    pub instance: String,
    /// The files can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorEntry {
    /// RFC 3339 UTC.
    pub at: String,
    pub kind: ErrorEntryKind,
    /// `null`: nobody, it happened.
    pub by: Option<String>,
    /// A note or a reason; of `back` the version.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorEntryKind {
    Note,
    Resolved,
    Reopened,
    Muted,
    Unmuted,
    Back,
}

/// The page of one group.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorGroupPage {
    pub report: ErrorGroupReport,
    /// Of the same steps: what was known of them, and what happened meanwhile.
    pub history: TrafficHistory,
    pub choice: InstanceChoice,
    /// Those that can be chosen.
    pub instances: Vec<String>,
}

/// The page of all groups.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorGroupsPage {
    pub groups: ErrorGroups,
    pub choice: InstanceChoice,
    pub instances: Vec<String>,
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
