//! What the server tells the desk's pages, and `/api/ops/` with the same figures: the one implementation
//! of [`Backend`].

use std::collections::HashSet;
use std::time::Duration;

use actix_web::web;
use app::backend::Backend;
use app::dto::{
    self, BadQuery, Code, Data, DatabaseReport, DroppedMinutes, LastErrors, LogFile, LogLevelState,
    LogLine, LogLoss, LogName, LogPage, LogQuery, Logging, Overview, RequestStory, RoutePage,
    RouteSort, RoutesPage, Scope, Service, Status, Task, TaskState,
};
use app::view::viewer::Language;
use async_trait::async_trait;
use ops::clock::{Minute, rfc3339_millis};
use ops::log::{DB_TARGET, Loss, tail};
use ops::series::InstanceFilter;
use ops::task::TaskReport;
use serde_json::Value;

use super::alerts::report;
use super::database;
use super::diagnosis;
use super::errors::find as errors;
use super::health::map::{checks, code, database_of};
use super::incidents::find;
use super::last_known::Answer;
use super::logs::level_state;
use super::state::{DeskState, Recorded};
use super::{PATIENCE, timeline};
use crate::alerting::past;
use crate::db::probe::DATABASE;
use crate::{error_groups, host, instances, traffic};

/// How many of the latest error lines the desk shows.
const RECENT_ERRORS: usize = 50;

/// How many of a route's, and how long the log is searched for them.
const LAST_ERRORS: u32 = 20;
const SEARCH_LIMIT: Duration = Duration::from_millis(300);

/// The pages' port into the server.
pub struct Desk(web::Data<DeskState>);

impl Desk {
    pub fn new(state: web::Data<DeskState>) -> Self {
        Self(state)
    }

    fn service(&self) -> Service {
        let state = &self.0;
        let uptime = state.clock.now().duration_since(state.service.started_at);
        Service {
            name: crate::SERVICE_NAME.to_owned(),
            version: crate::VERSION.to_owned(),
            commit: crate::COMMIT.to_owned(),
            instance: state.service.instance.clone(),
            started_at: rfc3339_millis(state.service.started_at),
            // A clock set back since the start is no uptime yet, not an error.
            uptime_seconds: uptime.unwrap_or_default().as_secs(),
        }
    }

    async fn recent_errors(&self) -> Result<Vec<LogLine>, Code> {
        let path = self.0.log.handle.path(ops::log::LogFile::Error);
        let read = tokio::task::spawn_blocking(move || tail(&path, 2 * RECENT_ERRORS)).await;
        match read {
            Ok(Ok(lines)) => {
                let mut lines = once_a_failure(lines);
                lines.truncate(RECENT_ERRORS);
                Ok(lines)
            }
            Ok(Err(error)) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "can't read error.log"
                );
                Err(Code::Unreachable)
            }
            Err(_) => Err(Code::Unreachable),
        }
    }

    fn logging(&self) -> Logging {
        let files: Vec<LogFile> = self
            .0
            .log
            .handle
            .stats()
            .into_iter()
            .map(|file| LogFile {
                name: file.name.to_owned(),
                bytes: file.bytes,
                generations: file.generations,
                dropped_lines: file.dropped_lines,
                held_back_lines: file.held_back_lines,
                loss: file.loss.map(log_loss),
            })
            .collect();
        Logging {
            dropped_lines: files.iter().map(|file| file.dropped_lines).sum(),
            held_back_lines: files.iter().map(|file| file.held_back_lines).sum(),
            losses: self
                .0
                .log
                .handle
                .past_losses()
                .into_iter()
                .map(log_loss)
                .collect(),
            files,
        }
    }

    async fn data(&self) -> Answer<Data> {
        // A database known to be down is not asked again: the answer would be the same, later and
        // with a line in the log each time.
        let known = self.0.health.last();
        let known = known.as_ref().and_then(|report| report.check(DATABASE));
        if let Some(error) = known.and_then(|check| check.error) {
            return Answer {
                value: None,
                measured_at: None,
                error: Some(code(error)),
            };
        }
        let host = &self.0.host_service;
        self.0.watched.statistics(host, PATIENCE).await
    }

    /// With the traffic of all instances, or one; the rest is this instance's in any case.
    async fn status_of(&self, filter: &InstanceFilter) -> Status {
        let (report, data, recent_errors, (traffic_24h, traffic_24h_error), facts) = futures_util::join!(
            self.0.health.report_within(PATIENCE),
            self.data(),
            self.recent_errors(),
            traffic::last_day(&self.0.recorded.traffic, filter),
            diagnosis::facts(&self.0)
        );
        let database = database_of(&report, &self.0.db);
        let (recent_errors, recent_errors_error) = split(recent_errors);
        Status {
            service: self.service(),
            verdict: diagnosis::verdict(&self.0, &report, facts),
            incidents: find::open(&self.0, Language::English),
            database,
            checks: checks(&report),
            data: data.value,
            data_measured_at: data.measured_at.map(rfc3339_millis),
            data_error: data.error,
            traffic_24h: Some(traffic_24h),
            traffic_24h_error,
            recent_errors,
            recent_errors_error,
            logging: self.logging(),
            tasks: self.0.tasks.report().into_iter().map(task).collect(),
            dropped_minutes: DroppedMinutes {
                traffic: self.0.recorded.traffic.dropped_minutes(),
                host: self.0.recorded.host.dropped_minutes(),
            },
            unparsable_requests: self.0.log.refusals.total(),
            generated_at: rfc3339_millis(self.0.clock.now()),
        }
    }

    async fn choice(&self, scope: &Scope) -> dto::InstanceChoice {
        instances::chosen(
            &self.0.recorded.fleet,
            &self.0.recorded.traffic,
            scope.instance.clone(),
        )
        .await
    }

    pub async fn instances(&self, range: dto::Range) -> dto::Instances {
        let Recorded { fleet, traffic, .. } = &self.0.recorded;
        instances::instances(fleet, traffic, range, self.minute()).await
    }

    fn minute(&self) -> Minute {
        Minute::of(self.0.clock.now())
    }

    /// For what is asked of the routes.
    async fn asked(&self, scope: Scope) -> traffic::Asked {
        let names = instances::known_names(&self.0.recorded.fleet, &self.0.recorded.traffic).await;
        traffic::Asked {
            choice: self.choice(&scope).await,
            range: scope.range,
            now: self.minute(),
            instances: names.into_iter().collect(),
            generated_at: rfc3339_millis(self.0.clock.now()),
        }
    }

    async fn last_errors(&self, route: &str) -> LastErrors {
        let query = LogQuery {
            file: LogName::Error,
            route: Some(route.to_owned()),
            limit: Some(LAST_ERRORS),
            ..LogQuery::default()
        };
        match self.0.log.reader.latest(&query, SEARCH_LIMIT).await {
            Ok((lines, stopped_early)) => LastErrors {
                lines: once_a_failure(lines),
                stopped_early,
                error: None,
            },
            Err(code) => LastErrors {
                error: Some(code),
                ..LastErrors::default()
            },
        }
    }
}

#[async_trait]
impl Backend for Desk {
    async fn database(&self) -> DatabaseReport {
        database::report(&self.0).await
    }

    async fn host(&self, range: dto::Range) -> dto::HostHistory {
        let host = &self.0.recorded.host;
        host::history(host, range, &InstanceFilter::All, self.minute()).await
    }

    async fn status(&self) -> Status {
        self.status_of(&InstanceFilter::All).await
    }

    async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
        self.0.log.reader.page(query).await
    }

    async fn request_story(&self, id: String) -> RequestStory {
        self.0.log.reader.story(id).await
    }

    fn other_instances(&self) -> Vec<String> {
        instances::live_others(&self.0.recorded.fleet)
    }

    fn instance(&self) -> String {
        self.0.service.instance.clone()
    }

    fn now(&self) -> String {
        rfc3339_millis(self.0.clock.now())
    }

    fn open_incidents(&self, language: Language) -> Vec<dto::OpenIncident> {
        find::open(&self.0, language)
    }

    async fn incidents(&self, language: Language, before: Option<String>) -> dto::Incidents {
        find::page(&self.0, language, before).await
    }

    async fn incident(
        &self,
        language: Language,
        id: String,
    ) -> Result<Option<dto::IncidentReport>, Code> {
        find::report(&self.0, language, &id).await
    }

    async fn alerts(&self) -> dto::AlertsReport {
        report::report(&self.0)
    }

    async fn preview(&self, rule: String, since: String) -> Result<dto::RulePreview, BadQuery> {
        past::preview(&self.0, &rule, &since).await
    }

    async fn timeline(
        &self,
        language: Language,
        query: dto::TimelineQuery,
    ) -> Result<dto::Timeline, BadQuery> {
        timeline::timeline(&self.0, language, &query)
    }

    async fn log_level(&self) -> LogLevelState {
        level_state(&self.0.log.level)
    }

    async fn overview(&self, scope: Scope) -> Overview {
        let range = scope.range;
        let choice = self.choice(&scope).await;
        let of = traffic::engine(&choice);
        let mut status = self.status_of(&of).await;
        if let Some(traffic) = &mut status.traffic_24h {
            traffic.points = Vec::new();
        }
        let state = &self.0;
        let now = state.clock.now();
        let minute = Minute::of(now);
        let steps = traffic::period_of(range, minute);
        let summary = state.recorded.traffic.summary(steps, &of).await;
        let (errors, instances) = futures_util::join!(
            error_groups::groups(&state.recorded.errors, &summary, range, &of, now),
            self.instances(range)
        );
        Overview {
            status,
            in_flight: state.recorded.traffic.recorder().in_flight(),
            yesterday: traffic::yesterday(&state.recorded.traffic, &of).await,
            history: traffic::history(&summary, &state.recorded.host, range, &of),
            host: host::history(&state.recorded.host, range, &of, minute).await,
            choice,
            errors,
            instances,
        }
    }

    async fn error_groups(&self, scope: Scope) -> dto::ErrorGroupsPage {
        errors::list_page(&self.0, scope).await
    }

    async fn error_group(
        &self,
        id: String,
        scope: Scope,
    ) -> Result<Option<dto::ErrorGroupPage>, Code> {
        errors::page(&self.0, &id, scope).await
    }

    async fn routes(&self, scope: Scope, sort: RouteSort) -> RoutesPage {
        let asked = self.asked(scope).await;
        traffic::routes(&self.0.recorded.traffic, asked, sort).await
    }

    async fn route(&self, method: String, route: String, scope: Scope) -> RoutePage {
        let (asked, last_errors) = futures_util::join!(self.asked(scope), self.last_errors(&route));
        let Recorded { traffic, host, .. } = &self.0.recorded;
        traffic::route(traffic, host, asked, method, route, last_errors).await
    }
}

/// A failed query is logged where it failed and once more as its request's failure, which says it
/// all: of newest-first lines the former are left out where the latter is there.
fn once_a_failure(mut lines: Vec<LogLine>) -> Vec<LogLine> {
    let mut failed: HashSet<String> = HashSet::new();
    lines.retain(|line| {
        let text = |key| line.get(key).and_then(Value::as_str);
        let Some(request_id) = text("request_id") else {
            return true;
        };
        if line.get("status").and_then(Value::as_u64) >= Some(500) {
            failed.insert(request_id.to_owned());
            return true;
        }
        let is_query = text("logger") == Some(DB_TARGET) && line.contains_key("error");
        !(is_query && failed.contains(request_id))
    });
    lines
}

fn log_loss(loss: Loss) -> LogLoss {
    LogLoss {
        file: loss.file.to_owned(),
        dropped: loss.dropped,
        reason: loss.reason,
        from: rfc3339_millis(loss.from),
        to: loss.to.map(rfc3339_millis),
    }
}

fn task(task: TaskReport) -> Task {
    Task {
        name: task.name.to_owned(),
        state: match (task.is_broken, task.is_stuck) {
            (true, _) => TaskState::Broken,
            (false, true) => TaskState::Stuck,
            (false, false) => TaskState::Running,
        },
        restarts: task.restarts,
        broke_at: task.broke.map(|(at, _)| rfc3339_millis(at)),
    }
}

/// A part that may be missing, and its sibling `…_error`.
fn split<T>(part: Result<T, Code>) -> (Option<T>, Option<Code>) {
    match part {
        Ok(part) => (Some(part), None),
        Err(code) => (None, Some(code)),
    }
}
