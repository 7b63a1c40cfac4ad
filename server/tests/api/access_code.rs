//! The way in while the table of users is out of reach.

use reqwest::Method;

use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Answer, Home, Http, Service, eventually};

const PATH: &str = "/admin/login/code/";

async fn issue(home: &Home) -> String {
    let finished = home.run(&["access-code"], &[]).await;
    assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
    assert_eq!(finished.stdout.len(), 1, "{:?}", finished.stdout);
    finished.stdout[0].clone()
}

async fn redeem(http: &Http, code: &str) -> Answer {
    let form = [("code", code), ("next", "/admin/system-status/?x=1")];
    http.same_origin().post(PATH, &form).await
}

/// A service whose database has just been stopped.
async fn without_database() -> (Home, Service) {
    let mut home = Home::on(Some(Postgres::start().await));
    let service = home.serve().await;
    home.postgres().stop().await;
    until_seen(&service).await;
    (home, service)
}

async fn until_seen(service: &Service) {
    eventually("the failure is seen", SOON, async || {
        (service.http.get("/health/ready/").await.status == 503).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_opens_the_desk_once_for_reading_and_the_log_says_so() {
    let (home, service) = without_database().await;
    let form = service.http.get("/admin/login/").await;
    assert!(form.body.contains("name=\"code\""), "{}", form.body);
    let code = issue(&home).await;

    let answer = redeem(&service.http, &code.to_lowercase()).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(answer.location(), "/admin/system-status/?x=1");
    // As long as its session.
    let cookie = answer.set_session_cookie().unwrap();
    assert!(cookie.contains("Max-Age=3600"), "{cookie}");
    let session = service
        .http
        .with("cookie", &answer.session_cookie().unwrap());
    let page = session.get("/admin/system-status/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("You came in by an access code: you can only read.")
    );
    assert_eq!(session.get("/api/ops/status/").await.status, 200);
    let line = service
        .logs
        .line("error.log", |line| line["code_id"].is_string())
        .await;
    assert_eq!(line["level"], "WARNING");
    assert!(!line.to_string().contains(&code), "{line}");
    let access = service
        .logs
        .line("access.log", |line| line["user"] == "access-code")
        .await;
    assert_eq!(access["path"], "/admin/system-status/");

    // For reading only, wherever it is tried.
    for path in ["/api/ops/status/", "/api/namespaces/", "/admin/tokens/"] {
        let answer = session.same_origin().send(Method::POST, path).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }

    assert_eq!(
        redeem(&service.http, &code).await.status,
        401,
        "a second time"
    );
    let out = session.same_origin().post("/admin/logout/", &[]).await;
    assert_eq!(out.status, 303);
    assert_ne!(session.get("/admin/system-status/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_code_stays_used_after_a_restart() {
    let (home, service) = without_database().await;
    let code = issue(&home).await;
    assert_eq!(redeem(&service.http, &code).await.status, 303);
    service.kill().await;
    let service = home.serve_with(&[]).await;
    until_seen(&service).await;
    eventually("the desk's store is ready", SOON, async || {
        let lines = service.logs.text("app.log");
        (lines.contains("a database can't be brought up")).then_some(())
    })
    .await;
    assert_eq!(redeem(&service.http, &code).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_guesses_a_code() {
    let (home, service) = without_database().await;
    let code = issue(&home).await;
    let other = Home::on(None);
    let foreign = issue(&other).await;
    for guess in ["", "nonsense", "00000-00000", &foreign, "中文"] {
        let answer = redeem(&service.http, guess).await;
        assert_eq!(answer.status, 401, "{guess}");
        assert!(answer.body.contains("name=\"code\""), "{}", answer.body);
    }
    let answer = redeem(&service.http, &code).await;
    assert_eq!(answer.status, 429, "whatever the code");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_names_work_a_code_does_not_and_an_open_desk_stays_open() {
    let (mut home, service) = without_database().await;
    let answer = redeem(&service.http, &issue(&home).await).await;
    let session = service
        .http
        .with("cookie", &answer.session_cookie().unwrap());
    home.postgres().come_up().await;
    service.until_ready().await;

    // The registry's audit hears of it when it is back.
    eventually("the entry in the audit", SOON, async || {
        let used = "SELECT actor || ' ' || action || ' ' || object AS line FROM audit_log";
        let entries = home.sql().lines(used).await;
        entries
            .contains(&"access-code use access-code".to_owned())
            .then_some(())
    })
    .await;

    let form = service.http.get("/admin/login/").await;
    assert!(!form.body.contains("name=\"code\""), "{}", form.body);
    let answer = redeem(&service.http, &issue(&home).await).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.session_cookie(), None);
    assert_eq!(session.get("/admin/system-status/").await.status, 200);
}
