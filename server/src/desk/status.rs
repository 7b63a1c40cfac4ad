//! The system status: one function behind the page and `GET /api/ops/status/`.

use std::time::Duration;

use actix_web::web;
use app::backend::Backend;
use app::dto::{
    BadQuery, Code, Data, DatabaseReport, LogFile, LogLevelState, LogLine, LogPage, LogQuery,
    Logging, Overview, Period, RequestStory, RoutePage, RouteSort, RoutesPage, Service, Status,
};
use async_trait::async_trait;
use ops::clock::rfc3339_millis;
use ops::log::tail;
use tokio::time::timeout;

use super::database;
use super::log_level::level_state;
use crate::health::{self, DATABASE};
use crate::host;
use crate::state::AppState;
use crate::traffic;

/// How long the page waits for what may hang: it opens within a second, whatever is broken.
const PATIENCE: Duration = Duration::from_millis(400);

/// How many of the latest error lines the desk shows.
const RECENT_ERRORS: usize = 50;

/// The pages' port into the server.
pub struct Desk(web::Data<AppState>);

impl Desk {
    pub fn new(state: web::Data<AppState>) -> Self {
        Self(state)
    }

    fn service(&self) -> Service {
        let state = &self.0;
        let uptime = state.clock.now().duration_since(state.started_at);
        Service {
            name: crate::SERVICE_NAME.to_owned(),
            version: crate::VERSION.to_owned(),
            commit: crate::COMMIT.to_owned(),
            instance: state.instance.clone(),
            started_at: rfc3339_millis(state.started_at),
            // A clock set back since the start is no uptime yet, not an error.
            uptime_seconds: uptime.unwrap_or_default().as_secs(),
        }
    }

    async fn recent_errors(&self) -> Result<Vec<LogLine>, Code> {
        let path = self.0.log.path(ops::log::LogFile::Error);
        let read = tokio::task::spawn_blocking(move || tail(&path, RECENT_ERRORS)).await;
        match read {
            Ok(Ok(lines)) => Ok(lines),
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
            .stats()
            .into_iter()
            .map(|file| LogFile {
                name: file.name.to_owned(),
                bytes: file.bytes,
                generations: file.generations,
                dropped_lines: file.dropped_lines,
            })
            .collect();
        Logging {
            dropped_lines: files.iter().map(|file| file.dropped_lines).sum(),
            files,
        }
    }

    async fn data(&self) -> Result<Data, Code> {
        // A database known to be down is not asked again: the answer would be the same, later and
        // with a line in the log each time.
        let known = self.0.health.last();
        let known = known.as_ref().and_then(|report| report.check(DATABASE));
        if let Some(code) = known.and_then(|check| check.error) {
            return Err(health::code(code));
        }
        let counted = timeout(PATIENCE, self.0.statistics.get(&self.0.db)).await;
        counted
            .map_err(|_| Code::Timeout)?
            .map_err(|error| health::code(error.code()))
    }
}

#[async_trait]
impl Backend for Desk {
    async fn database(&self) -> DatabaseReport {
        database::report(&self.0).await
    }

    async fn status(&self) -> Status {
        let (report, data, recent_errors, (traffic_24h, traffic_24h_error)) = futures_util::join!(
            self.0.health.report_within(PATIENCE),
            self.data(),
            self.recent_errors(),
            traffic::last_day(&self.0.traffic)
        );
        let database = health::database_of(&report, &self.0.db);
        let (data, data_error) = split(data);
        let (recent_errors, recent_errors_error) = split(recent_errors);
        Status {
            service: self.service(),
            database,
            checks: health::checks(&report),
            data,
            data_error,
            traffic_24h: Some(traffic_24h),
            traffic_24h_error,
            recent_errors,
            recent_errors_error,
            logging: self.logging(),
            generated_at: rfc3339_millis(self.0.clock.now()),
        }
    }

    async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
        self.0.logs.page(query).await
    }

    async fn request_story(&self, id: String) -> RequestStory {
        self.0.logs.story(id).await
    }

    async fn log_level(&self) -> LogLevelState {
        level_state(&self.0.level)
    }

    async fn overview(&self, period: Period) -> Overview {
        let mut status = self.status().await;
        if let Some(traffic) = &mut status.traffic_24h {
            traffic.points = Vec::new();
        }
        Overview {
            status,
            in_flight: self.0.traffic.recorder().in_flight(),
            yesterday: traffic::yesterday(&self.0.traffic).await,
            history: traffic::history(&self.0.traffic, &self.0.host, period).await,
            host: host::history(&self.0.host, period).await,
        }
    }

    async fn routes(&self, period: Period, sort: RouteSort) -> RoutesPage {
        let generated_at = rfc3339_millis(self.0.clock.now());
        traffic::routes(&self.0.traffic, period, sort, generated_at).await
    }

    async fn route(&self, method: String, route: String, period: Period) -> RoutePage {
        let generated_at = rfc3339_millis(self.0.clock.now());
        traffic::route(
            &self.0.traffic,
            &self.0.host,
            method,
            route,
            period,
            generated_at,
        )
        .await
    }
}

/// A part that may be missing, and its sibling `…_error`.
fn split<T>(part: Result<T, Code>) -> (Option<T>, Option<Code>) {
    match part {
        Ok(part) => (Some(part), None),
        Err(code) => (None, Some(code)),
    }
}
