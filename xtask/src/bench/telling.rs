//! What it costs to tell others: scrapes of `/metrics`, and spans of every request.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::served::Served;
use super::{in_turns, median};

const SCRAPES: usize = 50;
/// As often as anybody scrapes.
const EVERY: Duration = Duration::from_secs(1);
/// One query, an empty list.
const ROUTE: &str = "/api/agentcards/";

pub fn measure(out: &mut impl Write, wrk: &Path, server: &Path) -> Result<()> {
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
        ("neither", start(&[])?),
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
    let asked = every_route(service)?;
    // Until what was counted is in the totals.
    thread::sleep(Duration::from_secs(10));
    let mut took = Vec::new();
    let mut text = String::new();
    for _ in 0..SCRAPES {
        let started = Instant::now();
        text = service.get("/metrics", "")?;
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let series = text.lines().filter(|line| !line.starts_with('#')).count();
    let longest = took.iter().copied().fold(0.0, f64::max);
    writeln!(
        out,
        "a scrape, {asked} routes  {:>7.2} ms, longest {longest:.2} ms (goal 20); {series} series, {} KiB",
        median(took),
        text.len() / 1024
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

/// Asks each address of the document once, whatever it answers; how many there are.
fn every_route(service: &Served) -> Result<usize> {
    let document: Value = serde_json::from_str(&service.get("/api/openapi.json", "")?)?;
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.context("a document without paths")?;
    for path in paths.keys() {
        let mut address = path.clone();
        while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
            address.replace_range(from..=to, "7");
        }
        // A stranger is refused, and counted.
        _ = service.get(&address, "");
    }
    Ok(paths.len())
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
