//! What the log costs, beside what others cost on the same machine in the same run; for `make
//! bench`. Both take turns, so that what else the machine does hits both alike.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for developers, whose output is its result"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ops::clock::{SystemClock, from_unix_millis, rfc3339_millis};
use ops::log::search::{Budget, Page, Query, Severity, parse_line, search};
use ops::log::{LogConfig, LogFile, LogLevel, start};
use tempfile::TempDir;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};

const ROUNDS: usize = 9;
/// So few that no queue fills within a burst.
const BURST_LINES: u32 = 2_000;
const BURSTS: u32 = 25;
const SUSTAINED_LINES: u32 = 1_000_000;
const GENERATIONS: usize = 10;
const GENERATION_BYTES: usize = 50_000_000;
const RARE: &str = "refused by 10.20.30.40";

fn main() {
    callers();
    sustained();
    reading();
}

fn access_line(status: u16) {
    tracing::info!(
        target: "access",
        user = "ada",
        ip = "203.0.113.7",
        method = "GET",
        path = "/api/agentcards/",
        route = "/api/agentcards/",
        status,
        duration_ms = 1.25,
        bytes = 4711_u64,
        user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "GET /api/agentcards/ {status}"
    );
}

/// Nanoseconds that a request spends on its line: formatting and handing over, no more.
fn burst() -> f64 {
    let span = tracing::info_span!(
        "request",
        request_id = "01938f5e-7c1a-7d3e-9b0a-2f4c6d8e0a1b"
    );
    let _entered = span.enter();
    let started = Instant::now();
    for _ in 0..BURST_LINES {
        access_line(200);
    }
    started.elapsed().as_nanos() as f64 / f64::from(BURST_LINES)
}

fn callers() {
    let (ours, theirs) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let log = start(LogConfig::new(ours.path()), Arc::new(SystemClock)).unwrap();
    let level = LogLevel::parse("info").unwrap();
    let our_subscriber = tracing_subscriber::registry().with(log.layer(&level, None));

    let file = |name| tracing_appender::rolling::never(theirs.path(), name);
    let (app, _app_guard) = tracing_appender::non_blocking(file("app.log"));
    let (access, _access_guard) = tracing_appender::non_blocking(file("access.log"));
    let their_subscriber = tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().json().with_writer(app))
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .with_writer(access)
                .with_filter(filter_fn(|metadata| metadata.target() == "access")),
        );
    let ours = tracing::Dispatch::new(our_subscriber);
    let theirs = tracing::Dispatch::new(their_subscriber);
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..BURSTS {
        figures[0].push(tracing::dispatcher::with_default(&ours, burst));
        log.flush(Duration::from_secs(10));
        figures[1].push(tracing::dispatcher::with_default(&theirs, burst));
        std::thread::sleep(Duration::from_millis(50));
    }
    let [ours, theirs] = figures.map(median);
    println!("an access line to two files, the caller's share");
    println!("  ours                              {ours:>9.0} ns");
    println!("  tracing-subscriber JSON, tracing-appender {theirs:>1.0} ns");
    println!(
        "  ratio                             {:>9.2}    (goal 0.13)",
        ours / theirs
    );
}

fn sustained() {
    let dir = TempDir::new().unwrap();
    let log = start(LogConfig::new(dir.path()), Arc::new(SystemClock)).unwrap();
    let level = LogLevel::parse("info").unwrap();
    let subscriber = tracing_subscriber::registry().with(log.layer(&level, None));
    let started = Instant::now();
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..SUSTAINED_LINES {
            // A warning waits for room: nothing is dropped, and it goes to two files, too.
            tracing::warn!(target: "bench", number, path = "/api/agentcards/", "a warning");
        }
    });
    log.flush(Duration::from_secs(60));
    let seconds = started.elapsed().as_secs_f64();
    let dropped: u64 = log.stats().iter().map(|file| file.dropped_lines).sum();
    println!(
        "lines sustained, to two files        {:>9.0} a second, {dropped} dropped",
        f64::from(SUSTAINED_LINES) / seconds
    );
}

fn reading() {
    let dir = TempDir::new().unwrap();
    let mut paths = Vec::new();
    for number in 0..GENERATIONS {
        let name = match number {
            0 => "access.log".to_owned(),
            number => format!("access.log.{number}"),
        };
        paths.push(dir.path().join(name));
        fill(paths.last().unwrap(), "INFO", number);
    }
    let errors = dir.path().join("error.log");
    fill(&errors, "ERROR", 0);

    let query = Query {
        severity: Some(Severity::Error),
        ..Query::default()
    };
    let page = Page {
        file: LogFile::Error,
        before: None,
        limit: 50,
        histogram: false,
    };
    let last_errors = || {
        let found = search(dir.path(), &query, &page, &unlimited()).unwrap();
        let lines: Vec<_> = found.hits.iter().map(|hit| parse_line(&hit.line)).collect();
        assert_eq!(lines.len(), 50);
    };
    let figure = median((0..100).map(|_| milliseconds(last_errors)).collect());
    println!("last 50 errors of 50 MB              {figure:>9.3} ms   (goal 0.2)");

    let query = Query {
        text: Some(RARE.to_owned()),
        ..Query::default()
    };
    let page = Page {
        file: LogFile::Access,
        limit: 100,
        histogram: true,
        ..page
    };
    let ours = || {
        let found = search(dir.path(), &query, &page, &unlimited()).unwrap();
        assert!(found.older.is_none() && !found.hits.is_empty());
    };
    let any = Query::default();
    let counting = || {
        let found = search(dir.path(), &any, &page, &unlimited()).unwrap();
        assert!(found.histogram.unwrap().is_complete);
    };
    let grep = |arguments: &[&str]| {
        let mut command = Command::new("grep");
        command
            .env("LC_ALL", "C")
            .args(arguments)
            .arg(RARE)
            .args(&paths);
        // Into a pipe: to /dev/null it would end at the first match.
        assert!(command.output().unwrap().status.success());
    };
    let mut figures = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        figures[0].push(milliseconds(ours));
        figures[1].push(milliseconds(|| grep(&["-F"])));
        figures[2].push(milliseconds(|| grep(&["-F", "-i"])));
        figures[3].push(milliseconds(counting));
    }
    let [ours, grep, grep_any_case, counting] = figures.map(median);
    println!("a text in 500 MB of ten generations, whatever the case");
    println!("  ours, with the histogram           {ours:>9.0} ms");
    println!(
        "  grep -F (one spelling)             {grep:>9.0} ms   ratio {:.2} (goal 1.50)",
        ours / grep
    );
    println!("  grep -F -i                         {grep_any_case:>9.0} ms");
    println!("  counting every line over time      {counting:>9.0} ms");
}

/// Lines as the service writes them, and a few to be found.
fn fill(path: &Path, level: &str, number: usize) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let (mut written, mut line) = (0, 0_i64);
    while written < GENERATION_BYTES {
        let millis = 1_780_000_000_000 + line * 20 - 4_000_000 * number as i64;
        let time = rfc3339_millis(from_unix_millis(millis));
        let message = match line % 20_000 {
            0 => RARE,
            _ => "GET /api/agentcards/ 200",
        };
        let text = format!(
            "{{\"timestamp\":\"{time}\",\"level\":\"{level}\",\"logger\":\"access\",\"message\":\"{message}\",\
             \"request_id\":\"01938f5e-7c1a-7d3e-9b0a-{line:012x}\",\"user\":null,\"ip\":\"203.0.113.{}\",\
             \"method\":\"GET\",\"path\":\"/api/agentcards/{line}/\",\"route\":\"/api/agentcards/{{id}}/\",\
             \"status\":200,\"duration_ms\":{}.{:02},\"bytes\":{line},\"user_agent\":\"curl/8.14.1\"}}\n",
            line % 256,
            line % 40,
            line % 97,
        );
        out.write_all(text.as_bytes()).unwrap();
        written += text.len();
        line += 1;
    }
    out.flush().unwrap();
    // So that it is not written back while something is measured.
    fs::File::open(path).unwrap().sync_all().unwrap();
}

fn unlimited() -> Budget {
    Budget::new(Arc::new(SystemClock), None)
}

fn milliseconds(act: impl FnOnce()) -> f64 {
    let started = Instant::now();
    act();
    started.elapsed().as_secs_f64() * 1000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
