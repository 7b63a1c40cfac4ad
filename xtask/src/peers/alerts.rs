//! The exported rules in a real Prometheus and Alertmanager: a database goes away and comes back, and
//! they tell the same as the desk's own rules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::prometheus::{Job, Scraper, scrape};
use super::running::{Place, Running, until};
use super::sink::Sink;
use super::{Peers, http, tell};
use crate::bench::postgres::Postgres;
use crate::bench::served::Served;
use crate::need::alertmanager;
use crate::need::program::PROMETHEUS;
use crate::optional::available;
use crate::process::{self, free_port};

/// Readiness waits for minutes before it is an alert.
const TOLD: Duration = Duration::from_secs(300);

/// The cause, and what follows from it.
const CAUSE: &str = "database";
const FOLLOWER: &str = "readiness";

struct Alertmanager {
    _running: Running,
    address: String,
}

pub fn run(peers: &Peers) -> Result<()> {
    let layout = peers.layout;
    let prometheus = available("prometheus", || PROMETHEUS.unpacked(layout))?;
    let program = available("alertmanager", || alertmanager::program(layout))?;
    let (Some(prometheus), Some(program)) = (prometheus, program) else {
        return Ok(());
    };
    let place = Place::make()?;
    let mut postgres = Postgres::start(layout)?;
    let (database, sink) = (postgres.url(), Sink::start()?);
    let webhook = sink.url();
    let environment = [
        ("DATABASE_URL", database.as_str()),
        ("ALERT_WEBHOOK_URL", &webhook),
    ];
    let served = peers.serve(&environment)?;
    let export = |format: &str| exported(peers, &served, format);
    let exports = place.home("exported")?;
    let rules = exports.join("rules.yml");
    fs::write(&rules, export("prometheus")?)?;
    let configuration = exports.join("alertmanager.yml");
    fs::write(&configuration, export("alertmanager")?)?;
    let alertmanager = start(&program, &configuration, &place.home("alertmanager")?)?;
    let text = with_rules(&rules, &alertmanager.address, served.address());
    let mut prometheus = Scraper::prometheus(&prometheus, &place.home("prometheus")?, &text)?;
    prometheus.until("the service is scraped", |url| {
        let up = super::prometheus::query(url, "up == 1")?;
        Ok((!up.is_empty()).then_some(()))
    })?;

    let opened = break_down(&mut postgres, &alertmanager, &sink)?;
    let resolved = recover(&mut postgres, &alertmanager, &sink)?;
    let id = |body: &Value| body.pointer("/data/incident/id").cloned();
    ensure!(
        id(&opened) == id(&resolved),
        "{opened} and {resolved} are of two incidents"
    );
    tell("alerts: the desk's own rules opened and resolved one incident of the same rule")
}

/// The notice of the desk, once both have told of the outage alike.
fn break_down(postgres: &mut Postgres, alertmanager: &Alertmanager, sink: &Sink) -> Result<Value> {
    let stopped = Instant::now();
    postgres.stop()?;
    let alerts = || alertmanager.alerts();
    until("Alertmanager has the database's alert", TOLD, || {
        Ok(find(&alerts()?, CAUSE).is_some_and(is_active).then_some(()))
    })?;
    tell(&format!(
        "alerts: Alertmanager fires after {:.0?}",
        stopped.elapsed()
    ))?;
    until("Alertmanager holds the readiness alert back", TOLD, || {
        Ok(find(&alerts()?, FOLLOWER)
            .is_some_and(is_inhibited)
            .then_some(()))
    })?;
    let opened = notice(sink, "incident.opened")?;
    ensure!(
        sink.notice("incident.opened", FOLLOWER)
            .is_none_or(|other| other == opened),
        "readiness has a notice of its own"
    );
    Ok(opened)
}

/// The same of its end.
fn recover(postgres: &mut Postgres, alertmanager: &Alertmanager, sink: &Sink) -> Result<Value> {
    let back = Instant::now();
    postgres.start_again()?;
    until("Alertmanager knows of the end", TOLD, || {
        let alerts = alertmanager.alerts()?;
        let is_over = [CAUSE, FOLLOWER]
            .iter()
            .all(|rule| find(&alerts, rule).is_none());
        Ok(is_over.then_some(()))
    })?;
    tell(&format!(
        "alerts: and resolves after {:.0?}",
        back.elapsed()
    ))?;
    notice(sink, "incident.resolved")
}

fn exported(peers: &Peers, served: &Served, format: &str) -> Result<String> {
    let mut command = served.command(&peers.server, &[]);
    process::capture(command.args(["alerts", "export", "--format", format]))
}

fn notice(sink: &Sink, kind: &str) -> Result<Value> {
    until(&format!("the desk tells {kind}"), TOLD, || {
        Ok(sink.notice(kind, CAUSE))
    })
}

fn start(program: &PathBuf, configuration: &Path, home: &Path) -> Result<Alertmanager> {
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(program);
    command
        .arg(format!("--config.file={}", configuration.display()))
        .arg("--storage.path=data")
        .arg(format!("--web.listen-address={address}"))
        .arg("--cluster.listen-address=");
    let mut running = Running::start("Alertmanager", &mut command, home)?;
    running.until_answers(&format!("http://{address}/-/ready"))?;
    Ok(Alertmanager {
        _running: running,
        address,
    })
}

impl Alertmanager {
    fn alerts(&self) -> Result<Vec<Value>> {
        let alerts = http::json(&format!("http://{}/api/v2/alerts", self.address), &[])?;
        alerts.as_array().cloned().context("no list of alerts")
    }
}

fn with_rules(rules: &Path, alertmanager: &str, service: &str) -> String {
    let rules = rules.display();
    let jobs = scrape(&[Job {
        name: "agent-source-db",
        target: service,
        credentials: None,
    }]);
    format!(
        "global: {{evaluation_interval: 1s}}
rule_files: [\"{rules}\"]
alerting:
  alertmanagers:
    - static_configs: [{{targets: [\"{alertmanager}\"]}}]
{jobs}"
    )
}

/// The alert of one of our rules.
fn find<'a>(alerts: &'a [Value], rule: &str) -> Option<&'a Value> {
    let is_of_rule = |alert: &&Value| alert.pointer("/labels/rule").is_some_and(|it| it == rule);
    alerts.iter().find(is_of_rule)
}

fn is_active(alert: &Value) -> bool {
    alert
        .pointer("/status/state")
        .is_some_and(|it| it == "active")
}

fn is_inhibited(alert: &Value) -> bool {
    let by = alert
        .pointer("/status/inhibitedBy")
        .and_then(Value::as_array);
    by.is_some_and(|by| !by.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alert_is_found_by_our_rule_and_knows_whether_it_is_held_back() {
        let alerts = [
            json!({"labels": {"rule": "database"}, "status": {"state": "active", "inhibitedBy": []}}),
            json!({"labels": {"rule": "readiness"}, "status": {"state": "suppressed", "inhibitedBy": ["a"]}}),
        ];
        let cause = find(&alerts, CAUSE);
        assert!(cause.is_some_and(is_active) && !cause.is_some_and(is_inhibited));
        let follower = find(&alerts, FOLLOWER);
        assert!(follower.is_some_and(is_inhibited) && !follower.is_some_and(is_active));
        assert_eq!(find(&alerts, "disk"), None);
    }
}
