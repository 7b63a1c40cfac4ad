//! Every expression of the dashboards finds something after traffic with an outage of the database and
//! a damaged store.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::collector::{Collector, Destinations};
use super::expressions::{self, Expression, Source};
use super::prometheus::{self, Job, Scraper, scrape};
use super::running::{Place, until};
use super::sink::Sink;
use super::victoria_logs::VictoriaLogs;
use super::{Peers, http, tell};
use crate::bench::postgres::Postgres;
use crate::bench::served::Served;
use crate::layout::Layout;
use crate::need::go;
use crate::need::program::PROMETHEUS;
use crate::optional::available;

/// A window of an expression has some scrapes in it.
const FOUND: Duration = Duration::from_secs(90);
const OUTAGE: Duration = Duration::from_secs(5);
const SOME: u64 = 400;

/// Given out only where there is a limit.
const LIMIT: &str = "agent_source_db_memory_limit_bytes";

pub fn run(peers: &Peers) -> Result<()> {
    let layout = peers.layout;
    let expressions = all(layout)?;
    let Some(program) = available("prometheus", || PROMETHEUS.unpacked(layout))? else {
        return Ok(());
    };
    let store = available("victoria-logs", || go::program(layout, "victoria-logs"))?;
    let collector = available("collector", || go::program(layout, "collector"))?;
    let place = Place::make()?;
    let mut postgres = Postgres::start(layout)?;
    let (database, webhook) = (postgres.url(), Sink::start()?.url());
    let served = peers.serve(&[
        ("DATABASE_URL", database.as_str()),
        ("ALERT_WEBHOOK_URL", &webhook),
        ("SLOW_QUERY_MS", "0"),
    ])?;
    let jobs = scrape(&[Job {
        name: "agent-source-db",
        target: served.address(),
        credentials: None,
    }]);
    let prometheus = Scraper::prometheus(&program, &place.home("prometheus")?, &jobs)?;
    let logs = match (store, collector) {
        (Some(store), Some(collector)) => {
            Some(shipping(layout, &place, &served, &store, &collector)?)
        }
        _ => None,
    };
    have_trouble(&served, &mut postgres)?;
    let logs = logs.as_ref().map(|(_, store)| store);
    ask_all(&expressions, &served.url(), &prometheus, logs)
}

/// So that every panel has something to show: traffic, an outage, a damaged store.
fn have_trouble(served: &Served, postgres: &mut Postgres) -> Result<()> {
    let base = served.url();
    http::traffic(&[&base], 0, SOME)?;
    postgres.stop()?;
    thread::sleep(OUTAGE);
    http::traffic(&[&base], SOME, 20)?;
    postgres.start_again()?;
    // An outage is a warning, a damaged store is an ERROR line.
    fs::write(served.directory().join("data/ops.sqlite3"), [0xAA; 65_536])?;
    Ok(())
}

fn ask_all(
    expressions: &[Expression],
    base: &str,
    prometheus: &Scraper,
    logs: Option<&VictoriaLogs>,
) -> Result<()> {
    let (mut asked, mut empty) = ([0, 0], Vec::new());
    for expression in expressions {
        if expression.text.contains(LIMIT)
            && !http::text(&format!("{base}/metrics"), &[])?.contains(LIMIT)
        {
            tell(&format!(
                "dashboards: not asked, since nothing limits memory here: {}",
                expression.panel
            ))?;
            continue;
        }
        http::traffic(&[base], 2 * SOME, 20)?;
        let (count, found) = match (expression.source, logs) {
            (Source::Metrics, _) => (
                0,
                until_found(|| Ok(prometheus::query(prometheus.url(), &expression.text)?.len())),
            ),
            (Source::Logs, Some(store)) => (
                1,
                until_found(|| Ok(store.query(&format!("_time:1h {}", expression.text))?.len())),
            ),
            (Source::Logs, None) => continue,
        };
        if let Some(asked) = asked.get_mut(count) {
            *asked += 1;
        }
        if let Err(error) = found {
            empty.push(format!(
                "{}: {}: {error:#}",
                expression.panel, expression.text
            ));
        }
    }
    let [metrics, lines] = asked;
    tell(&format!(
        "dashboards: {metrics} expressions of metrics and {lines} of logs asked, {} found nothing",
        empty.len()
    ))?;
    ensure!(empty.is_empty(), "found nothing:\n{}", empty.join("\n"));
    Ok(())
}

fn until_found(look: impl Fn() -> Result<usize>) -> Result<()> {
    until("it finds something", FOUND, || {
        Ok((look()? > 0).then_some(()))
    })
}

fn shipping(
    layout: &Layout,
    place: &Place,
    served: &Served,
    store: &Path,
    collector: &Path,
) -> Result<(Collector, VictoriaLogs)> {
    let store = VictoriaLogs::start(store, &place.home("store")?)?;
    let destinations = Destinations {
        logs: served.directory().join("logs"),
        victoria_logs_url: store.url.clone(),
        jaeger_otlp_url: "http://127.0.0.1:9".to_owned(),
    };
    let home = place.home("collector")?;
    let collector = Collector::start(layout, collector, &home, &destinations)?;
    Ok((collector, store))
}

/// Of all dashboards that are handed out.
fn all(layout: &Layout) -> Result<Vec<Expression>> {
    let home = layout.root.join("deploy/observability/grafana/dashboards");
    let entries = fs::read_dir(&home).with_context(|| home.display().to_string())?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(&file)?)
            .with_context(|| file.display().to_string())?;
        found.extend(expressions::of(&dashboard));
    }
    ensure!(!found.is_empty(), "{}: no expressions", home.display());
    Ok(found)
}
