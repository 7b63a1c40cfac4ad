//! Writes every page, in every kind of day and both languages, into a directory, to be looked at in
//! a browser: `cargo run -p app --features ssr --example preview -- target/preview`.
//!
//! Give it the URL paths of the built files (`CSS`, `JS`, `WASM` in the environment) and serve the
//! directory to see the pages wake up, too.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs, io};

use app::assets::Assets;
use app::backend::{Backend, SharedBackend};
use app::dto::{self, Overview, Period, RoutePage, RouteSort, RoutesPage, Status};
use app::pages::{
    ErrorView, LoginError, LoginView, render_error, render_login, system_status_document,
};
use app::visit::{Language, Refresh, Visit};

use async_trait::async_trait;
use futures_executor::block_on;
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;

#[path = "../src/fixtures.rs"]
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
            write(name, status_page(language, status, &assets))?;
        }
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
            error,
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

/// As the server does it.
fn status_page(language: Language, status: Status, assets: &Assets) -> String {
    let visit = Visit {
        language,
        user: Some("admin".to_owned()),
        is_staff: true,
        refresh: Refresh::default(),
    };
    let backend: SharedBackend = Arc::new(Fixed(status));
    Owner::new().with(|| {
        provide_context(visit);
        provide_context(assets.clone());
        provide_context(backend);
        block_on(ScopedFuture::new(async {
            let page: String = system_status_document()
                .to_html_stream_in_order()
                .collect()
                .await;
            page
        }))
    })
}

struct Fixed(Status);

#[async_trait]
impl Backend for Fixed {
    async fn status(&self) -> Status {
        self.0.clone()
    }

    async fn overview(&self, period: Period) -> Overview {
        fixtures::overview(self.0.clone(), period)
    }

    async fn routes(&self, period: Period, sort: RouteSort) -> RoutesPage {
        fixtures::routes(period, sort)
    }

    async fn route(&self, method: String, route: String, period: Period) -> RoutePage {
        fixtures::route(method, route, period)
    }
}
