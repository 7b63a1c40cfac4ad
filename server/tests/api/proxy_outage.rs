//! Instances that die, go and come back behind nginx, and who notices.

use std::time::Duration;

use reqwest::Method;

use crate::support::cluster::Cluster;
use crate::support::http::form;
use crate::support::load::Load;
use crate::support::wait::SOON;
use crate::support::{Http, eventually};

const PEOPLE: usize = 4;

/// Looks at a page.
async fn read(http: Http) -> Result<(), String> {
    let answer = http
        .try_send(Method::GET, "/admin/login/", String::new())
        .await?;
    match answer.status {
        200 => Ok(()),
        status => Err(format!("GET: {status} {}", answer.body)),
    }
}

/// Sends a form, which nobody may send a second time.
async fn write(http: Http) -> Result<(), String> {
    let http = http
        .same_origin()
        .with("content-type", "application/x-www-form-urlencoded");
    let body = form(&[("language", "en"), ("next", "/admin/login/")]);
    let answer = http
        .try_send(Method::POST, "/admin/preferences/", body)
        .await?;
    match answer.status {
        303 => Ok(()),
        status => Err(format!("POST: {status} {}", answer.body)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_reads_does_not_notice_that_an_instance_is_killed() {
    let mut cluster = Cluster::start().await;
    let http = cluster.nginx.http.clone();
    let load = Load::of(PEOPLE, move |_| read(http.clone()));
    load.goes_on_for(20).await;

    // Requests that wait for the database, in both instances, when one of them dies.
    let session = cluster.instance(0).signed_in().await.cookie().to_owned();
    let held = cluster.home.sql().lock("agent_cards").await;
    let waiting: Vec<_> = (0..6)
        .map(|number| {
            let id = format!("waiting-{number}");
            let http = cluster
                .nginx
                .http
                .with("cookie", &session)
                .with("x-request-id", &id);
            tokio::spawn(async move { http.get("/api/agentcards/").await.status })
        })
        .collect();
    eventually("the instance has some of them", SOON, async || {
        let health = cluster.instance(1).http.get("/health/db/").await.json();
        (health["database"]["pool"]["active"].as_u64() >= Some(2)).then_some(())
    })
    .await;
    cluster.kill(1).await;
    load.goes_on_for(40).await;
    drop(held);
    for answered in waiting {
        assert_eq!(answered.await.unwrap(), 200);
    }
    let mut retried = 0;
    for number in 0..6 {
        let line = cluster.nginx.line(&format!("waiting-{number}")).await;
        retried += usize::from(line["upstream"].as_str().unwrap().contains(", "));
    }
    assert!(
        retried > 0,
        "no request was under way in the instance that was killed"
    );

    cluster.bring_up(1).await;
    eventually("it is asked again", SOON, async || {
        load.goes_on_for(20).await;
        let mark = cluster.instance(1).address().to_string();
        let log = cluster.nginx.log();
        log.iter()
            .rev()
            .take(10)
            .any(|line| line["upstream"] == mark)
            .then_some(())
    })
    .await;
    load.was_served().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_a_rolling_restart() {
    let mut cluster = Cluster::start().await;
    let http = cluster.nginx.http.clone();
    let load = Load::of(PEOPLE, move |who| {
        let http = http.clone();
        async move {
            if who % 2 == 0 {
                read(http).await
            } else {
                write(http).await
            }
        }
    });
    load.goes_on_for(20).await;
    let pids = |cluster: &Cluster| [0, 1].map(|which| cluster.instance(which).pid());
    let before = pids(&cluster);
    cluster.restart_rolling().await;
    assert!(pids(&cluster).iter().all(|pid| !before.contains(pid)));
    load.goes_on_for(20).await;
    load.was_served().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_nobody_left_there_is_a_page_that_says_so_in_both_languages() {
    let mut cluster = Cluster::start().await;
    cluster.kill(0).await;
    cluster.kill(1).await;
    let http = cluster.nginx.http.with("x-request-id", "nobody-there");
    for (method, path) in [
        (Method::GET, "/admin/system-status/"),
        (Method::GET, "/"),
        (Method::POST, "/admin/preferences/"),
        (Method::GET, "/static/nothing.12345678.js"),
    ] {
        let answer = http.send(method.clone(), path).await;
        assert_eq!(answer.status, 503, "{method} {path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.body.contains("Back in a moment"), "{}", answer.body);
        assert!(answer.body.contains("稍后即可恢复"), "{}", answer.body);
        assert_eq!(answer.header("retry-after"), "15");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-request-id"), "nobody-there");
        assert_style_is_allowed(answer.header("content-security-policy"), &answer.body);
    }
    for path in [
        "/api/agentcards/",
        "/api/ops/logs/follow/",
        "/health/",
        "/health",
        "/health/ready/",
    ] {
        let answer = http.get(path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(answer.header("retry-after"), "15", "{path}");
        let body = answer.json();
        assert_eq!(body["status"], 503, "{path}");
        assert_eq!(body["request_id"], "nobody-there", "{path}");
    }
    cluster.bring_up(0).await;
    eventually("the page is back", Duration::from_secs(10), async || {
        (http.get("/admin/login/").await.status == 200).then_some(())
    })
    .await;
}

/// The page's style is in the page; its policy names it by its digest.
fn assert_style_is_allowed(policy: &str, page: &str) {
    use base64::Engine as _;
    use sha2::Digest as _;
    let (_, rest) = page.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(
        policy.contains(&format!("'sha256-{digest}'")),
        "{policy} should have {digest}"
    );
}
