//! A request is a trace in Jaeger, found by the id on our log line, sent there directly and through
//! the Collector.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::collector::{Collector, Destinations};
use super::jaeger::Jaeger;
use super::running::{Place, until};
use super::{Peers, http, tell};
use crate::bench::served::Served;
use crate::log_files;
use crate::need::go;
use crate::optional::available;

/// Of whoever called us.
const CALLER: [(&str, &str); 2] = [
    ("directly", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ("through the Collector", "5bf92f3577b34da6a3ce929d0e0e4736"),
];
const CALLERS_SPAN: &str = "00f067aa0ba902b7";

const WRITTEN: Duration = Duration::from_secs(20);

pub fn run(peers: &Peers) -> Result<()> {
    let Some(jaeger) = available("jaeger", || go::program(peers.layout, "jaeger"))? else {
        return Ok(());
    };
    let collector = available("collector", || go::program(peers.layout, "collector"))?;
    let place = Place::make()?;
    let mut jaeger = Jaeger::start(&jaeger, &place.home("jaeger")?)?;
    let [(how, directly), (how_else, collected)] = CALLER;
    let endpoint = jaeger.otlp_url.clone();
    check(peers, &mut jaeger, &endpoint, how, directly)?;
    let Some(program) = collector else {
        return Ok(());
    };
    let destinations = Destinations {
        logs: place.home("no-logs")?,
        victoria_logs_url: "http://127.0.0.1:9".to_owned(),
        jaeger_otlp_url: jaeger.otlp_url.clone(),
    };
    let home: PathBuf = place.home("collector")?;
    let collector = Collector::start(peers.layout, &program, &home, &destinations)?;
    check(peers, &mut jaeger, &collector.otlp_url, how_else, collected)
}

/// One request with a caller's trace, and one without, whose id the access log names.
fn check(
    peers: &Peers,
    jaeger: &mut Jaeger,
    endpoint: &str,
    how: &str,
    callers: &str,
) -> Result<()> {
    let served = peers.serve(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
    ])?;
    let url = format!("{}/api/agentcards/", served.url());
    let traceparent = format!("00-{callers}-{CALLERS_SPAN}-01");
    http::with_header(&url, &[("page", "1")], ("traceparent", &traceparent))?;
    http::with_header(&url, &[], ("X-Request-ID", "without-caller"))?;
    let own = until("the access log has the request", WRITTEN, || {
        trace_of(&served, "without-caller")
    })?;
    for (id, parent) in [(callers, Some(CALLERS_SPAN)), (own.as_str(), None)] {
        let is_whole = |trace: &Value| server_span(trace).is_ok() && queries(trace).len() > 1;
        let trace = jaeger.trace(id, is_whole)?;
        let names = judged(&trace, parent).with_context(|| format!("{how}: {trace}"))?;
        tell(&format!(
            "traces: {how}, {}: GET /api/agentcards/ with {}",
            parent.map_or("ours", |_| "a caller's"),
            names.join(", ")
        ))?;
    }
    Ok(())
}

/// The trace that the request's access line names.
fn trace_of(served: &Served, request_id: &str) -> Result<Option<String>> {
    let mut found = None;
    log_files::each_line(&served.directory().join("logs"), "access.log", |line| {
        let line: Value = serde_json::from_str(line)?;
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        if text("request_id") == Some(request_id) {
            found = text("trace_id").map(str::to_owned);
        }
        Ok(())
    })?;
    Ok(found)
}

fn spans(trace: &Value) -> impl Iterator<Item = &Value> {
    trace
        .get("spans")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn tag<'a>(span: &'a Value, key: &str) -> Option<&'a Value> {
    let tags = span.get("tags").or_else(|| span.get("attributes"));
    let mut tags = tags.and_then(Value::as_array).into_iter().flatten();
    tags.find(|tag| tag.get("key").is_some_and(|it| it == key))?
        .get("value")
}

fn is_of_kind(span: &Value, kind: &str) -> bool {
    tag(span, "span.kind").is_some_and(|it| it == kind)
}

fn server_span(trace: &Value) -> Result<&Value> {
    let mut found = spans(trace).filter(|span| is_of_kind(span, "server"));
    let span = found.next().context("no server span")?;
    ensure!(found.next().is_none(), "more than one server span");
    Ok(span)
}

fn parent(span: &Value) -> Option<&str> {
    span.pointer("/references/0/spanID").and_then(Value::as_str)
}

/// The query spans right below the server's.
fn queries(trace: &Value) -> Vec<&Value> {
    let id = server_span(trace).ok().and_then(|span| span.get("spanID"));
    let id = id.and_then(Value::as_str);
    spans(trace)
        .filter(|span| is_of_kind(span, "client") && id.is_some() && parent(span) == id)
        .collect()
}

/// The names of the queries of a trace whose names, attributes and parents are right.
fn judged(trace: &Value, callers: Option<&str>) -> Result<Vec<String>> {
    let server = server_span(trace)?;
    let name = |span: &Value| {
        span.get("operationName")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    ensure!(
        name(server).as_deref() == Some("GET /api/agentcards/"),
        "its name"
    );
    ensure!(
        parent(server) == callers,
        "its parent: {:?}",
        parent(server)
    );
    for (key, expected) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/agentcards/"),
        ("url.scheme", "http"),
    ] {
        let found = tag(server, key);
        ensure!(found.is_some_and(|it| it == expected), "{key}: {found:?}");
    }
    let status = tag(server, "http.response.status_code");
    ensure!(status.is_some_and(|it| it == 200), "its status: {status:?}");
    let process = server
        .get("processID")
        .and_then(Value::as_str)
        .context("no process")?;
    let process = trace
        .pointer(&format!("/processes/{process}"))
        .context("no process")?;
    let service = process.get("serviceName");
    ensure!(
        service.is_some_and(|it| it == "agent-source-db"),
        "{service:?}"
    );
    for key in [
        "service.version",
        "service.instance.id",
        "deployment.environment.name",
    ] {
        ensure!(tag(process, key).is_some(), "the resource has no {key}");
    }
    let queries = queries(trace);
    let mut names = Vec::new();
    for query in queries {
        let name = name(query).context("no name")?;
        let summary = tag(query, "db.query.summary");
        ensure!(summary.is_some_and(|it| *it == name), "{name}: {summary:?}");
        let system = tag(query, "db.system.name");
        ensure!(
            system.is_some_and(|it| it == "sqlite"),
            "{name}: {system:?}"
        );
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        let tags = |pairs: &[(&str, Value)]| -> Value {
            pairs
                .iter()
                .map(|(key, value)| json!({"key": key, "value": value}))
                .collect()
        };
        json!({
            "spans": [
                {"spanID": "a", "operationName": "GET /api/agentcards/", "processID": "p1",
                 "references": [{"refType": "CHILD_OF", "spanID": "caller"}],
                 "tags": tags(&[
                    ("span.kind", json!("server")), ("http.request.method", json!("GET")),
                    ("http.route", json!("/api/agentcards/")), ("url.scheme", json!("http")),
                    ("http.response.status_code", json!(200))])},
                {"spanID": "b", "operationName": "cards.list", "processID": "p1",
                 "references": [{"refType": "CHILD_OF", "spanID": "a"}],
                 "tags": tags(&[("span.kind", json!("client")),
                    ("db.query.summary", json!("cards.list")), ("db.system.name", json!("sqlite"))])},
            ],
            "processes": {"p1": {"serviceName": "agent-source-db", "tags": tags(&[
                ("service.version", json!("1")), ("service.instance.id", json!("i")),
                ("deployment.environment.name", json!("development"))])}},
        })
    }

    #[test]
    fn a_right_trace_gives_the_names_of_its_queries() {
        assert_eq!(judged(&sample(), Some("caller")).unwrap(), ["cards.list"]);
    }

    #[test]
    fn a_trace_that_is_wrong_says_where() {
        let fault = |change: &dyn Fn(&mut Value)| {
            let mut trace = sample();
            change(&mut trace);
            judged(&trace, Some("caller")).unwrap_err().to_string()
        };
        assert!(judged(&sample(), None).is_err());
        let renamed = fault(&|it| it["spans"][0]["operationName"] = json!("GET /"));
        assert_eq!(renamed, "its name");
        let query = fault(&|it| it["spans"][1]["operationName"] = json!("other"));
        assert!(query.contains("other"), "{query}");
        let resource = fault(&|it| it["processes"]["p1"]["tags"] = json!([]));
        assert!(resource.contains("service.version"), "{resource}");
        let none = fault(&|it| it["spans"] = json!([]));
        assert_eq!(none, "no server span");
    }
}
