//! What the desk's handlers share, by concern.

use std::sync::Arc;
use std::time::SystemTime;

use app::pages::Configured;
use ops::clock::Clock;
use ops::errors::Errors;
use ops::health::{HealthChecks, Memory};
use ops::host::Host;
use ops::log::{LogHandle, TemporaryLevel};
use ops::task::Supervisor;
use ops::traffic::Traffic;

use super::database::watched::Watched;
use super::diagnosis::kept::Diagnosis;
use super::host_service::HostService;
use super::logs::LogReader;
use super::logs::follow_limit::Seats;
use crate::alerting::Alerting;
use crate::alerting::activity::ActivityRecorder;
use crate::db::Db;
use crate::http::refusals::Refusals;
use crate::instances::Fleet;
use crate::process::Phase;
use crate::traces::Spans;

pub struct DeskState {
    pub alerting: Arc<Alerting>,
    pub service: ServiceIdentity,
    pub host_service: Arc<dyn HostService>,
    /// The registry's database: what is watched.
    pub db: Db,
    /// The desk's own store: who watches.
    pub ops: Db,
    pub watched: Watched,
    pub diagnosis: Diagnosis,
    pub tasks: Supervisor,
    pub health: HealthChecks,
    pub phase: Arc<Phase>,
    pub memory: Arc<Memory>,
    pub clock: Arc<dyn Clock>,
    pub log: LogState,
    pub recorded: Recorded,
    /// Those that wait to be sent.
    pub spans: Spans,
}

pub struct ServiceIdentity {
    /// Which replica this is.
    pub instance: String,
    pub started_at: SystemTime,
    /// The variables that are set: some pages wait for one.
    pub configured: Configured,
}

pub struct LogState {
    pub handle: LogHandle,
    pub reader: LogReader,
    /// How many may follow a log at once.
    pub followers: Arc<Seats>,
    pub level: Arc<TemporaryLevel>,
    /// Requests that were no HTTP.
    pub refusals: Refusals,
}

/// What this process records, and who shares the desk's own store.
pub struct Recorded {
    pub traffic: Arc<Traffic>,
    pub host: Arc<Host>,
    pub errors: Arc<Errors>,
    /// Lines of the log and queries, as rules count them.
    pub activity: Arc<ActivityRecorder>,
    pub fleet: Arc<Fleet>,
}
