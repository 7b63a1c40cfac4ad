//! What crosses the wire: serde only, states as enums, units in names.
//!
//! `GET /api/ops/status/`, the health endpoints and the system-status page all speak these types,
//! so a number can't differ between the page, the JSON and the command line.

mod alerts;
mod bad_query;
mod database;
mod diagnosis;
mod errors;
mod events;
mod health;
mod host;
mod incidents;
mod instances;
mod logs;
mod overview;
mod range;
mod routes;
mod status;
mod timeline;
mod traffic;

pub use alerts::{
    AlertReason, AlertRule, AlertState, Alerts, AlertsReport, Channel, ChannelTest, Channels,
    Evaluator, MaintenanceWindow, MaintenanceWindows, PreviewEpisode, Quiet, RuleAlert,
    RulePreview, Silence, SilenceMatchers, Silences,
};
pub use bad_query::BadQuery;
pub use database::{
    Blocked, DatabaseReport, Inside, NamedQuery, PostgresInside, Role, SqliteInside, Statement,
    StoreReport, Timing,
};
pub use diagnosis::{Finding, Severity, Verdict, VerdictState};
pub use errors::{
    ErrorActivity, ErrorCare, ErrorEntry, ErrorEntryKind, ErrorExample, ErrorFacet, ErrorFacetName,
    ErrorFacetOf, ErrorFacetValue, ErrorGroup, ErrorGroupPage, ErrorGroupReport, ErrorGroups,
    ErrorGroupsPage, ErrorLinesLookedAt, ErrorNovelty, ErrorPlace, ErrorSaid, ErrorWord,
};
pub use events::{EventKind, InstanceEvent};
pub use health::{Check, CheckStatus, Checks, Code, Connection, Database, Pool, Vendor};
pub use host::{Gauge, GaugeSteps, HostHistory, HostNow, HostSteps};
pub use incidents::{
    Acknowledged, AlertUnit, Evidence, EvidenceChange, EvidenceDatabase, EvidenceDisk,
    EvidenceError, EvidencePool, EvidenceRoute, EvidenceVersion, Incident, IncidentAlert,
    IncidentAlertState, IncidentEntry, IncidentEntryKind, IncidentNotice, IncidentReport,
    IncidentState, Incidents, NoticeState, OpenIncident,
};
pub use instances::{Instance, InstanceChoice, InstanceState, Instances};
pub use logs::{
    FoundLine, Level, LogBucket, LogHistogram, LogLevelState, LogName, LogPage, LogQuery,
    RequestStory, SkippedLines, StoryLine,
};
pub use overview::Overview;
#[cfg(feature = "ssr")]
pub use range::RangeQuery;
pub use range::{Period, Range};
pub use routes::{LastErrors, NotableRequest, RoutePage, RouteRow, RouteSort, RoutesPage};
pub use status::{
    Count, Data, DroppedMinutes, LogFile, LogLine, LogLoss, Logging, Service, Status, Task,
    TaskState,
};
pub use timeline::{EventDetail, Timeline, TimelineEntry, TimelineKind, TimelineQuery};
pub use traffic::{Scope, Traffic, TrafficHistory, TrafficPoint, TrafficSteps};
