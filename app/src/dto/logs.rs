//! Searching the logs: `/admin/logs/`, `/admin/requests/{id}/` and `GET /api/ops/logs/`.

use serde::{Deserialize, Serialize};

use super::{Code, LogLine};

/// One of the four files, with all its generations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogName {
    #[default]
    App,
    Access,
    Error,
    Db,
}

/// As lines name them. Ordered: the most verbose first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

/// What to look for: the query string of the page and of the JSON. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
pub struct LogQuery {
    #[serde(default)]
    pub file: LogName,
    /// This one and above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// RFC 3339, or an age such as `15m`, `1h`, `7d`; inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Likewise; exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Anywhere in the line as a person reads it, whatever the case of ASCII letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The matched pattern, or `unmatched`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// A status such as `404`, or a class such as `5xx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Any other field: `name:value`, the value as the page shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A position, as [`LogPage::older`] gives it: only what is older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Lines a page: 100 if not given; above 500 means 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", param(value_type = Option<i64>, minimum = 0))]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogPage {
    /// As it was understood.
    pub query: LogQuery,
    /// Newest first.
    pub lines: Vec<FoundLine>,
    /// Where to go on; `None` if everything older was searched.
    pub older: Option<String>,
    /// Where following goes on; `None` if there is no file.
    pub newest: Option<String>,
    /// How far this search came, from the newest line on, skipped parts included.
    pub searched_bytes: u64,
    /// Of all generations.
    pub total_bytes: u64,
    /// The time budget ended the search: there may be more matches beyond `older`.
    pub stopped_early: bool,
    /// Of the first page only.
    pub histogram: Option<LogHistogram>,
    /// Milliseconds that the search took.
    pub took_ms: f64,
    /// The files can't be read: there are no lines then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// RFC 3339 UTC, milliseconds.
    pub generated_at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FoundLine {
    /// Names this line, also after a rotation.
    pub position: String,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub line: LogLine,
}

/// Lines that were rotated away before they could be sent to who follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct SkippedLines {
    /// Of all kinds; None if nobody counted them.
    pub lines: Option<u64>,
}

/// The matching lines over time, by level; also those that are not on this page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogHistogram {
    pub bucket_seconds: u32,
    /// Oldest first, without gaps.
    pub buckets: Vec<LogBucket>,
    /// All lines of the time range were counted, not only those up to the time budget.
    pub is_complete: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogBucket {
    /// Its start, RFC 3339 UTC.
    pub t: String,
    pub debug: u64,
    pub info: u64,
    pub warning: u64,
    pub error: u64,
}

/// Everything that the four files know of one request, in order of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RequestStory {
    /// What was asked for: a request's id, or an error's.
    pub id: String,
    /// `None` if nothing was found.
    pub request_id: Option<String>,
    /// Its trace, 32 hexadecimal digits, if its lines name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Where that can be seen: `TRACE_URL_TEMPLATE` with the trace's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_url: Option<String>,
    /// Oldest first; a line that stands in several files comes once.
    pub lines: Vec<StoryLine>,
    pub searched_bytes: u64,
    pub total_bytes: u64,
    pub stopped_early: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    pub generated_at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StoryLine {
    /// The files that it stands in.
    pub files: Vec<LogName>,
    /// Milliseconds since the line before; `None` for the first.
    pub gap_ms: Option<f64>,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub line: LogLine,
}

/// What is verbose enough to be written, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogLevelState {
    /// In force: filter directives.
    pub directives: String,
    /// From the configuration; what the level goes back to.
    pub configured: String,
    /// RFC 3339 UTC; `None` while the configured ones are in force.
    pub until: Option<String>,
    /// Who changed it.
    pub changed_by: Option<String>,
}
