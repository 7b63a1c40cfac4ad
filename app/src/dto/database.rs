//! The databases, from within: `/admin/database/` and `GET /api/ops/database/`.

use serde::{Deserialize, Serialize};

use super::{Code, Finding, Pool, Vendor};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DatabaseReport {
    /// The registry's first, then the desk's own store.
    pub stores: Vec<StoreReport>,
    /// Since when this instance counts its queries: its start, RFC 3339 UTC.
    pub counted_since: String,
    /// RFC 3339 UTC, milliseconds.
    pub generated_at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Registry,
    Ops,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Ops => "ops",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StoreReport {
    pub role: Role,
    pub vendor: Vendor,
    pub pool: Pool,
    /// How long operations waited for a connection of the pool.
    pub waits: Timing,
    /// By name, those first that took most time in all; at most 50.
    pub queries: Vec<NamedQuery>,
    /// What the database says of itself; `null` if it can't be asked, with the code beside it.
    pub inside: Option<Inside>,
    /// When that was, if it is the last known answer of a database that is late; RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside_measured_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside_error: Option<Code>,
    /// What is wrong with it, advice included; the most severe first.
    pub findings: Vec<Finding>,
    /// Whether enough was asked of it to say that nothing is wrong.
    pub can_be_judged: bool,
}

/// Milliseconds, at most two decimals; of nothing they are `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Timing {
    pub count: u64,
    pub total_ms: f64,
    pub avg_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub max_ms: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NamedQuery {
    /// `noun.verb`, as in `db.log`.
    pub name: String,
    /// Those that never had a connection included; `count` are those that ran.
    #[serde(default)]
    pub calls: u64,
    pub failures: u64,
    #[serde(flatten)]
    pub timing: Timing,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(tag = "vendor", rename_all = "lowercase")]
pub enum Inside {
    Sqlite(SqliteInside),
    Postgresql(PostgresInside),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SqliteInside {
    pub file_bytes: u64,
    /// Of the write-ahead log; 0 if there is none.
    pub wal_bytes: u64,
    /// Within the file, and used by nothing.
    pub free_bytes: u64,
    pub journal_mode: String,
}

/// From `pg_stat_database`, `pg_stat_activity` and `pg_locks`, of this one database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PostgresInside {
    pub size_bytes: u64,
    /// To the whole server, whoever made them.
    pub connections: u32,
    pub max_connections: u32,
    /// Since the server's statistics were last reset.
    pub blocks_hit: u64,
    pub blocks_read: u64,
    /// 0–1; `null` before anything was read.
    pub cache_hit_ratio: Option<f64>,
    pub deadlocks: u64,
    /// Running, or open and idle, for more than a second: the longest first, at most 10.
    pub statements: Vec<Statement>,
    /// Who waits for whom, at most 10.
    pub blocked: Vec<Blocked>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Statement {
    pub pid: i64,
    /// `active` or `idle in transaction`, as PostgreSQL says it.
    pub state: String,
    pub seconds: f64,
    pub waiting_for: Option<String>,
    pub application: String,
    /// With placeholders. Only of this service's own: others may have secrets in theirs.
    pub sql: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Blocked {
    pub pid: i64,
    pub by_pid: i64,
    pub seconds: f64,
    pub relation: Option<String>,
}
