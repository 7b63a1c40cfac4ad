//! The plan's rules, each fired by a real fault and told: a disk that fills up, ERROR lines, a slow
//! route. The fourth, a database that is gone, is the first test of `alerts.rs`.

use std::fs;

use serde_json::Value;

use crate::support::alerting::{self, TOLD, kinds, until_good};
use crate::support::disk::Disk;
use crate::support::sink::Sink;
use crate::support::{Database, Home, Http, Service, eventually};

/// Windows of a minute, which are judged each second. Each rule has an incident of its own.
const QUICK: &str = r#"version = 1

[notify]
group_by = ["rule"]
group_wait = "0s"

[[rule]]
name = "disk"
every = "1s"

[[rule]]
name = "log-errors"
expr = "log_error_share(1m) > 5%"
every = "1s"
min_samples = 20

[[rule]]
name = "slow-p95"
expr = "latency(0.95, 1m) > 1000ms"
recover = "latency(0.95, 1m) < 800ms"
every = "1s"

[[rule]]
name = "http-errors"
enabled = false
"#;

/// More than a rule asks for before it judges.
const REQUESTS: usize = 25;

async fn serve(home: &Home, sink: &Sink, more: &[(&str, &str)]) -> (Service, Http) {
    let url = sink.url();
    let mut environment = vec![("ALERT_WEBHOOK_URL", url.as_str())];
    environment.extend(more);
    alerting::serve(home, QUICK, &environment).await
}

/// The first message of this kind about this rule.
fn told(sink: &Sink, kind: &str, rule: &str) -> Option<Value> {
    let mut received = sink.received().into_iter();
    let found = received.find(|it| {
        let first = &it.body["data"]["alerts"][0];
        it.body["type"] == kind && first["rule"] == rule
    });
    found.map(|it| it.body["data"].clone())
}

async fn until_told(sink: &Sink, kind: &str, rule: &str) -> Value {
    eventually(&format!("{kind} of {rule}"), TOLD, async || {
        told(sink, kind, rule)
    })
    .await
}

#[tokio::test]
async fn a_disk_that_fills_up_is_told_and_told_again_when_it_is_worse_and_when_it_is_over() {
    let home = Home::new(Database::Sqlite).await;
    let Some(disk) = Disk::mount(home.path("disk")) else {
        return;
    };
    let sink = Sink::start().await;
    let (_service, session) = serve(&home, &sink, &[("LOG_DIR", "disk/logs")]).await;
    until_good(&session, "disk").await;

    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 1_700_000]).unwrap();
    let data = until_told(&sink, "incident.opened", "disk").await;
    let alert = &data["alerts"][0];
    assert_eq!(alert["severity"], "warning", "{alert}");
    assert!(
        alert["subject"].as_str().unwrap().contains("log"),
        "{alert}"
    );
    assert_eq!(alert["threshold"], 0.8);
    let ratio = alert["value"].as_f64().unwrap();
    assert!((0.8..0.9).contains(&ratio), "{alert}");

    fs::write(&ballast, vec![0; 1_950_000]).unwrap();
    let data = until_told(&sink, "incident.updated", "disk").await;
    assert_eq!(data["incident"]["severity"], "critical", "{data}");

    fs::remove_file(&ballast).unwrap();
    let data = until_told(&sink, "incident.resolved", "disk").await;
    assert!(data["alerts"][0]["peak"].as_f64().unwrap() > 0.9, "{data}");
    let whole = ["incident.opened", "incident.updated", "incident.resolved"];
    assert_eq!(kinds(&sink), whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn error_lines_and_a_slow_route_are_told_and_so_is_their_end() {
    let home = Home::new(Database::Postgres).await;
    let sink = Sink::start().await;
    let (service, session) = serve(&home, &sink, &[("DATABASE_POOL_MAX", "40")]).await;
    let http = &service.http;
    let well = async || {
        for _ in 0..REQUESTS {
            assert_eq!(http.get("/api/namespaces/").await.status, 200);
        }
    };
    for rule in ["log-errors", "slow-p95"] {
        eventually(&format!("{rule} is seen good"), TOLD, async || {
            well().await;
            (alerting::rule(&session, rule).await["state"] == "ok").then_some(())
        })
        .await;
    }

    // A table is gone: each request for it is an ERROR.
    let sql = home.sql();
    sql.execute("ALTER TABLE agent_cards RENAME TO gone").await;
    let data = eventually("the ERROR lines are told", TOLD, async || {
        assert_eq!(http.get("/api/agentcards/").await.status, 500);
        told(&sink, "incident.opened", "log-errors")
    })
    .await;
    let alert = &data["alerts"][0];
    assert!(alert["value"].as_f64().unwrap() > 0.05, "{alert}");
    assert!(alert["samples"].as_u64().unwrap() >= 20, "{alert}");
    let error = &data["evidence"]["top_errors"][0];
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("does not exist"),
        "{data}"
    );
    assert_eq!(error["route"], "/api/agentcards/", "{data}");
    sql.execute("ALTER TABLE gone RENAME TO agent_cards").await;
    eventually("the end of the ERROR lines is told", 2 * TOLD, async || {
        well().await;
        told(&sink, "incident.resolved", "log-errors")
    })
    .await;

    // Somebody holds a lock: all who ask for the table wait.
    let data = eventually("the slow route is told", TOLD, async || {
        wait_in_line(&home, http).await;
        told(&sink, "incident.opened", "slow-p95")
    })
    .await;
    let alert = &data["alerts"][0];
    assert!(alert["value"].as_f64().unwrap() > 1000.0, "{alert}");
    assert_eq!(alert["threshold"], 1000.0);
    let slowest = &data["evidence"]["slowest_route"];
    assert_eq!(slowest["route"], "/api/agentcards/", "{data}");
    eventually("the slow route's end is told", 2 * TOLD, async || {
        well().await;
        told(&sink, "incident.resolved", "slow-p95")
    })
    .await;
}

/// Requests that wait for a lock until each has waited for more than a second.
async fn wait_in_line(home: &Home, http: &Http) {
    const WAITING: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity WHERE \
         wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '1.1 s'";
    let held = home.sql().lock("agent_cards").await;
    let requests: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let http = http.clone();
            tokio::spawn(async move { http.get("/api/agentcards/").await })
        })
        .collect();
    eventually("all wait for the lock", TOLD, async || {
        let waiting: usize = home.sql().lines(WAITING).await[0].parse().unwrap();
        let is_over = requests.iter().any(tokio::task::JoinHandle::is_finished);
        (waiting == REQUESTS || is_over).then_some(())
    })
    .await;
    drop(held);
    for request in requests {
        request.await.unwrap();
    }
}
