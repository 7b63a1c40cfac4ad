//! What the service did in the last 24 hours: 1 440 minutes, the running one included.
//!
//! Health probes, static files and the desk itself are not counted. Averages and percentiles of
//! nothing are `null`.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
pub struct TrafficPoint {
    /// Its start, RFC 3339 UTC.
    pub t: String,
    pub requests: u64,
    pub errors: u64,
    pub client_errors: u64,
    pub avg_ms: Option<f64>,
    pub p95_ms: Option<f64>,
}
