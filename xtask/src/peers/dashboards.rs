//! Every expression of the dashboards finds something under the load of `make demo`, its accident among it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::collector::{Collector, Destinations};
use super::expressions::{self, Expression, Source};
use super::prometheus::{self, Job, Scraper, scrape};
use super::running::Place;
use super::sink::Sink;
use super::victoria_logs::VictoriaLogs;
use super::{Peers, http, tell};
use crate::bench::postgres::Postgres;
use crate::bench::served::Served;
use crate::demo;
use crate::layout::Layout;
use crate::need::go;
use crate::need::program::PROMETHEUS;
use crate::optional::available;
use crate::test::SERVICE;

/// A window of an expression has some scrapes in it.
const FOUND: Duration = Duration::from_secs(90);

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
    let accident = demo::accident(layout, &SERVICE)?;
    let place = Place::make()?;
    let postgres = Postgres::start(layout)?;
    let (database, webhook) = (postgres.url(), Sink::start()?.url());
    let [name, password] = demo::ADMIN;
    let environment = [
        name,
        password,
        ("DATABASE_URL", database.as_str()),
        ("ALERT_WEBHOOK_URL", &webhook),
        ("SLOW_QUERY_MS", "0"),
    ];
    let served = peers.serve(&environment)?;
    demo::import(layout, |arguments| {
        let mut command = served.command(&peers.server, &environment);
        command.args(arguments);
        command
    })?;
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
    let desk = Desk {
        served: &served,
        prometheus: &prometheus,
        logs: logs.as_ref().map(|(_, store)| store),
    };
    let mut away = demo::accident_at(&accident, &database, demo::ACCIDENT_LASTS).spawn()?;
    let empty = desk.ask(&expressions)?;
    ensure!(away.wait()?.success(), "the accident went wrong");
    let empty: Vec<String> = empty
        .into_iter()
        .map(|expression| format!("{}: {}", expression.panel, expression.text))
        .collect();
    ensure!(empty.is_empty(), "found nothing:\n{}", empty.join("\n"));
    Ok(())
}

/// A service, and who answers for it.
struct Desk<'d> {
    served: &'d Served,
    prometheus: &'d Scraper,
    logs: Option<&'d VictoriaLogs>,
}

impl Desk<'_> {
    /// Nothing limits memory on some machines, and without a log store nobody has the lines.
    fn can_be_asked(&self, expression: &Expression) -> bool {
        let metrics = format!("{}/metrics", self.served.url());
        let is_limited = || http::text(&metrics, &[]).is_ok_and(|text| text.contains(LIMIT));
        match expression.source {
            Source::Metrics => !expression.text.contains(LIMIT) || is_limited(),
            Source::Logs => self.logs.is_some(),
        }
    }

    /// Those that find nothing.
    fn ask<'e>(&self, expressions: &'e [Expression]) -> Result<Vec<&'e Expression>> {
        let (asked, left_out): (Vec<_>, Vec<_>) =
            expressions.iter().partition(|it| self.can_be_asked(it));
        for expression in left_out {
            tell(&format!("dashboards: not asked here: {}", expression.panel))?;
        }
        let count = asked.len();
        let empty = self.empty(asked, Instant::now() + FOUND)?;
        tell(&format!(
            "dashboards: {} of {count} expressions find something under the load of `make demo`",
            count - empty.len()
        ))?;
        Ok(empty)
    }

    /// What `make demo` asks for, once.
    fn load(&self) -> Result<()> {
        let agent = http::agent();
        for (method, path) in demo::REQUESTS {
            http::send(
                &agent,
                method,
                &format!("{}{path}", self.served.url()),
                ("X-Request-ID", "demo"),
            )?;
        }
        Ok(())
    }

    /// Those of `asked` that find nothing while the service is asked until then.
    fn empty<'e>(&self, asked: Vec<&'e Expression>, until: Instant) -> Result<Vec<&'e Expression>> {
        let mut empty = asked;
        while !empty.is_empty() && Instant::now() < until {
            self.load()?;
            let mut left = Vec::new();
            for expression in empty {
                if self.found(expression)? == 0 {
                    left.push(expression);
                }
            }
            empty = left;
        }
        Ok(empty)
    }

    fn found(&self, expression: &Expression) -> Result<usize> {
        match (expression.source, self.logs) {
            (Source::Metrics, _) => {
                Ok(prometheus::query(self.prometheus.url(), &expression.text)?.len())
            }
            (Source::Logs, Some(store)) => {
                Ok(store.query(&format!("_time:1h {}", expression.text))?.len())
            }
            (Source::Logs, None) => Ok(0),
        }
    }
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
