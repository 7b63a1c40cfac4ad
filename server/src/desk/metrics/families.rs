//! The families of metrics and where their samples come from: counters and figures that are kept
//! anyway. Nothing is asked for and nothing is waited for.
//!
//! Names are those of OpenTelemetry's conventions where there is one, else the service's own; units are
//! base units.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use ops::clock::unix_millis;
use ops::export::{Exemplar, Exposition, Family, Format, Kind};
use ops::health::{Report, Status};
use ops::host::{Gauge, processor_time};
use ops::log::{LEVELS, LogFile, level_name};
use ops::traffic::{QUERY_BOUNDS, REQUEST_BOUNDS, Traced, merge_counts};

use super::alerting;
use crate::desk::state::DeskState;
use crate::traces::Lost;

pub fn write(desk: &DeskState, format: Format) -> String {
    let mut out = Exposition::new(format);
    requests(&mut out, desk);
    databases(&mut out, desk);
    let latest = desk.recorded.host.latest();
    let now = |wanted: Gauge| latest.as_ref()?.1.get(wanted);
    process(&mut out, desk, now);
    service(&mut out, desk);
    disks_and_memory(&mut out, now);
    log(&mut out, desk);
    alerting::write(&mut out, desk);
    registry(&mut out, desk);
    spans(&mut out, desk);
    out.finish()
}

/// As OpenTelemetry calls a method that it does not know.
fn method_label(method: &'static str) -> &'static str {
    if method == "OTHER" { "_OTHER" } else { method }
}

fn requests(out: &mut Exposition, desk: &DeskState) {
    let traffic = &desk.recorded.traffic;
    let mut all = BTreeMap::new();
    traffic.totals(|total| {
        // Methods that a route does not have are anybody's choice: together they are one series.
        let method = if total.status == Some(405) {
            "_OTHER"
        } else {
            method_label(total.method)
        };
        let status = match total.status {
            Some(status) => status.to_string(),
            None => format!("{}xx", total.class.digit()),
        };
        let key = (method, total.route.to_owned(), status);
        let (by_bound, sum_us, traced) = all
            .entry(key)
            .or_insert_with(|| (vec![0_u64; total.by_bound.len()], 0_u64, total.traced));
        merge_counts(by_bound, total.by_bound);
        for (known, other) in traced.iter_mut().zip(total.traced) {
            if known.map(|it| it.at) < other.map(|it| it.at) {
                *known = other;
            }
        }
        *sum_us = sum_us.saturating_add(total.sum_us);
    });
    let mut durations = out.family(Family::seconds_histogram(
        "http_server_request_duration_seconds",
        "Requests by method, route and status; health, metrics, the desk and static files are not among them.",
    ));
    for ((method, route, status), (by_bound, sum_us, traced)) in all {
        durations.histogram_with_exemplars(
            &[
                ("http_request_method", method),
                ("http_route", &route),
                ("http_response_status_code", &status),
            ],
            (&REQUEST_BOUNDS.written, &by_bound),
            seconds(sum_us),
            &traced.map(|traced| traced.map(exemplar)),
        );
    }
    let mut active = out.family(Family::gauge(
        "http_server_active_requests",
        "",
        "Requests that have come and are not answered yet.",
    ));
    for of_method in traffic.recorder().active() {
        let method = method_label(of_method.method);
        active.add(&[("http_request_method", method)], of_method.count);
    }
}

fn exemplar(traced: Traced) -> Exemplar {
    Exemplar {
        trace_id: traced.ids.trace_id,
        span_id: traced.ids.span_id,
        seconds: traced.duration.as_secs_f64(),
        at: traced.at,
    }
}

/// The registry's, and the desk's own store.
fn databases(out: &mut Exposition, desk: &DeskState) {
    let pools = [("registry", &desk.db), ("desk", &desk.ops)];
    let mut operations = BTreeMap::new();
    for (_, db) in pools {
        for total in db.totals() {
            let known = operations.entry((db.vendor().name(), total.name));
            let known = known.or_insert(([0_u64; QUERY_BOUNDS.written.len() + 1], Duration::ZERO));
            merge_counts(&mut known.0, &total.by_bound);
            known.1 = known.1.saturating_add(total.sum);
        }
    }
    let mut durations = out.family(Family::seconds_histogram(
        "db_client_operation_duration_seconds",
        "Operations on databases by name, without the wait for a connection.",
    ));
    for ((system, name), (by_bound, sum)) in operations {
        durations.histogram(
            &[("db_system_name", system), ("db_query_summary", name)],
            (&QUERY_BOUNDS.written, &by_bound),
            sum.as_secs_f64(),
        );
    }
    let states = pools.map(|(name, db)| (name, db.pool_state(), db.waiting()));
    let mut connections = out.family(Family::gauge(
        "db_client_connection_count",
        "",
        "Connections of each pool by state.",
    ));
    for (pool, state, _) in states {
        connections.add(&[("pool", pool), ("state", "used")], state.active);
        connections.add(&[("pool", pool), ("state", "idle")], state.idle);
    }
    let mut most = out.family(Family::gauge(
        "db_client_connection_max",
        "",
        "Connections that each pool may have.",
    ));
    for (pool, state, _) in states {
        most.add(&[("pool", pool)], state.max);
    }
    let mut waiting = out.family(Family::gauge(
        "db_client_connection_pending_requests",
        "",
        "Operations that wait for a connection of each pool.",
    ));
    for (pool, _, count) in states {
        waiting.add(&[("pool", pool)], count);
    }
}

fn process(out: &mut Exposition, desk: &DeskState, now: impl Fn(Gauge) -> Option<u64>) {
    out.family(Family::counter(
        "process_cpu_seconds",
        "seconds",
        "Processor time of the process, in user and kernel mode.",
    ))
    .known(&[], processor_time().map(|time| time.as_secs_f64()));
    out.family(Family::gauge(
        "process_resident_memory_bytes",
        "bytes",
        "Resident memory of the process.",
    ))
    .known(&[], now(Gauge::MemoryResident));
    out.family(Family::gauge(
        "process_open_fds",
        "",
        "Open file descriptors.",
    ))
    .known(&[], now(Gauge::OpenFiles));
    out.family(Family::gauge(
        "process_max_fds",
        "",
        "File descriptors that may be open.",
    ))
    .known(&[], now(Gauge::OpenFilesLimit));
    out.family(Family::gauge(
        "process_start_time_seconds",
        "seconds",
        "When the process started, since the Unix epoch.",
    ))
    .add(&[], since_epoch(desk.service.started_at));
}

fn service(out: &mut Exposition, desk: &DeskState) {
    out.family(Family {
        name: "agent_source_db_build",
        kind: Kind::Info,
        unit: "",
        help: "What runs, and what this replica calls itself.",
    })
    .add(
        &[
            ("version", env!("CARGO_PKG_VERSION")),
            ("commit", crate::COMMIT),
            ("instance_name", &desk.service.instance),
        ],
        1,
    );
    let report = desk.health.last();
    out.family(Family::gauge(
        "agent_source_db_ready",
        "",
        "1 if the service may take traffic, as its readiness says.",
    ))
    .add(&[], u8::from(report.as_ref().is_some_and(Report::is_ready)));
    let Some(report) = report else { return };
    let mut ok = out.family(Family::gauge(
        "agent_source_db_check_ok",
        "",
        "1 for each check that has not failed.",
    ));
    for (check, result) in report.checks() {
        ok.add(
            &[("check", check)],
            u8::from(result.status != Status::Error),
        );
    }
    let mut durations = out.family(Family::gauge(
        "agent_source_db_check_duration_seconds",
        "seconds",
        "How long each check took that asks somebody else.",
    ));
    for (check, result) in report.checks() {
        let took = result.latency.map(|latency| latency.as_secs_f64());
        durations.known(&[("check", check)], took);
    }
}

fn disks_and_memory(out: &mut Exposition, now: impl Fn(Gauge) -> Option<u64>) {
    let mut disks = out.family(Family::gauge(
        "agent_source_db_disk_bytes",
        "bytes",
        "The file systems that log files and databases lie in.",
    ));
    for (disk, state, wanted) in [
        ("log", "used", Gauge::LogDiskUsed),
        ("log", "free", Gauge::LogDiskFree),
        ("data", "used", Gauge::DataDiskUsed),
        ("data", "free", Gauge::DataDiskFree),
    ] {
        disks.known(&[("disk", disk), ("state", state)], now(wanted));
    }
    out.family(Family::gauge(
        "agent_source_db_memory_working_set_bytes",
        "bytes",
        "Memory of the process's group, without idle files.",
    ))
    .known(&[], now(Gauge::MemoryWorkingSet));
    // What has no limit has no limit's metric.
    if let Some(limit) = now(Gauge::MemoryLimit) {
        out.family(Family::gauge(
            "agent_source_db_memory_limit_bytes",
            "bytes",
            "Memory that the process's group may use.",
        ))
        .add(&[], limit);
    }
}

fn log(out: &mut Exposition, desk: &DeskState) {
    let handle = &desk.log.handle;
    let mut lines = out.family(Family::counter(
        "agent_source_db_log_lines",
        "",
        "Lines of each log file by level, those that could not be written included.",
    ));
    for file in LogFile::ALL {
        for (level, count) in LEVELS.into_iter().zip(handle.lines_by_level(file)) {
            lines.add(
                &[("file", file.stem()), ("level", level_name(level))],
                count,
            );
        }
    }
    let mut dropped = out.family(Family::counter(
        "agent_source_db_log_lines_dropped",
        "",
        "Lines of each log file that could not be written.",
    ));
    for file in LogFile::ALL {
        dropped.add(&[("file", file.stem())], handle.counts(file).dropped);
    }
}

/// All states of all rules, those too that none is in: a series that comes and goes is hard to ask for.
fn spans(out: &mut Exposition, desk: &DeskState) {
    let mut dropped = out.family(Family::counter(
        "agent_source_db_spans_dropped",
        "",
        "Spans that did not reach the collector, by reason.",
    ));
    for why in Lost::ALL {
        dropped.add(&[("reason", why.name())], desk.spans.lost(why));
    }
}

fn registry(out: &mut Exposition, desk: &DeskState) {
    let Some((data, counted_at)) = desk.watched.last_statistics() else {
        return;
    };
    for (name, help, count) in [
        (
            "agent_source_db_agentcards",
            "Agent cards.",
            data.agentcards,
        ),
        ("agent_source_db_namespaces", "Namespaces.", data.namespaces),
        ("agent_source_db_schemas", "Schemas.", data.schemas),
    ] {
        let inactive = count.total.saturating_sub(count.active);
        out.family(Family::gauge(name, "", help))
            .add(&[("active", "true")], count.active)
            .add(&[("active", "false")], inactive);
    }
    let age = desk.clock.now().duration_since(counted_at);
    out.family(Family::gauge(
        "agent_source_db_counts_age_seconds",
        "seconds",
        "How long ago cards, namespaces and schemas were counted.",
    ))
    .add(&[], age.unwrap_or_default().as_secs_f64());
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

fn since_epoch(at: SystemTime) -> f64 {
    unix_millis(at) as f64 / 1000.0
}
