//! Whole documents, as a browser without scripts gets them.
#![allow(clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use futures_executor::block_on;
use futures_util::StreamExt;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;

use super::menu_items;
use super::served::{OpenNow, Surroundings, document};
use super::shell::Shell;
use super::system_status::{PAGE as SYSTEM_STATUS, system_status as status_view};
use super::test_backend::TestBackend;
use super::{
    AuditView, Configured, ErrorView, LoginError, LoginView, PlainView, render_audit, render_error,
    render_login,
};
use crate::assets::{Assets, ZONE_SCRIPT};
use crate::backend::SharedBackend;
use crate::components::state::State;
use crate::document::First;
use crate::dto::{Range, Status};
use crate::fixtures::{broken, empty, healthy, incidents, overview};
use crate::view::instant::Instant;
use crate::view::viewer::{Language, Refresh, Viewer};
use crate::view::zone::Zone;

/// The hooks that tests outside rely on.
const HOOKS: [&str; 21] = [
    "uptime",
    "app-version",
    "db-status",
    "db-version",
    "db-latency",
    "stat-agentcards-total",
    "stat-agentcards-active",
    "stat-namespaces",
    "stat-schemas",
    "requests-24h",
    "errors-24h",
    "error-rate-24h",
    "avg-response-24h",
    "p95-24h",
    "traffic-chart",
    "recent-errors",
    "last-updated",
    "refresh-interval",
    "log-dropped",
    "language",
    "sign-out",
];

pub(super) fn assets() -> Assets {
    Assets {
        css: "/static/style.1.css".to_owned(),
        js: "/static/app.2.js".to_owned(),
        wasm: "/static/app.3.wasm".to_owned(),
        icon: "/static/favicon.4.svg".to_owned(),
        ..Assets::default()
    }
}

fn viewer(refresh: Refresh) -> Viewer {
    let user = Some("ada <b>".to_owned());
    Viewer {
        language: Language::ChineseSimplified,
        user,
        is_staff: true,
        refresh,
        rights: crate::view::viewer::Rights::All,
        zone: crate::view::zone::Zone::default(),
    }
}

fn system_status(status: &Status) -> String {
    status_page(viewer(Refresh::Every30s), status)
}

fn status_page(viewer: Viewer, status: &Status) -> String {
    let around = Surroundings {
        viewer,
        assets: assets(),
        nonce: Some("n0nce".to_owned()),
        ..Surroundings::default()
    };
    Owner::new().with(|| {
        let drawn = status_view(&around.viewer, &overview(status.clone(), Range::default()));
        document(&SYSTEM_STATUS, &around, &OpenNow::default(), drawn).to_html()
    })
}

fn login(error: Option<LoginError>) -> String {
    render_login(&login_view(error), &assets())
}

fn login_view(error: Option<LoginError>) -> LoginView {
    LoginView {
        language: Language::English,
        next: "/admin/?a=1&b=\"2\"".to_owned(),
        username: "<b>'\"&".to_owned(),
        offers_code: error == Some(LoginError::Unavailable),
        error,
        is_insecure: false,
    }
}

fn error(status: u16) -> String {
    let error = ErrorView {
        language: Language::English,
        status,
        error_id: Some("9F3A61C0".to_owned()),
        request_id: None,
    };
    render_error(&error, &assets())
}

/// As a server does it: everything in context, and the page waits for its data.
fn served(viewer: Viewer) -> String {
    Owner::new().with(|| {
        let backend: SharedBackend = Arc::new(TestBackend::default());
        provide_context(backend);
        provide_context(viewer);
        provide_context(assets());
        block_on(ScopedFuture::new(async {
            let document = SYSTEM_STATUS.document().expect("it is drawn by a function");
            let page: String = document().to_html_stream_in_order().collect().await;
            page
        }))
    })
}

#[test]
fn a_server_gets_the_whole_page_at_once() {
    let html = served(viewer(Refresh::Every30s));
    assert_eq!(
        html,
        system_status(&healthy()).replace(" nonce=\"n0nce\"", "")
    );
}

#[test]
fn a_stranger_gets_nothing_even_from_a_server_without_a_guard() {
    let html = served(Viewer::default());
    assert!(html.contains("<h1>Not allowed</h1>"));
    assert!(!html.contains("12847") && !html.contains("uptime"));
}

#[test]
fn the_status_page_has_every_hook() {
    let html = system_status(&healthy());
    for hook in HOOKS {
        assert!(html.contains(&format!("data-testid=\"{hook}\"")), "{hook}");
    }
    assert_eq!(html.matches("data-testid=\"error-row\"").count(), 3);
    assert_eq!(html.matches("data-testid=\"error-detail\"").count(), 3);
    assert!(!html.contains("stale-banner"));
}

#[test]
fn every_kind_of_day_is_a_whole_document() {
    for status in [healthy(), broken(), empty()] {
        let html = system_status(&status);
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"zh-CN\" data-timed"));
        assert!(html.ends_with("</main></body></html>"));
    }
}

/// `style-src 'self'`, and a nonce for scripts but the one that the policy names by its hash: what is
/// inline and neither would be dead.
#[test]
fn nothing_on_a_page_offends_its_content_security_policy() {
    for html in [
        system_status(&healthy()),
        login(Some(LoginError::WrongCredentials)),
        error(500),
    ] {
        let html = html.replace(&format!("<script>{ZONE_SCRIPT}</script>"), "");
        for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.contains(" style=") && !tag.contains(" on"), "{tag}");
            let needs_nonce = tag.starts_with("script") && !tag.contains("application/json");
            assert!(!needs_nonce || tag.contains("nonce=\"n0nce\""), "{tag}");
        }
    }
}

#[test]
fn the_browser_finds_what_the_shell_was_made_of_and_no_data_twice() {
    let html = system_status(&healthy());
    let (_, block) = html.split_once("id=\"first\">").unwrap_or_default();
    let (block, _) = block.split_once("</script>").unwrap_or_default();
    let first: Result<First<Shell>, _> = serde_json::from_str(block);
    let first = first.map(|first| (first.viewer, first.state, first.data));
    let menu = menu_items(
        &SYSTEM_STATUS,
        &viewer(Refresh::Every30s),
        &Configured::default(),
        &[],
    );
    let shell = Shell {
        menu,
        here: "/admin/system-status/".to_owned(),
        generated_at: healthy().generated_at,
    };
    let expected = (viewer(Refresh::Every30s), Some(State::Ok), shell);
    assert_eq!(first.ok(), Some(expected));
}

#[test]
fn the_server_draws_in_the_readers_zone_once_it_knows_it() {
    let shanghai = Viewer {
        zone: Zone::from_cookie("Asia/Shanghai").unwrap_or_default(),
        ..viewer(Refresh::Every30s)
    };
    let html = status_page(shanghai, &healthy());
    let at = Instant::parse(&healthy().generated_at).map(|at| at.civil(480).to_string());
    assert!(html.contains(&format!(">{}</time>", at.unwrap_or_default())));
    assert!(!html.contains(" UTC</time>"));
}

#[test]
fn without_scripts_the_page_reloads_itself_at_the_readers_pace() {
    let reload = "<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>";
    assert!(system_status(&healthy()).contains(reload));

    let paused = status_page(viewer(Refresh::Paused), &healthy());
    assert!(!paused.contains("http-equiv"));
}

#[test]
fn what_was_typed_comes_back_as_text() {
    let html = login(None);
    assert!(html.contains("value=\"&lt;b&gt;'&quot;&amp;\""), "{html}");
    assert!(
        html.contains("value=\"/admin/?a=1&amp;b=&quot;2&quot;\""),
        "{html}"
    );
    assert!(
        html.contains("/admin/login/?next=/admin/%3Fa%3D1%26b%3D%222%22"),
        "{html}"
    );
}

#[test]
fn a_users_name_is_text() {
    assert!(system_status(&healthy()).contains("<bdi class=\"user\">ada &lt;b&gt;</bdi>"));
}

#[test]
fn a_failed_sign_in_says_why_to_everyone() {
    for (reason, text) in [
        (
            LoginError::WrongCredentials,
            "Username or password is wrong.",
        ),
        (
            LoginError::Throttled {
                retry_after_seconds: 90,
            },
            "Try again in 1 min 30 s.",
        ),
        (LoginError::Unavailable, "can't be reached"),
        (
            LoginError::CrossOrigin {
                said: "Origin: https://desk.example".to_owned(),
                expected: "Host: app:8000".to_owned(),
            },
            "(Origin: https://desk.example ≠ Host: app:8000)",
        ),
        (LoginError::Busy, "in a few seconds"),
        (LoginError::WrongCode, "used before"),
        (LoginError::CodeNotNeeded, "Sign in with your name"),
    ] {
        let html = login(Some(reason.clone()));
        let (_, alert) = html.split_once("role=\"alert\"").unwrap_or_default();
        assert!(alert.contains(text), "{reason:?}: {html}");
    }
    assert!(!login(None).contains("role=\"alert\""));
}

#[test]
fn the_sign_in_page_says_where_no_session_can_be_kept() {
    let insecure = |language| {
        let view = LoginView {
            language,
            is_insecure: true,
            ..login_view(None)
        };
        render_login(&view, &assets())
    };
    assert!(insecure(Language::English).contains("over plain HTTP"));
    assert!(insecure(Language::ChineseSimplified).contains("明文 HTTP"));
    assert!(!login(None).contains("login-insecure"));
}

#[test]
fn an_access_code_is_asked_for_only_where_it_helps() {
    let html = login(Some(LoginError::Unavailable));
    assert!(html.contains("action=\"/admin/login/code/\"") && html.contains("name=\"code\""));
    assert!(!login(None).contains("name=\"code\""));
}

#[test]
fn an_error_page_shows_its_status_and_id() {
    for (status, title) in [
        (403, "Not allowed"),
        (404, "Page not found"),
        (418, "Bad request"),
        (500, "Something went wrong"),
        (503, "Not available now"),
        (599, "Something went wrong"),
    ] {
        let html = error(status);
        assert!(
            html.contains(&format!("<h1>{title}</h1>")),
            "{status}: {html}"
        );
        assert!(html.contains(&status.to_string()), "{status}");
        assert!(
            html.contains("<code data-testid=\"error-id\">9F3A61C0</code>"),
            "{status}"
        );
    }
}

#[test]
fn a_page_that_a_handler_draws_names_what_is_open() {
    let of = |open| AuditView {
        around: PlainView {
            viewer: viewer(Refresh::Paused),
            configured: Configured::default(),
            open,
        },
        entries: Ok(Vec::new()),
        older: None,
        is_first: true,
    };
    let open = OpenNow {
        incidents: incidents::open(),
        at: incidents::NOW.to_owned(),
    };
    let told = render_audit(of(open), &assets());
    assert!(told.contains("data-testid=\"open-incidents\""), "{told}");
    assert!(told.contains("<title>✕ 审计"), "{told}");
    let calm = render_audit(of(OpenNow::default()), &assets());
    assert!(!calm.contains("open-incidents"), "{calm}");
    assert!(calm.contains("<title>审计"), "{calm}");
}
