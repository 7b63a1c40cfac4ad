//! The health endpoints' vocabulary.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why something failed, as coarse as an unauthenticated caller may know it. The cause itself
/// (a driver's text, a host, a path) goes to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Timeout,
    Unreachable,
    Refused,
    Auth,
    PoolExhausted,
    Query,
    /// Reading goes on.
    ReadOnly,
    /// The database keeps text otherwise than in UTF-8.
    Encoding,
    UnexpectedStatus,
    Draining,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Ok,
    Warning,
    Error,
}

/// One named check of readiness. A failed one carries `error` and no measurement; a warning may carry
/// both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Check {
    pub status: CheckStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// Milliseconds, at most two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// Only of the check `migrations`: how many the database lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unapplied: Option<u32>,
}

/// By name: `database`, `migrations`, `startup`, and one per external dependency.
pub type Checks = BTreeMap<String, Check>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    Postgresql,
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    Ok,
    Failed,
}

/// The registry's database, as `/health/db/` shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Database {
    pub vendor: Vendor,
    /// The version's number alone, such as `18.0`; absent when the connection failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub connection: Connection,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// Milliseconds around a real query, at most two decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    pub pool: Pool,
}

/// Connections of the pool, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Pool {
    pub active: u32,
    pub idle: u32,
    pub max: u32,
}
