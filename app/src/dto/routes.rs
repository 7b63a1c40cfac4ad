//! Traffic route by route: the pages `/admin/routes/…` and `GET /api/ops/routes/`.

use serde::{Deserialize, Serialize};

use super::{Code, InstanceChoice, LogLine, Range, TrafficHistory};

/// By what the table is sorted, the most first: the query string's `sort`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RouteSort {
    /// Their share of the time that all requests took.
    #[default]
    Time,
    Calls,
    P95,
    Errors,
    /// By name.
    Route,
}

impl RouteSort {
    pub const ALL: [Self; 5] = [
        Self::Time,
        Self::Calls,
        Self::P95,
        Self::Errors,
        Self::Route,
    ];

    /// As in the query string.
    pub fn text(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Calls => "calls",
            Self::P95 => "p95",
            Self::Errors => "errors",
            Self::Route => "route",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.text() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RoutesPage {
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    pub sort: RouteSort,
    /// Whose traffic.
    #[serde(rename = "whose")]
    pub choice: InstanceChoice,
    /// The names of those to choose from.
    pub instances: Vec<String>,
    pub minutes: u32,
    /// In how many of these an instance was up; known to the hour from a week on.
    pub covered_minutes: u32,
    pub requests: u64,
    /// Sorted as asked for.
    pub routes: Vec<RouteRow>,
    /// The desk's own store is out of reach: only what this process holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// RFC 3339 UTC.
    pub generated_at: String,
}

/// A method and a pattern over the whole period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RouteRow {
    pub method: String,
    /// The matched pattern, `unmatched`, or `other` for what found no room.
    pub route: String,
    pub requests: u64,
    pub errors: u64,
    pub client_errors: u64,
    /// `errors` / `requests`, 0–1.
    pub error_rate: Option<f64>,
    /// Of the time that all requests of the period took, 0–1.
    pub time_share: Option<f64>,
    /// Of its own time, how much was waiting for databases, 0–1; work side by side counts for each.
    pub database_share: Option<f64>,
    pub avg_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Requests, step by step; `null` where no instance was up.
    pub steps: Vec<Option<u64>>,
}

/// One route: `/admin/routes/{method}/{route}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoutePage {
    pub method: String,
    pub route: String,
    /// `None`: nothing came in this period.
    pub total: Option<RouteRow>,
    pub history: TrafficHistory,
    /// Of the last hour, slowest first; this instance's.
    pub slowest: Vec<NotableRequest>,
    /// The last that failed, newest first; this instance's.
    pub failed: Vec<NotableRequest>,
    pub last_errors: LastErrors,
    /// Whose traffic; what is of this instance stays so.
    #[serde(rename = "whose")]
    pub choice: InstanceChoice,
    /// The names of those to choose from.
    pub instances: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    pub generated_at: String,
}

/// WARNING and ERROR lines of a route's requests, whatever the method: this instance's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LastErrors {
    /// Newest first, at most 20.
    pub lines: Vec<LogLine>,
    /// The time for it was over before all of the log was searched.
    pub stopped_early: bool,
    /// The log can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotableRequest {
    pub request_id: String,
    /// When it was answered, RFC 3339 UTC.
    pub at: String,
    pub status: u16,
    pub duration_ms: f64,
    /// How much of it was waiting for databases.
    pub database_ms: f64,
}
