//! The system status: the page `/admin/system-status/` and `GET /api/ops/status/`.
//!
//! Parts that come from outside the process are `Option`s with a sibling `…_error`: one that can't
//! be had is `null` beside its code, and the rest still comes.

use serde::{Deserialize, Serialize};

use super::{Checks, Code, Database, OpenIncident, Traffic, Verdict, VerdictState};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Status {
    pub service: Service,
    pub verdict: Verdict,
    /// Those that are open.
    #[serde(default)]
    pub incidents: Vec<OpenIncident>,
    pub database: Database,
    #[cfg_attr(feature = "ssr", schema(value_type = std::collections::BTreeMap<String, super::Check>))]
    pub checks: Checks,
    pub data: Option<Data>,
    /// When that was, if it is the last known answer of a database that is late; RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_measured_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_error: Option<Code>,
    pub traffic_24h: Option<Traffic>,
    /// Beside figures it says that they may lack what other instances did, or earlier runs: the
    /// desk's own store is out of reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_24h_error: Option<Code>,
    /// Newest first, at most 50; lines of `error.log`, those of earlier runs too.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Vec<Object>>))]
    pub recent_errors: Option<Vec<LogLine>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent_errors_error: Option<Code>,
    pub logging: Logging,
    /// What runs beside the requests.
    #[serde(default)]
    pub tasks: Vec<Task>,
    #[serde(default)]
    pub dropped_minutes: DroppedMinutes,
    /// What clients sent that is no HTTP, since the process started; it is no request and no error.
    #[serde(default)]
    pub unparsable_requests: u64,
    /// RFC 3339 UTC, milliseconds.
    pub generated_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = BackgroundTask))]
pub struct Task {
    pub name: String,
    pub state: TaskState,
    /// How often it broke and was started again.
    pub restarts: u32,
    /// When it broke last, RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broke_at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Running,
    /// It waits to be started again.
    Broken,
    /// It should have begun another round long ago.
    Stuck,
}

impl Status {
    /// Whether something fails, or has failed of late: then nothing is called quiet, whatever the log
    /// says.
    pub fn has_failures(&self) -> bool {
        let traffic = self.traffic_24h.as_ref();
        let is_failing = matches!(
            self.verdict.state,
            VerdictState::Failing | VerdictState::NotReady
        );
        is_failing || traffic.is_some_and(|traffic| traffic.errors > 0)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Service {
    pub name: String,
    pub version: String,
    /// The commit that the binary was built from, `unknown` outside a checkout.
    pub commit: String,
    /// Which replica this is: the host's name and the process id.
    pub instance: String,
    /// RFC 3339 UTC.
    pub started_at: String,
    pub uptime_seconds: u64,
}

/// Rows in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Data {
    pub agentcards: Count,
    pub namespaces: Count,
    pub schemas: Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Count {
    pub total: i64,
    pub active: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Logging {
    /// Lines that could not be written since the process started: the sum over the files.
    pub dropped_lines: u64,
    /// Lines of single loggers beyond their share, since the process started.
    #[serde(default)]
    pub held_back_lines: u64,
    /// Times during which a file could not take its lines and that are over, the latest last.
    #[serde(default)]
    pub losses: Vec<LogLoss>,
    pub files: Vec<LogFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogFile {
    /// Such as `error.log`.
    pub name: String,
    /// Of the current generation; 0 if the file can't be read.
    pub bytes: u64,
    /// Rotated files beside the current one.
    pub generations: u32,
    pub dropped_lines: u64,
    #[serde(default)]
    pub held_back_lines: u64,
    /// Why lines are lost right now; absent while all are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<LogLoss>,
}

/// A time during which a log file could not take its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogLoss {
    /// Such as `error.log`.
    pub file: String,
    pub dropped: u64,
    /// In the system's words, such as `No space left on device (os error 28)`.
    pub reason: String,
    /// RFC 3339 UTC.
    pub from: String,
    /// Absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Minutes that could not be kept: they waited for the desk's own store until there was no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DroppedMinutes {
    pub traffic: u64,
    pub host: u64,
}

/// One line of a log file, with all its fields as they were written.
///
/// `timestamp` (RFC 3339 UTC), `level`, `logger` and `message` are always there; what else there
/// is depends on the event. A line that can't be parsed comes as `{"message": <its text>}`.
pub type LogLine = serde_json::Map<String, serde_json::Value>;
