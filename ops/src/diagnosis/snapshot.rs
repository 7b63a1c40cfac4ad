//! What is known at one moment, in the terms of no other module: whoever fills it in maps to these.

use std::time::{Duration, SystemTime};

use super::finding::Subject;
use crate::task::TaskReport;

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub now: SystemTime,
    /// Since the process started, by a clock that never goes back.
    pub uptime: Duration,
    pub checks: Vec<Check>,
    pub traffic: Traffic,
    pub stores: Vec<Store>,
    pub disks: Vec<Disk>,
    pub instances: Vec<Instance>,
    pub log_files: Vec<LogFile>,
    pub memory: MemoryUse,
    pub monitor: Monitor,
}

/// A readiness check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub name: String,
    /// Whether the service may take traffic as far as this check is concerned.
    pub is_ready: bool,
    pub has_failed: bool,
    pub warns: bool,
    /// Such as `timeout`.
    pub code: Option<String>,
    pub latency_ms: Option<f64>,
    /// The migrations that the database lacks, by name: only of the check that asks for them.
    pub unapplied: Vec<String>,
}

/// The requests of the last minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    pub all: Window,
    /// As far as anybody asked for them.
    pub routes: Vec<Route>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub method: String,
    pub route: String,
    pub window: Window,
}

/// Minute by minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// The number of the running minute, as the clock counts them.
    pub newest: i64,
    pub minutes: Vec<MinuteFigures>,
    /// Of all these minutes together.
    pub p95_ms: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MinuteFigures {
    /// 0 is the running minute.
    pub ago: u32,
    pub requests: u64,
    /// Answers with a status of 500 and above.
    pub errors: u64,
    pub p95_ms: Option<f64>,
}

impl Route {
    pub(super) fn subject(&self) -> Subject {
        Subject::Route {
            method: self.method.clone(),
            route: self.route.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreRole {
    /// The registry's database: what is watched.
    Registry,
    /// The desk's own store: who watches.
    Ops,
}

impl StoreRole {
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Ops => "ops",
        }
    }
}

/// A database, as this process sees it and as it sees itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    pub role: StoreRole,
    pub pool: Pool,
    /// How often anybody waited for a connection since the start, and for how long.
    pub waits: u64,
    pub wait_p95_ms: Option<f64>,
    pub queries: Vec<Query>,
    pub inside: Inside,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    pub active: u32,
    pub max: u32,
}

/// A named query since the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub name: String,
    pub count: u64,
    pub failures: u64,
    pub p95_ms: Option<f64>,
}

/// What the database says of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Inside {
    Postgres(Postgres),
    Sqlite(Sqlite),
    /// It was asked and did not answer; the code, such as `timeout`.
    Unreachable(Option<String>),
    /// Something else says already that it is down.
    NotAsked,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Postgres {
    /// To the whole server, whoever made them.
    pub connections: u32,
    pub max_connections: u32,
    pub blocks: u64,
    /// 0–1.
    pub cache_hit_ratio: Option<f64>,
    pub statements: Vec<Statement>,
    /// How long each statement has been waiting for a lock, in seconds, the longest first.
    pub blocked: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub pid: i64,
    /// It runs; otherwise its transaction is open and idle.
    pub is_active: bool,
    pub seconds: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sqlite {
    pub file_bytes: u64,
    pub wal_bytes: u64,
    pub free_bytes: u64,
}

/// The file system of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// `log` or `data`.
    pub name: &'static str,
    pub used_bytes: u64,
    /// What this process may still fill.
    pub free_bytes: u64,
    /// How much was used at what time, oldest first, of this process alone.
    pub history: Vec<(SystemTime, u64)>,
}

/// A process that shares the desk's own store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub name: String,
    /// It has not been heard of for too long, and did not say that it ends.
    pub is_silent: bool,
    pub is_live: bool,
    pub started_at: SystemTime,
    pub seen_at: SystemTime,
}

/// A log file that loses lines now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    pub name: String,
    pub lost: u64,
    /// In the system's words.
    pub reason: String,
    pub since: SystemTime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    pub used_bytes: u64,
    pub limit_bytes: Option<u64>,
}

/// How monitoring itself is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    /// Why the desk's own store can't be reached, if it can't; such as `timeout`.
    pub store_error: Option<String>,
    /// Minutes of figures that could not be kept, since the start.
    pub minutes_lost: u64,
    /// What runs beside the requests.
    pub tasks: Vec<TaskReport>,
}
