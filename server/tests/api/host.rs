//! How host and process were, and what happened to instances, as `GET /api/ops/host/` tells it.

use serde_json::{Value, json};

use crate::support::html::text_of;
use crate::support::json::{keys, utc};
use crate::support::postgres::Postgres;
use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, Service, eventually};

on_both_databases![
    the_process_is_measured_from_the_start_on,
    samples_survive_a_restart_and_a_gap_is_a_gap,
    another_version_is_a_mark_on_every_chart,
];

/// The desk's own store is where the registry is.
async fn serve(home: &Home) -> Service {
    let url = home.postgres.as_ref().map(|postgres| postgres.url("ops"));
    let environment = url.as_deref().map(|url| ("OPS_DATABASE_URL", url));
    let service = home.serve_with(environment.as_slice()).await;
    service.until_ready().await;
    service
}

fn store(home: &Home) -> Sql {
    match &home.postgres {
        None => home.ops_sql(),
        Some(postgres) => postgres.sql("ops"),
    }
}

async fn history(session: &Http, period: &str) -> Value {
    let path = format!("/api/ops/host/?period={period}");
    let answer = session.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Once this instance has looked.
async fn measured(session: &Http) -> Value {
    eventually("the process is measured", SOON, async || {
        let history = history(session, "1h").await;
        history["now"].is_object().then_some(history)
    })
    .await
}

fn kinds(history: &Value) -> Vec<&str> {
    let events = history["events"].as_array().unwrap();
    let kinds = events.iter().map(|event| event["kind"].as_str().unwrap());
    kinds.collect()
}

/// The steps in which an instance was up.
fn covered(history: &Value) -> Vec<usize> {
    let minutes = history["steps"]["covered_minutes"].as_array().unwrap();
    let steps = minutes.iter().enumerate();
    let covered = steps.filter(|(_, minutes)| **minutes != 0);
    covered.map(|(step, _)| step).collect()
}

/// Until the store has a row of the last minute and all events.
async fn until_stored(home: &Home, events: usize) {
    let store = store(home);
    eventually("samples and events are stored", SOON, async || {
        let rows = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM series \
             WHERE kind = 'host' AND resolution = 1";
        let rows = store.try_lines(rows).await.ok()?;
        let stored = "SELECT CAST(COUNT(*) AS TEXT) AS line FROM events";
        let stored: usize = store.try_lines(stored).await.ok()?[0].parse().unwrap();
        (rows != ["0"] && stored >= events).then_some(())
    })
    .await;
}

async fn the_process_is_measured_from_the_start_on(database: Database) {
    let home = Home::new(database).await;
    let service = serve(&home).await;
    assert_eq!(service.http.get("/api/ops/host/").await.status, 401);
    let session = service.signed_in().await;
    let history = measured(&session).await;
    assert_eq!(history["period"], "1h");
    assert_eq!(
        (&history["minutes"], &history["step_minutes"]),
        (&json!(60), &json!(1))
    );
    assert_eq!(history.get("error"), None);

    let now = &history["now"]["gauges"];
    let gauge = |name: &str| {
        let value = now[name].as_f64();
        value.unwrap_or_else(|| panic!("{name} in {now}"))
    };
    assert!(gauge("memory_resident_bytes") > 1e6);
    assert!(gauge("threads") >= 2.0);
    assert!(gauge("open_files") < gauge("open_files_limit"));
    assert!(gauge("cpu_allowed_cores") > 0.0);
    assert!(gauge("log_disk_used_bytes") > 0.0 && gauge("log_disk_free_bytes") >= 0.0);
    assert!(gauge("tokio_workers") >= 2.0);
    for name in [
        "tokio_tasks",
        "tokio_queue",
        "registry_pool_size",
        "ops_pool_waiting",
    ] {
        gauge(name);
    }
    let data_is_a_file = database == Database::Sqlite;
    assert_eq!(
        now["data_disk_used_bytes"].is_number(),
        data_is_a_file,
        "{now}"
    );
    utc(&history["now"]["measured_at"]);

    // A share of time needs two looks, and the database is not asked before the service has started.
    let history = eventually("the second look", SOON, async || {
        let history = self::history(&session, "1h").await;
        let now = &history["now"]["gauges"];
        let is_known = now["cpu_ratio"].is_number() && now["database_latency_ms"].is_number();
        is_known.then_some(history)
    })
    .await;
    let steps = &history["steps"];
    let length = steps["covered_minutes"].as_array().unwrap().len();
    for (name, columns) in steps["gauges"].as_object().unwrap() {
        assert_eq!(keys(columns), ["avg", "last", "max", "min"], "{name}");
        for column in ["avg", "last", "max", "min"] {
            assert_eq!(columns[column].as_array().unwrap().len(), length, "{name}");
        }
    }
    let ratio = history["now"]["gauges"]["cpu_ratio"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&ratio));
    assert!(kinds(&history).contains(&"start"));
    assert!(
        kinds(&history).contains(&"migration"),
        "the first start makes the tables"
    );
    let wrong = session.get("/api/ops/host/?period=5m").await;
    assert_eq!(wrong.status, 400);
}

async fn samples_survive_a_restart_and_a_gap_is_a_gap(database: Database) {
    let home = Home::new(database).await;
    let service = serve(&home).await;
    until_stored(&home, 1).await;
    assert_eq!(service.stop().await.code(), 0);
    // As if that had been ten minutes ago.
    store(&home)
        .execute("UPDATE series SET start = start - 10 WHERE kind = 'host' AND resolution = 1")
        .await;

    let service = serve(&home).await;
    let session = service.signed_in().await;
    measured(&session).await;
    let history = eventually("the earlier run is known", SOON, async || {
        let history = history(&session, "1h").await;
        (covered(&history).len() >= 2).then_some(history)
    })
    .await;
    let covered = covered(&history);
    let (first, last) = (covered[0], *covered.last().unwrap());
    // A run that crossed a minute is two of them.
    assert!((9..=12).contains(&(last - first)), "{covered:?}");
    let memory = &history["steps"]["gauges"]["memory_resident_bytes"];
    for column in ["avg", "min", "max", "last"] {
        let value = |step: usize| memory[column][step].as_f64();
        assert!(value(first).is_some_and(|bytes| bytes > 1e6), "{memory}");
        assert!(value(last).is_some_and(|bytes| bytes > 1e6), "{memory}");
        for step in first + 3..last - 2 {
            assert_eq!(value(step), None, "a gap is no zero");
            assert_eq!(history["steps"]["covered_minutes"][step], 0);
        }
    }
    let told = kinds(&history);
    assert_eq!(
        told.iter().filter(|kind| **kind == "start").count(),
        2,
        "{told:?}"
    );
    assert_eq!(
        told.iter().filter(|kind| **kind == "stop").count(),
        1,
        "{told:?}"
    );
    assert!(!told.contains(&"version_change"), "{told:?}");
}

async fn another_version_is_a_mark_on_every_chart(database: Database) {
    let home = Home::new(database).await;
    let service = serve(&home).await;
    until_stored(&home, 1).await;
    service.kill().await;
    store(&home)
        .execute("UPDATE events SET detail = '0.0.9 <old>' WHERE kind = 'start'")
        .await;

    let service = serve(&home).await;
    let session = service.signed_in().await;
    let history = eventually("the new version is told", SOON, async || {
        let history = history(&session, "1h").await;
        kinds(&history)
            .contains(&"version_change")
            .then_some(history)
    })
    .await;
    assert!(!kinds(&history).contains(&"stop"), "it was killed");
    let events = history["events"].as_array().unwrap();
    let change = events
        .iter()
        .find(|event| event["kind"] == "version_change");
    let detail = change.unwrap()["detail"].as_str().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        detail.starts_with(&format!("0.0.9 <old> → {version}")),
        "{detail}"
    );

    let traffic = session.get("/api/ops/traffic/?period=1h").await.json();
    assert_eq!(traffic["events"], history["events"]);
    let page = session.get("/admin/system-status/?period=1h").await.body;
    let charts = page.matches("<figure").count();
    assert!(charts >= 6, "{charts}");
    let lines = page
        .matches(r#"<path class="chart-mark mark-version" d="#)
        .count();
    assert_eq!(lines, charts, "one on each chart");
    assert!(text_of(&page, "events").is_some());
    assert!(page.contains("0.0.9 &lt;old&gt; → ") && !page.contains("<old>"));
    let route = session
        .get("/admin/routes/GET/api/agentcards/?period=1h")
        .await;
    assert!(route.body.contains("mark-version"), "{}", route.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_desks_own_store_this_process_is_shown_and_written_later() {
    let mut postgres = Postgres::down();
    let url = postgres.url("ops");
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve_with(&[("OPS_DATABASE_URL", &url)]).await;
    service.until_ready().await;
    let session = service.signed_in().await;
    measured(&session).await;
    let history = eventually("the store's trouble is told", SOON, async || {
        let history = history(&session, "24h").await;
        history["error"].is_string().then_some(history)
    })
    .await;
    assert!(history["as_of"].is_null(), "it never told anything");
    assert_eq!(history["covered_minutes"], covered(&history).len().max(1));
    assert_eq!(kinds(&history)[0], "start");
    let page = session.get("/admin/system-status/").await.body;
    let memory = text_of(&page, "process-memory").unwrap();
    assert!(memory.ends_with("MiB"), "{memory}");
    assert!(text_of(&page, "host-store-error").is_some());

    postgres.come_up().await;
    let store = postgres.sql("ops");
    eventually("what waited is written", 2 * SOON, async || {
        let start = "SELECT detail AS line FROM events WHERE kind = 'start'";
        let starts = store.try_lines(start).await.ok()?;
        let rows = "SELECT CAST(SUM(count) AS TEXT) AS line FROM series \
             WHERE kind = 'host' AND resolution = 1";
        let samples: u32 = store.try_lines(rows).await.ok()?.first()?.parse().ok()?;
        (starts.len() == 1 && samples >= 1).then_some(())
    })
    .await;
    eventually("nothing is told of trouble any more", SOON, async || {
        let history = self::history(&session, "24h").await;
        (history.get("error").is_none() && history["as_of"].is_string()).then_some(())
    })
    .await;
    // Gone again: what the store has told stays, with its age.
    postgres.stop().await;
    eventually("the age of what is shown is told", 2 * SOON, async || {
        let page = session.get("/admin/system-status/").await.body;
        text_of(&page, "host-as-of").map(drop)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_are_shown_together_and_marked_apart() {
    let home = Home::on(Some(Postgres::start().await));
    let url = home.postgres.as_ref().unwrap().url("ops");
    let start = async |logs| {
        let environment = [("OPS_DATABASE_URL", url.as_str()), ("LOG_DIR", logs)];
        let service = home.serve_with(&environment).await;
        service.until_ready().await;
        service
    };
    let one = start("logs-one").await;
    let _other = start("logs-other").await;
    let session = one.signed_in().await;
    eventually("one knows of the other", SOON, async || {
        let history = history(&session, "1h").await;
        let starts = history["events"].as_array().unwrap().iter();
        let instances: Vec<_> = starts
            .filter(|event| event["kind"] == "start")
            .map(|event| event["instance"].clone())
            .collect();
        (instances.len() == 2 && instances[0] != instances[1]).then_some(())
    })
    .await;
}
