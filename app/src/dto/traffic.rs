//! What the service did in the last 24 hours: 1 440 minutes, the running one included.
//!
//! Health probes, static files and the desk itself are not counted. Averages and percentiles of
//! nothing are `null`.

use serde::{Deserialize, Serialize};

use super::{InstanceEvent, Range};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Traffic {
    pub requests: u64,
    /// Answers with a status of 500 and above.
    pub errors: u64,
    /// Answers with a status of 400–499.
    pub client_errors: u64,
    /// `errors` / `requests`, 0–1.
    pub error_rate: Option<f64>,
    /// Milliseconds, at most two decimals; so are the others.
    pub avg_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// In how many of the minutes an instance was up.
    pub covered_minutes: u32,
    /// Oldest first. A minute that is not covered is absent.
    pub points: Vec<TrafficPoint>,
}

/// One minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrafficPoint {
    /// Its start, RFC 3339 UTC.
    pub t: String,
    pub requests: u64,
    pub errors: u64,
    pub client_errors: u64,
    pub avg_ms: Option<f64>,
    pub p95_ms: Option<f64>,
}

/// What a page's figures are of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub range: Range,
    /// Whose, by name; `None`: those of all instances together.
    pub instance: Option<String>,
}

impl Scope {
    pub fn of(range: Range, instance: Option<&str>) -> Self {
        Self {
            range,
            instance: instance.map(str::to_owned),
        }
    }

    /// For the query string of an address; what is usual is left out.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.range != Range::default() {
            pairs.extend(self.range.pairs());
        }
        pairs.extend(self.instance.clone().map(|name| ("instance", name)));
        pairs
    }

    /// The same of another stretch of time.
    pub fn over(&self, range: Range) -> Self {
        Self::of(range, self.instance.as_deref())
    }
}

/// A period of traffic, step by step; `GET /api/ops/traffic/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrafficHistory {
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    /// Whose traffic; `None`: that of all instances together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Of the period, the running one included.
    pub minutes: u32,
    /// In how many of these an instance was up.
    pub covered_minutes: u32,
    pub step_minutes: u32,
    /// Where the first step begins, RFC 3339 UTC; the period itself may begin within that step.
    pub start: String,
    pub requests: u64,
    pub client_errors: u64,
    pub errors: u64,
    pub avg_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub steps: TrafficSteps,
    /// What happened to instances within the period, oldest first.
    pub events: Vec<InstanceEvent>,
}

/// Columns, with an entry for each step: `null` where no instance was up, and for the average or
/// percentile of nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrafficSteps {
    /// 0 where no instance was up.
    pub covered_minutes: Vec<u32>,
    /// Answers with a status below 400.
    pub good: Vec<Option<u64>>,
    pub client_errors: Vec<Option<u64>>,
    pub errors: Vec<Option<u64>>,
    pub avg_ms: Vec<Option<f64>>,
    pub p50_ms: Vec<Option<f64>>,
    pub p95_ms: Vec<Option<f64>>,
    pub p99_ms: Vec<Option<f64>>,
}
