//! What it costs to tell others: scrapes of `/metrics`, and spans of every request.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::served::{PASSWORD, Served};
use super::{in_turns, median};
use crate::demo;
use crate::layout::Layout;
use crate::peers::http;
use crate::process;

const SCRAPES: usize = 500;
/// Begins a line for each method, route and status.
const COUNT: &str = "http_server_request_duration_seconds_count";
/// As often as anybody scrapes.
const EVERY: Duration = Duration::from_secs(1);
/// One query, an empty list.
const ROUTE: &str = "/api/agentcards/";
/// Asked of every path, whatever it offers; the last one is no method.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"];

pub fn measure(out: &mut impl Write, layout: &Layout, wrk: &Path, server: &Path) -> Result<()> {
    let collector = collector()?;
    let endpoint = format!("http://{collector}");
    let tracing = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_TRACES_SAMPLER", "always_on"),
    ];
    let start = |environment: &[(&str, &str)]| {
        let served = Served::start_with(server, environment)?;
        served.wait_until_ready()?;
        anyhow::Ok(served)
    };
    let services = [
        ("neither", start(&[("ADMIN_PASSWORD", PASSWORD)])?),
        ("scraped each second", start(&[])?),
        ("every request traced", start(&tracing)?),
        ("both", start(&tracing)?),
    ];
    let urls = services
        .each_ref()
        .map(|(_, service)| format!("{}{ROUTE}", service.url()));
    let scraped = [1, 3].map(|place: usize| services.get(place).map(|(_, service)| service));
    let stop = AtomicBool::new(false);
    let rates = thread::scope(|scope| {
        for service in scraped.into_iter().flatten() {
            scope.spawn(|| scrape_until(service, &stop));
        }
        let rates = in_turns(wrk, urls.each_ref().map(String::as_str));
        stop.store(true, Ordering::Relaxed);
        rates
    })?;
    let [alone, ..] = rates;
    writeln!(
        out,
        "requests per second of {ROUTE} (in turns; goal: scrapes cost below 1 %)"
    )?;
    for ((name, _), rate) in services.iter().zip(rates) {
        let off = (rate / alone - 1.0) * 100.0;
        writeln!(out, "  {name:<22} {rate:>9.0} {off:>+6.1} %")?;
    }

    let [(_, service), ..] = &services;
    let mut command = service.command(server, &[]);
    let token =
        process::capture(command.args(["token", "create", "--name=bench", "--scope=write"]))?;
    demo::import(layout, |arguments| {
        let mut command = service.command(server, &[]);
        command.args(arguments);
        command
    })?;
    measure_scrapes(out, service, &token)
}

fn measure_scrapes(out: &mut impl Write, service: &Served, token: &str) -> Result<()> {
    everything(service, token)?;
    // Until what was counted is in the totals.
    thread::sleep(Duration::from_secs(10));
    let mut took = Vec::new();
    let mut text = String::new();
    let before = service.processor_time()?;
    for _ in 0..SCRAPES {
        let started = Instant::now();
        text = service.get("/metrics", "")?;
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let used = (service.processor_time()? - before).as_secs_f64() * 1000.0 / SCRAPES as f64;
    let samples = || text.lines().filter(|line| !line.starts_with('#'));
    let operations = samples().filter(|it| it.starts_with(COUNT)).count();
    let longest = took.iter().copied().fold(0.0, f64::max);
    writeln!(
        out,
        "a scrape, {operations} routes by method and status {:>7.2} ms, longest {longest:.2} ms (goal 20); \
         {} series, {} KiB",
        median(took),
        samples().count(),
        text.len() / 1024
    )?;
    writeln!(
        out,
        "  {used:.2} ms of processor time each: once a second {:.2} % of one (goal 1)",
        used / 10.0
    )?;
    Ok(())
}

fn scrape_until(service: &Served, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        // What it answers is measured elsewhere.
        _ = service.get("/metrics", "");
        thread::sleep(EVERY);
    }
}

/// Does what the document has as a stranger, as an admin of no page of ours and as a program, well
/// and wrongly, whatever it answers: for each route there are several series of method, route and status.
fn everything(service: &Served, token: &str) -> Result<()> {
    let (cookie, bearer) = (service.signed_in()?, format!("Bearer {token}"));
    let callers = [
        ("Accept", "*/*"),
        ("If-None-Match", "*"),
        ("Cookie", &cookie),
        ("Authorization", &bearer),
    ];
    let document: Value = serde_json::from_str(&service.get("/api/openapi.json", "")?)?;
    let paths = document.get("paths").and_then(Value::as_object);
    let agent = http::agent();
    // The desk's own are no traffic; what is nowhere is.
    let paths = paths.context("a document without paths")?.keys();
    let paths = paths.filter(|path| !path.starts_with("/api/ops/"));
    for path in paths.map(String::as_str).chain(["/nothing/"]) {
        for id in ["7", "7?page=none", "1", "none", "samples"] {
            let (id, query) = id.split_at(id.find('?').unwrap_or(id.len()));
            let url = format!("{}{}{query}", service.url(), filled(path, id));
            for method in METHODS {
                for caller in callers {
                    http::send(&agent, method, &url, caller)?;
                }
            }
        }
    }
    Ok(())
}

/// A path with this in place of whatever it leaves open.
fn filled(path: &str, id: &str) -> String {
    let mut filled = path.to_owned();
    while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(from..=to, id);
    }
    filled
}

/// Takes whatever is posted to it, for as long as this process runs.
fn collector() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || while take(&stream).is_ok() {});
        }
    });
    Ok(address)
}

fn take(mut stream: &TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        anyhow::ensure!(reader.read_line(&mut line)? > 0, "the client has gone");
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
    Ok(())
}
