//! How host and process were, and what happened to instances; `GET /api/ops/host/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Code, InstanceEvent, Range};

/// A period, step by step, of all instances together or of the one that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HostHistory {
    #[cfg_attr(feature = "ssr", schema(value_type = String))]
    pub period: Range,
    /// Of the period, the running one included.
    pub minutes: u32,
    /// In how many of these an instance was up.
    pub covered_minutes: u32,
    pub step_minutes: u32,
    /// Where the first step begins, RFC 3339 UTC; the period itself may begin within that step.
    pub start: String,
    /// What this instance found when it looked last; `null` before its first look.
    pub now: Option<HostNow>,
    pub steps: HostSteps,
    /// Within the period, oldest first.
    pub events: Vec<InstanceEvent>,
    /// Why the desk's own store is out of reach, if it is: all of this is then what this process
    /// knows, and what the store had told by `as_of`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Code>,
    /// When the store last told what it knows, RFC 3339 UTC; `null` if it never has.
    pub as_of: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HostNow {
    /// RFC 3339 UTC.
    pub measured_at: String,
    /// What could not be read is absent.
    pub gauges: BTreeMap<Gauge, f64>,
}

/// Columns, with an entry for each step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HostSteps {
    /// 0 where no instance was up.
    pub covered_minutes: Vec<u32>,
    /// What could be read in no step is absent.
    pub gauges: BTreeMap<Gauge, GaugeSteps>,
}

/// `null` where no instance was up, or the value could not be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GaugeSteps {
    pub avg: Vec<Option<f64>>,
    pub min: Vec<Option<f64>>,
    pub max: Vec<Option<f64>>,
    pub last: Vec<Option<f64>>,
}

/// With its unit in its name; what has none there is a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Gauge {
    /// Processor time used, of what the process may use: 0–1.
    CpuRatio,
    /// The tightest of the cgroups' quotas and the processors that it may run on.
    CpuAllowedCores,
    MemoryResidentBytes,
    /// Of the cgroup, without files that nobody has used lately.
    MemoryWorkingSetBytes,
    /// The tightest one of the cgroups.
    MemoryLimitBytes,
    OpenFiles,
    /// The soft limit.
    OpenFilesLimit,
    Threads,
    /// Of the file system that `LOG_DIR` lies in.
    LogDiskUsedBytes,
    LogDiskFreeBytes,
    /// Of the one that the SQLite files lie in.
    DataDiskUsedBytes,
    DataDiskFreeBytes,
    /// Of the runtime that all database work runs on.
    TokioWorkers,
    TokioTasks,
    TokioQueue,
    /// Of the workers' time: 0–1.
    TokioBusyRatio,
    /// Connections, to the registry's database.
    RegistryPoolSize,
    RegistryPoolInUse,
    /// Operations that wait for a connection.
    RegistryPoolWaiting,
    /// To the desk's own store.
    OpsPoolSize,
    OpsPoolInUse,
    OpsPoolWaiting,
    /// Of the registry's database, as its readiness check measures it.
    DatabaseLatencyMs,
}
