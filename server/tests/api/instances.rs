//! Several instances on one store of the desk: each knows of all.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::html::text_of;
use crate::support::json::utc;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![instances_see_each_other_and_their_figures_add_up];

/// Four heartbeats that did not come, and one look.
const UNTIL_SILENT: Duration = Duration::from_secs(40);

async fn start(home: &Home, logs: &str) -> Service {
    let url = home.postgres.as_ref().map(|postgres| postgres.url("ops"));
    let mut environment = vec![("LOG_DIR", logs)];
    environment.extend(url.as_deref().map(|url| ("OPS_DATABASE_URL", url)));
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    service
}

async fn get(service: &Service, times: u64) {
    for _ in 0..times {
        assert_eq!(service.http.get("/").await.status, 302);
    }
}

async fn json(session: &Http, path: &str) -> Value {
    let answer = session.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

async fn name(session: &Http) -> String {
    let status = json(session, "/api/ops/status/").await;
    status["service"]["instance"].as_str().unwrap().to_owned()
}

/// Waits until this one is told of so.
async fn until(session: &Http, name: &str, limit: Duration, is: impl Fn(&Value) -> bool) -> Value {
    eventually(&format!("{name} is told of"), limit, async || {
        let list = json(session, "/api/ops/instances/").await;
        let mut all = list["instances"].as_array().unwrap().iter();
        all.find(|one| one["name"] == name && is(one)).cloned()
    })
    .await
}

async fn instances_see_each_other_and_their_figures_add_up(database: Database) {
    let home = Home::new(database).await;
    let one = start(&home, "logs-one").await;
    let other = start(&home, "logs-other").await;
    get(&one, 2).await;
    get(&other, 3).await;
    let at_one = one.signed_in().await;
    let at_other = other.http.with("cookie", at_one.cookie());
    let names = [name(&at_one).await, name(&at_other).await];
    assert_ne!(names[0], names[1]);

    for session in [&at_one, &at_other] {
        for (name, requests, share) in [(&names[0], 2, 0.4), (&names[1], 3, 0.6)] {
            // Its traffic may be read before its heartbeat is: it is unknown then, for seconds.
            let all = |one: &Value| {
                one["state"] == "live"
                    && one["requests"] == requests
                    && one["share"] == json!(share)
            };
            let found = until(session, name, SOON, all).await;
            let status = json(session, "/api/ops/status/").await;
            for (member, same) in [("version", "version"), ("commit", "commit")] {
                assert_eq!(found[member], status["service"][same]);
            }
            assert!(utc(&found["started_at"]) <= utc(&found["last_seen"]));
            assert_eq!(found["is_this"], status["service"]["instance"] == **name);
        }
        assert_eq!(json(session, "/api/ops/instances/").await["requests"], 5);
        for (name, requests) in names.iter().zip([2, 3]) {
            let traffic = json(session, &format!("/api/ops/traffic/?instance={name}")).await;
            assert_eq!(traffic["requests"], requests);
            assert_eq!(traffic["instance"], **name);
            // Read from the store within a limit: on a busy machine not always at the first try.
            eventually("its routes are told", SOON, async || {
                let routes = json(session, &format!("/api/ops/routes/?instance={name}")).await;
                (routes["requests"] == requests && routes["error"].is_null()).then_some(())
            })
            .await;
        }
        assert_eq!(json(session, "/api/ops/traffic/").await["requests"], 5);
    }

    the_page_is_of_all_or_of_one(&at_one, &names).await;
    what_was_not_searched_is_named(&at_one, &names).await;

    other.kill().await;
    let silent = until(&at_one, &names[1], UNTIL_SILENT, |one| {
        one["state"] == "silent"
    })
    .await;
    assert_eq!(silent["requests"], 3, "what it did is not forgotten");
    let third = start(&home, "logs-other").await;
    let third_name = name(&third.http.with("cookie", at_one.cookie())).await;
    until(&at_one, &third_name, SOON, |one| one["state"] == "live").await;
    assert_eq!(third.stop().await.code(), 0);
    let stopped = until(&at_one, &third_name, SOON, |one| one["state"] == "stopped").await;
    assert!(stopped["uptime_seconds"].is_u64());
    let page = at_one.get("/admin/system-status/").await;
    for name in names.iter().chain([&third_name]) {
        assert!(page.body.contains(name.as_str()), "{name}");
    }
}

/// Each instance knows its own files only: nothing that the others logged is called gone.
async fn what_was_not_searched_is_named(session: &Http, names: &[String; 2]) {
    for path in [
        "/admin/requests/6834456E/",
        "/admin/logs/?text=nobody+wrote+this",
        "/admin/logs/",
    ] {
        let page = session.get(path).await;
        let said = text_of(&page.body, "not-asked").unwrap_or_default();
        let (searched, not_searched) = said.split_once("Not searched:").unwrap_or_default();
        assert!(searched.contains(&names[0]), "{path}: {said}");
        assert!(not_searched.contains(&names[1]), "{path}: {said}");
        assert!(!page.body.contains("rotated away"), "{path}");
    }
}

/// Chosen by the address, kept by its links, and by a form that needs no script.
async fn the_page_is_of_all_or_of_one(session: &Http, names: &[String; 2]) {
    let page = async |path: String| {
        let answer = session.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.body
    };
    let shown = |body: &str| text_of(body, "requests-24h").unwrap();
    let all = page("/admin/system-status/".to_owned()).await;
    assert_eq!(shown(&all), "5");
    assert!(all.contains("name=\"instance\""), "a form to choose by");
    // As a browser sends the form.
    let escaped = names[1].replace(':', "%3A");
    let of_one = page(format!(
        "/admin/system-status/?period=7d&instance={escaped}"
    ))
    .await;
    assert_eq!(shown(&of_one), "3");
    let link = format!(
        "href=\"/admin/system-status/?period=30d&amp;instance={}\"",
        names[1]
    );
    assert!(of_one.contains(&link), "{link}");
    assert!(text_of(&of_one, "whose").unwrap().contains(&names[1]));

    let unknown = page("/admin/system-status/?instance=nobody:1".to_owned()).await;
    assert!(text_of(&unknown, "whose").unwrap().contains("nobody:1"));
    assert_eq!(shown(&unknown), "5", "and the page is there");

    let routes = page(format!("/admin/routes/?instance={}", names[1])).await;
    let link = format!("href=\"/admin/routes/GET/?instance={}\"", names[1]);
    assert!(routes.contains(&link), "{link} in {routes}");
    let route = page(format!("/admin/routes/GET/?instance={}", names[1])).await;
    assert!(text_of(&route, "whose").unwrap().contains(&names[1]));
}
