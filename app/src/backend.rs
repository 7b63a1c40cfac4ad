//! The port through which pages reach the server. The server implements it and provides it, as an
//! [`Arc`] in context, with every request.

use std::sync::Arc;

use async_trait::async_trait;

use crate::dto::{
    AlertsReport, BadQuery, Code, DatabaseReport, ErrorGroupPage, ErrorGroupsPage, HostHistory,
    IncidentReport, Incidents, LogLevelState, LogPage, LogQuery, OpenIncident, Overview, Range,
    RequestStory, RoutePage, RouteSort, RoutesPage, RulePreview, Scope, Status, Timeline,
    TimelineQuery,
};
use crate::view::viewer::Language;

/// Never fails as a whole: a part that can't be had says so in the answer itself.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// The whole system status, measured now (health results may be up to a second old).
    async fn status(&self) -> Status;

    /// The system-status page, with charts, errors and instances over `scope`.
    async fn overview(&self, scope: Scope) -> Overview;

    /// Traffic route by route.
    async fn routes(&self, scope: Scope, sort: RouteSort) -> RoutesPage;

    /// One route; empty if nobody has called it.
    async fn route(&self, method: String, route: String, scope: Scope) -> RoutePage;

    /// Errors by what they are.
    async fn error_groups(&self, scope: Scope) -> ErrorGroupsPage;

    /// `None`: there is no such group.
    ///
    /// # Errors
    /// If nobody can say whether there is one.
    async fn error_group(&self, id: String, scope: Scope) -> Result<Option<ErrorGroupPage>, Code>;

    /// The databases from within, and what this instance's queries cost.
    async fn database(&self) -> DatabaseReport;

    /// How host and process were over `period`, of all instances together.
    async fn host(&self, range: Range) -> HostHistory;

    /// A page of log lines, newest first. A search ends with the future that asks for it: a client
    /// that goes takes its search along.
    ///
    /// # Errors
    /// If a field of the query can't be understood; nothing was searched then.
    async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery>;

    /// Everything that the files know of the request with this id, or of the one that an error
    /// with this id ended.
    async fn request_story(&self, id: String) -> RequestStory;

    /// The names of the instances that share the monitoring store with this one and run now: what they
    /// logged stands in files of their own.
    fn other_instances(&self) -> Vec<String>;

    /// This instance's own name.
    fn instance(&self) -> String;

    /// The moment by the server's clock, RFC 3339 UTC: ages are counted back from it, and a page that
    /// is drawn anew carries a later one.
    fn now(&self) -> String;

    /// What is verbose enough to be written, and until when.
    async fn log_level(&self) -> LogLevelState;

    /// Those that are open now, the most severe first. From memory: every page asks.
    fn open_incidents(&self, language: Language) -> Vec<OpenIncident>;

    /// Open and closed ones, the newest first; `before` is the id of the one that the page begins
    /// after.
    async fn incidents(&self, language: Language, before: Option<String>) -> Incidents;

    /// `None`: there is no such incident.
    ///
    /// # Errors
    /// If the store can't say whether there is one.
    async fn incident(
        &self,
        language: Language,
        id: String,
    ) -> Result<Option<IncidentReport>, Code>;

    /// Rules, silences, maintenance and channels.
    async fn alerts(&self) -> AlertsReport;

    /// What the rule of this text would have found since then (`24h`, `7d`).
    ///
    /// # Errors
    /// If the rule or the time can't be understood.
    async fn preview(&self, rule: String, since: String) -> Result<RulePreview, BadQuery>;

    /// What changed.
    ///
    /// # Errors
    /// If a field of the query can't be understood; nothing was looked for then.
    async fn timeline(
        &self,
        language: Language,
        query: TimelineQuery,
    ) -> Result<Timeline, BadQuery>;
}

/// What is provided in context.
pub type SharedBackend = Arc<dyn Backend>;
