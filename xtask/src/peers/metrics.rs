//! What scrapers of three makes count, directly and through nginx, is what the access log has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::nginx::Nginx;
use super::prometheus::{self, Job, Scraper};
use super::running::{Place, until};
use super::{Peers, http, tell};
use crate::bench::served::Served;
use crate::log_files;
use crate::need::program::{PROMETHEUS, VICTORIA_METRICS, VMAGENT};
use crate::need::{go, pip};
use crate::optional::available;

/// How many paths and methods are made up.
const INVENTED: u64 = 5000;
/// So many of them are enough for all series that they may make.
const FIRST_INVENTED: u64 = 100;

/// Counts that are told late are taken in within this time.
const COUNTED: Duration = Duration::from_secs(60);

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
];

/// Method, route and status, as the labels of a series.
type Key = (String, String, String);

pub fn run(peers: &Peers) -> Result<()> {
    let layout = peers.layout;
    let old = available("prometheus", || PROMETHEUS.unpacked(layout))?;
    let new = available("prometheus-3", || go::program(layout, "prometheus"))?;
    let vmagent = available("vmagent", || {
        Ok((
            VMAGENT.unpacked(layout)?,
            VICTORIA_METRICS.unpacked(layout)?,
        ))
    })?;
    let place = Place::make()?;
    let served = peers.serve(&[("LOG_MAX_FILES", "200")])?;
    let nginx = Nginx::before(layout, served.address(), &place.home("nginx")?)?;
    let token = place.home("token")?.join("token");
    fs::write(&token, peers.token(&served, &[])?)?;
    let configuration = prometheus::scrape(&[
        Job {
            name: "direct",
            target: served.address(),
            credentials: None,
        },
        Job {
            name: "nginx",
            target: &nginx.address,
            // Who comes through a proxy is nobody of this machine.
            credentials: Some(&token),
        },
    ]);
    let mut scrapers = Vec::new();
    for (name, program) in [("Prometheus 2", &old), ("Prometheus 3", &new)] {
        if let Some(program) = program {
            let home = place.home(name)?;
            let scraper = Scraper::prometheus(program, &home, &configuration)?;
            scrapers.push((name, scraper));
        }
    }
    if let Some((program, store)) = &vmagent {
        let home = place.home("vmagent")?;
        let scraper = Scraper::vmagent(program, store, &home, &configuration)?;
        scrapers.push(("vmagent", scraper));
    }
    let direct = served.url();
    let bases = [direct.as_str(), &format!("http://{}", nginx.address)];
    http::traffic(&bases, 0, peers.amounts.requests)?;
    let expected = until("all lines are written", COUNTED, || {
        let counted = counted(&served.directory().join("logs"))?;
        let is_whole = counted.values().sum::<u64>() == peers.amounts.requests;
        Ok(is_whole.then_some(counted))
    })?;
    for (name, scraper) in &mut scrapers {
        compare(name, scraper, &expected)?;
    }
    invent(&served)?;
    judge(peers, &served, old.as_deref())
}

/// The INFO lines of the traffic in the access log, by the series that counts them.
fn counted(logs: &Path) -> Result<BTreeMap<Key, u64>> {
    let mut counted = BTreeMap::new();
    log_files::each_line(logs, "access.log", |line| {
        let line: Value = serde_json::from_str(line)?;
        if let Some(key) = series(&line) {
            *counted.entry(key).or_default() += 1;
        }
        Ok(())
    })?;
    Ok(counted)
}

/// The series that counts what an access line is about; none if it is no line of the traffic.
fn series(line: &Value) -> Option<Key> {
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    if text("user_agent") != Some(http::USER_AGENT) || text("level") != Some("INFO") {
        return None;
    }
    let status = line.get("status").and_then(Value::as_u64)?;
    let method = text("method")?;
    // What a route does not have is anybody's choice.
    let is_known = METHODS.contains(&method) && status != 405;
    let method = if is_known { method } else { "_OTHER" };
    let route = text("route").unwrap_or("unmatched");
    Some((method.to_owned(), route.to_owned(), status.to_string()))
}

fn compare(name: &str, scraper: &mut Scraper, expected: &BTreeMap<Key, u64>) -> Result<()> {
    for job in ["direct", "nginx"] {
        let expression = format!(
            "sum by (http_request_method, http_route, http_response_status_code) \
             (http_server_request_duration_seconds_count{{job=\"{job}\"}})"
        );
        let mut last = BTreeMap::new();
        let found = scraper.until(&format!("{name} has all, {job}"), |url| {
            let samples = prometheus::query(url, &expression)?;
            last = samples
                .iter()
                .map(|sample| {
                    let label = |name| sample.label(name).to_owned();
                    let key = (
                        label("http_request_method"),
                        label("http_route"),
                        label("http_response_status_code"),
                    );
                    (key, sample.value as u64)
                })
                .collect();
            Ok((last == *expected).then_some(()))
        });
        found.with_context(|| format!("the log has {expected:?}, {name} {last:?}"))?;
        tell(&format!(
            "metrics: {name}, {job}: {} requests in {} series, as the access log",
            expected.values().sum::<u64>(),
            expected.len()
        ))?;
    }
    Ok(())
}

/// Strangers make no series.
fn invent(served: &Served) -> Result<()> {
    let url = served.url();
    let ask = |agent: &ureq::Agent, number: u64| {
        let (method, path) = match number % 3 {
            0 => ("GET".to_owned(), format!("/invented/{number}/")),
            1 => (format!("INVENTED{number}"), "/api/agentcards/".to_owned()),
            _ => (
                "GET".to_owned(),
                format!("/api/agentcards/{number}/x{number}/"),
            ),
        };
        http::send(
            agent,
            &method,
            &format!("{url}{path}"),
            ("X-Request-ID", "invented"),
        )
        .map(drop)
    };
    http::each_in_parallel(FIRST_INVENTED, ask)?;
    let before = until("what is invented is counted", COUNTED, || {
        let names = request_series(&exposed(served, "text/plain")?);
        let has = |label: &str| names.iter().any(|name| name.contains(label));
        Ok((has("\"unmatched\"") && has("\"_OTHER\"")).then_some(names))
    })?;
    http::each_in_parallel(INVENTED, |agent, number| {
        ask(agent, FIRST_INVENTED + number)
    })?;
    let total = |text: &str| {
        let counts = text.lines().filter(|line| {
            line.starts_with("http_server_request_duration_seconds_count") && !line.starts_with('#')
        });
        let values = counts.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok());
        values.sum::<u64>()
    };
    let lines = || -> Result<u64> { Ok(counted(&served.directory().join("logs"))?.values().sum()) };
    let after = until("all that is invented is counted", COUNTED, || {
        let text = exposed(served, "text/plain")?;
        Ok((total(&text) == lines()?).then_some(text))
    })?;
    let new: Vec<_> = request_series(&after)
        .difference(&before)
        .cloned()
        .collect();
    ensure!(new.is_empty(), "series that strangers made: {new:?}");
    tell(&format!(
        "metrics: {INVENTED} invented paths and methods made none of {} series",
        before.len()
    ))
}

/// The names with their labels.
fn request_series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| line.starts_with("http_server_"));
    let names = lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()));
    names.collect()
}

fn exposed(served: &Served, accept: &str) -> Result<String> {
    let url = format!("{}/metrics", served.url());
    http::with_header(&url, &[], ("Accept", accept))
}

/// Both formats, by who wrote neither.
fn judge(peers: &Peers, served: &Served, prometheus: Option<&Path>) -> Result<()> {
    if let Some(prometheus) = prometheus {
        let text = exposed(served, "text/plain;version=0.0.4")?;
        let promtool = prometheus.with_file_name("promtool");
        let said = fed(Command::new(promtool).args(["check", "metrics"]), &text)?;
        let complaints = complaints(&said);
        ensure!(complaints.is_empty(), "promtool says {complaints:?}");
        tell("metrics: promtool finds no fault with text 0.0.4")?;
    }
    let library = pip::library(peers.layout, "prometheus-client");
    let Some(library) = available("prometheus-client", || library)? else {
        return Ok(());
    };
    let open = exposed(served, "application/openmetrics-text;version=1.0.0")?;
    let script = peers.layout.root.join("xtask/peers/parse.py");
    let mut python = Command::new("python3");
    python.arg(script).env("PYTHONPATH", library);
    let said = fed(python.env("PYTHONDONTWRITEBYTECODE", "1"), &open)?;
    tell(&format!(
        "metrics: OpenMetrics, parsed by others: {}",
        said.trim()
    ))
}

/// What the program says of the text: its errors, or what it prints. One that fails must have said why.
fn fed(command: &mut Command, text: &str) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    child
        .stdin
        .take()
        .context("no stdin")?
        .write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.trim().is_empty() {
        ensure!(output.status.success(), "it failed and said nothing");
        return Ok(String::from_utf8(output.stdout)?);
    }
    // promtool has a status of its own for what it merely dislikes.
    ensure!(matches!(output.status.code(), Some(0 | 3)), "{said}");
    Ok(said)
}

/// All but the one that OpenTelemetry's name of the metric makes.
fn complaints(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| !line.trim().is_empty())
        .filter(|line| !line.starts_with("db_client_connection_count "))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn line(method: &str, route: Option<&str>, status: u16) -> Value {
        json!({"level": "INFO", "user_agent": "peers", "method": method, "route": route, "status": status})
    }

    #[test]
    fn a_line_leads_to_the_series_that_counts_it() {
        let of = |line: &Value| {
            let (method, route, status) = series(line).unwrap();
            format!("{method} {route} {status}")
        };
        let cards = Some("/api/agentcards/");
        assert_eq!(of(&line("GET", cards, 200)), "GET /api/agentcards/ 200");
        assert_eq!(of(&line("BREW", cards, 405)), "_OTHER /api/agentcards/ 405");
        assert_eq!(
            of(&line("DELETE", cards, 405)),
            "_OTHER /api/agentcards/ 405"
        );
        assert_eq!(of(&line("GET", None, 404)), "GET unmatched 404");
        let other = json!({"level": "INFO", "user_agent": "somebody", "method": "GET"});
        assert_eq!(series(&other), None);
    }

    #[test]
    fn of_promtools_complaints_only_the_expected_one_is_passed_over() {
        let expected =
            "db_client_connection_count non-histogram metrics should not end in _count\n";
        assert_eq!(complaints(expected), [""; 0]);
        assert_eq!(
            complaints("error while linting: x\n"),
            ["error while linting: x"]
        );
    }

    #[test]
    fn series_are_told_apart_by_their_labels_alone() {
        let text = "# TYPE http_server_x gauge\nhttp_server_x{a=\"1\"} 3\nother 4\n";
        let found: Vec<_> = request_series(text).into_iter().collect();
        assert_eq!(found, ["http_server_x{a=\"1\"}"]);
    }
}
