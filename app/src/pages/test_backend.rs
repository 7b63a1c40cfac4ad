//! A backend on a calm day, for the tests of pages.
#![allow(clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use async_trait::async_trait;
use futures_executor::block_on;
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;

use super::PAGES;
use crate::address::Address;
use crate::assets::Assets;
use crate::backend::{Backend, SharedBackend};
use crate::components::field::RefusedForm;
use crate::dto::{
    AlertsReport, BadQuery, Code, DatabaseReport, ErrorGroupPage, ErrorGroupsPage, HostHistory,
    IncidentReport, Incidents, LogLevelState, LogPage, LogQuery, OpenIncident, Overview, Range,
    RequestStory, RoutePage, RouteSort, RoutesPage, RulePreview, Scope, Status, Timeline,
    TimelineQuery,
};
use crate::fixtures::{self, healthy, overview};
use crate::view::viewer::{Language, Viewer};

/// What differs from test to test; the rest is [`healthy`].
pub(super) struct TestBackend {
    pub open: Vec<OpenIncident>,
    pub incidents: Incidents,
    /// What is answered for its own id; for others there is none.
    pub incident: Result<IncidentReport, Code>,
    pub alerts: AlertsReport,
    pub preview: Result<RulePreview, BadQuery>,
    pub group: fn(Range) -> Result<ErrorGroupPage, Code>,
    /// Of a form, sent back.
    pub refused: Option<RefusedForm>,
    pub timeline: fn(&TimelineQuery) -> Result<Timeline, BadQuery>,
}

impl Default for TestBackend {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            incidents: fixtures::incidents::full(),
            incident: Ok(fixtures::incidents::report()),
            alerts: fixtures::alerts::full(),
            preview: Ok(fixtures::alerts::preview()),
            group: |period| Ok(fixtures::errors::one(period)),
            refused: None,
            timeline: |query| Ok(fixtures::timeline::asked(query)),
        }
    }
}

#[async_trait]
impl Backend for TestBackend {
    async fn database(&self) -> DatabaseReport {
        fixtures::database::calm()
    }

    async fn host(&self, range: Range) -> HostHistory {
        fixtures::host(range)
    }

    async fn status(&self) -> Status {
        healthy()
    }

    async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
        Ok(fixtures::no_lines(query))
    }

    async fn request_story(&self, id: String) -> RequestStory {
        fixtures::no_story(id)
    }

    fn now(&self) -> String {
        fixtures::incidents::NOW.to_owned()
    }

    fn open_incidents(&self, _: Language) -> Vec<OpenIncident> {
        self.open.clone()
    }

    async fn incidents(&self, _: Language, _: Option<String>) -> Incidents {
        self.incidents.clone()
    }

    async fn incident(&self, _: Language, id: String) -> Result<Option<IncidentReport>, Code> {
        let report = self.incident.clone()?;
        Ok(Some(report).filter(|report| report.incident.id == id))
    }

    async fn alerts(&self) -> AlertsReport {
        self.alerts.clone()
    }

    async fn preview(&self, _: String, _: String) -> Result<RulePreview, BadQuery> {
        self.preview.clone()
    }

    async fn timeline(&self, _: Language, query: TimelineQuery) -> Result<Timeline, BadQuery> {
        (self.timeline)(&query)
    }

    fn other_instances(&self) -> Vec<String> {
        Vec::new()
    }

    fn instance(&self) -> String {
        "web-1".to_owned()
    }

    async fn log_level(&self) -> LogLevelState {
        fixtures::configured_level()
    }

    async fn overview(&self, scope: Scope) -> Overview {
        overview(healthy(), scope.range)
    }

    async fn error_groups(&self, scope: Scope) -> ErrorGroupsPage {
        fixtures::errors::full(scope.range)
    }

    async fn error_group(&self, id: String, scope: Scope) -> Result<Option<ErrorGroupPage>, Code> {
        let page = (self.group)(scope.range)?;
        Ok(Some(page).filter(|page| page.report.group.id == id))
    }

    async fn routes(&self, scope: Scope, sort: RouteSort) -> RoutesPage {
        fixtures::routes(scope.range, sort)
    }

    async fn route(&self, method: String, route: String, scope: Scope) -> RoutePage {
        fixtures::route(method, route, scope.range)
    }
}

/// The page at this address, as a server draws it for staff.
pub(super) fn drawn_at(
    backend: TestBackend,
    language: Language,
    pattern: &str,
    address: &str,
) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let address = Address {
        path: path.to_owned(),
        query: query.to_owned(),
    };
    let viewer = Viewer {
        language,
        user: Some("ada".to_owned()),
        is_staff: true,
        ..Viewer::default()
    };
    let refused = backend.refused.clone();
    let backend: SharedBackend = Arc::new(backend);
    let page = PAGES.into_iter().find(|page| page.path == pattern);
    let page = page.expect("it is a page of the desk");
    Owner::new().with(|| {
        provide_context(backend);
        provide_context(viewer);
        provide_context(Assets::default());
        provide_context(address);
        if let Some(refused) = refused {
            provide_context(refused);
        }
        block_on(ScopedFuture::new(async {
            let document = page.document().expect("it is drawn by a function");
            let html: String = document().to_html_stream_in_order().collect().await;
            html
        }))
    })
}
