//! What is known of a database from outside: its kind, its pool, what its operations cost.

use std::time::Duration;

use ops::traffic::QUERY_BOUNDS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    Sqlite,
    Postgresql,
}

impl Vendor {
    /// As OpenTelemetry calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgresql => "postgresql",
        }
    }
}

/// The connections that requests share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    pub active: u32,
    pub idle: u32,
    pub max: u32,
}

/// Of nothing there is no average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub count: u64,
    pub total: Duration,
    pub average: Option<Duration>,
    pub p95: Option<Duration>,
    pub longest: Option<Duration>,
}

/// What the operations of one name took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryTotal {
    pub name: &'static str,
    /// By the places of [`QUERY_BOUNDS`], and those beyond.
    pub by_bound: [u64; QUERY_BOUNDS.written.len() + 1],
    pub sum: Duration,
}

/// What the operations of one name cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedQuery {
    pub name: &'static str,
    pub calls: u64,
    pub failures: u64,
    pub timing: Timing,
}
