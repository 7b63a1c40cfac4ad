//! Writes every page, in every kind of day and both languages, into a directory, to be looked at in
//! a browser: `cargo run -p app --features ssr --example preview -- target/preview`.
//!
//! Give it the URL paths of the built files (`CSS`, `JS`, `WASM` in the environment) and serve the
//! directory to see the pages wake up, too.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs, io};

use app::address::log_query::{LogForm, LogSearch, StoryId};
use app::address::{self, Address};
use app::assets::Assets;
use app::backend::{Backend, SharedBackend};
use app::dto::{
    self, AlertsReport, BadQuery, Code, DatabaseReport, ErrorGroupPage, ErrorGroupsPage,
    HostHistory, IncidentReport, Incidents, LogLevelState, LogPage, LogQuery, OpenIncident,
    Overview, RequestStory, RoutePage, RouteSort, RoutesPage, RulePreview, Scope, Status, Timeline,
    TimelineQuery,
};
use app::pages::{
    self, ErrorView, LoginError, LoginView, PAGES, PageDefinition, render_error, render_login,
};
use app::view::viewer::{Language, Refresh, Viewer};

use async_trait::async_trait;
use futures_executor::block_on;
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;

#[path = "preview/desk.rs"]
mod desk;
#[path = "../src/fixtures/mod.rs"]
mod fixtures;

fn main() -> io::Result<()> {
    let directory = env::args()
        .nth(1)
        .unwrap_or_else(|| "target/preview".to_owned());
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let assets = Assets {
        css: path_of("CSS", "main.css"),
        js: path_of("JS", "app.js"),
        wasm: path_of("WASM", "app_bg.wasm"),
        icon: path_of("ICON", "favicon.svg"),
        icon_warning: path_of("ICON_WARNING", "favicon-warning.svg"),
        icon_error: path_of("ICON_ERROR", "favicon-error.svg"),
        icon_unknown: path_of("ICON_UNKNOWN", "favicon-unknown.svg"),
    };
    for language in [Language::English, Language::ChineseSimplified] {
        let write = |name: &str, html: String| {
            fs::write(
                directory.join(format!("{name}.{}.html", language.tag())),
                html,
            )
        };
        for (name, status) in [
            ("healthy", fixtures::healthy()),
            ("broken", fixtures::broken()),
            ("empty", fixtures::empty()),
        ] {
            let answers = Answers {
                status,
                ..Answers::default()
            };
            write(
                name,
                page(language, answers, &[], &assets, at("/admin/system-status/")),
            )?;
        }
        for (name, database) in [
            ("database-calm", fixtures::database::calm()),
            ("database-troubled", fixtures::database::troubled()),
            ("database-empty", fixtures::database::empty()),
        ] {
            let answers = Answers {
                database,
                ..Answers::default()
            };
            write(
                name,
                page(language, answers, &[], &assets, at("/admin/database/")),
            )?;
        }
        for (name, answers, asked) in searches() {
            write(
                name,
                page(language, answers, asked, &assets, at("/admin/logs/")),
            )?;
        }
        for (name, story) in [
            ("request", fixtures::logs::story()),
            ("request-unfinished", fixtures::logs::unfinished_story()),
            ("request-nothing", fixtures::no_story("timeout".to_owned())),
        ] {
            let answers = Answers {
                story,
                ..Answers::default()
            };
            write(
                name,
                page(language, answers, &[], &assets, at("/admin/requests/{id}/")),
            )?;
        }
        for (name, path, answers) in desk::pages() {
            write(name, page(language, answers, &[], &assets, at(path)))?;
        }
        let requiring = Some(&fixtures::pages::REQUIRING);
        write(
            "disabled",
            page(language, Answers::default(), &[], &assets, requiring),
        )?;
        write("login", login_page(language, None, &assets))?;
        let wrong = Some(LoginError::WrongCredentials);
        write("login-failed", login_page(language, wrong, &assets))?;
        for status in [403, 404, 500, 503] {
            write(
                &format!("error-{status}"),
                error_page(language, status, &assets),
            )?;
        }
    }
    Ok(())
}

type Search = (
    &'static str,
    Answers,
    &'static [(&'static str, &'static str)],
);

fn searches() -> Vec<Search> {
    let with = |logs| Answers {
        logs,
        ..Answers::default()
    };
    vec![
        ("logs", Answers::default(), &[]),
        (
            "logs-filtered",
            Answers {
                level: fixtures::logs::raised_level(),
                ..Answers::default()
            },
            &[
                ("text", "agent"),
                ("since", "2026-11-24T02:00:00Z"),
                ("status", "5xx"),
                ("level", "INFO"),
                ("before", "p1000"),
            ],
        ),
        (
            "logs-stopped-early",
            with(fixtures::logs::stopped_early),
            &[("text", "card"), ("since", "24h")],
        ),
        (
            "logs-nothing-so-far",
            with(fixtures::logs::nothing_so_far),
            &[("text", "needle")],
        ),
        ("logs-no-match", with(fixtures::no_lines), &[("text", "x")]),
        (
            "logs-empty",
            with(fixtures::logs::nothing_written),
            &[("file", "db")],
        ),
        ("logs-unreadable", with(fixtures::logs::unreadable), &[]),
        (
            "logs-bad",
            Answers {
                bad: Some(fixtures::logs::bad_since()),
                ..Answers::default()
            },
            &[("since", "soon"), ("text", "disk")],
        ),
    ]
}

fn path_of(variable: &str, default: &str) -> String {
    env::var(variable).unwrap_or_else(|_| default.to_owned())
}

fn login_page(language: Language, error: Option<LoginError>, assets: &Assets) -> String {
    let username = if error.is_some() { "admin" } else { "" };
    let next = "/admin/system-status/".to_owned();
    render_login(
        &LoginView {
            language,
            next,
            username: username.to_owned(),
            offers_code: error == Some(LoginError::Unavailable),
            error,
            is_insecure: false,
        },
        assets,
    )
}

fn error_page(language: Language, status: u16, assets: &Assets) -> String {
    let error_id = (status == 500).then(|| "9F3A61C0".to_owned());
    let request_id = Some("01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c".to_owned());
    render_error(
        &ErrorView {
            language,
            status,
            error_id,
            request_id,
        },
        assets,
    )
}

fn at(path: &str) -> Option<&'static PageDefinition> {
    PAGES.into_iter().find(|page| page.path == path)
}

/// As the server does it.
#[expect(clippy::expect_used, reason = "where a page is gone this has to stop")]
fn page(
    language: Language,
    answers: Answers,
    asked: &[(&str, &str)],
    assets: &Assets,
    page: Option<&'static PageDefinition>,
) -> String {
    let viewer = Viewer {
        language,
        user: Some("admin".to_owned()),
        is_staff: true,
        rights: app::view::viewer::Rights::All,
        refresh: Refresh::default(),
        zone: app::view::zone::Zone::default(),
    };
    let pairs: Vec<(String, String)> = asked
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let id = StoryId(answers.story.id.clone());
    let form = LogForm::from_pairs(&pairs, app::view::zone::Zone::default());
    let query = match &answers.bad {
        Some(bad) => Err(bad.clone()),
        None => Ok(fixtures::logs::query_of(&form)),
    };
    let address = answers.address.clone();
    let backend: SharedBackend = Arc::new(answers);
    Owner::new().with(|| {
        provide_context(viewer);
        provide_context(address);
        provide_context(LogSearch { form, query });
        provide_context(id);
        provide_context(assets.clone());
        provide_context(backend);
        block_on(ScopedFuture::new(async {
            let document = page.and_then(PageDefinition::document);
            let document = document.expect("the desk has this page, drawn by a function");
            let page: String = document().to_html_stream_in_order().collect().await;
            page
        }))
    })
}

struct Answers {
    /// At which address all of this is asked for.
    address: Address,
    status: Status,
    database: DatabaseReport,
    logs: fn(LogQuery) -> LogPage,
    bad: Option<BadQuery>,
    story: RequestStory,
    level: LogLevelState,
    open: Vec<OpenIncident>,
    incidents: Incidents,
    incident: Option<IncidentReport>,
    alerts: AlertsReport,
    preview: Result<RulePreview, BadQuery>,
    timeline: fn(&TimelineQuery) -> Timeline,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            address: Address::default(),
            status: fixtures::healthy(),
            database: fixtures::database::calm(),
            logs: fixtures::logs::full,
            bad: None,
            story: fixtures::logs::story(),
            level: fixtures::configured_level(),
            open: Vec::new(),
            incidents: fixtures::incidents::full(),
            incident: Some(fixtures::incidents::report()),
            alerts: fixtures::alerts::full(),
            preview: Ok(fixtures::alerts::preview()),
            timeline: fixtures::timeline::asked,
        }
    }
}

#[async_trait]
impl Backend for Answers {
    async fn status(&self) -> Status {
        self.status.clone()
    }

    async fn database(&self) -> DatabaseReport {
        self.database.clone()
    }

    async fn host(&self, period: dto::Range) -> HostHistory {
        fixtures::host(period)
    }

    async fn logs(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
        Ok((self.logs)(query))
    }

    async fn request_story(&self, _: String) -> RequestStory {
        self.story.clone()
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
        Ok(self
            .incident
            .clone()
            .filter(|report| report.incident.id == id))
    }

    async fn alerts(&self) -> AlertsReport {
        self.alerts.clone()
    }

    async fn preview(&self, _: String, _: String) -> Result<RulePreview, BadQuery> {
        self.preview.clone()
    }

    async fn timeline(&self, _: Language, query: TimelineQuery) -> Result<Timeline, BadQuery> {
        Ok((self.timeline)(&query))
    }

    fn other_instances(&self) -> Vec<String> {
        Vec::new()
    }

    fn instance(&self) -> String {
        "web-1".to_owned()
    }

    async fn log_level(&self) -> LogLevelState {
        self.level.clone()
    }

    async fn overview(&self, scope: Scope) -> Overview {
        fixtures::overview(self.status.clone(), scope.range)
    }

    async fn error_groups(&self, scope: Scope) -> ErrorGroupsPage {
        fixtures::errors::full(scope.range)
    }

    async fn error_group(&self, id: String, scope: Scope) -> Result<Option<ErrorGroupPage>, Code> {
        let page = fixtures::errors::one(scope.range);
        Ok(Some(page).filter(|page| page.report.group.id == id))
    }

    async fn routes(&self, scope: Scope, sort: RouteSort) -> RoutesPage {
        fixtures::routes(scope.range, sort)
    }

    async fn route(&self, method: String, route: String, scope: Scope) -> RoutePage {
        fixtures::route(method, route, scope.range)
    }
}
