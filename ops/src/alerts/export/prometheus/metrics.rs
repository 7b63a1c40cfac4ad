//! Which metrics say what the signals say: names and labels of `/metrics`.

use std::time::Duration;

use crate::alerts::export::yaml::quoted;
use crate::alerts::expression::{Argument, Counter, Dimension, Signal, SignalKind};

/// As Prometheus' configuration calls us; in Kubernetes it is the Service's name.
pub(super) const JOB: &str = "agent-source-db";

/// Of the buckets of durations, the last that is finite: no percentile is told beyond it.
pub(super) const LAST_BOUND_MS: f64 = 10_000.0;

/// A metric, and which of its series.
#[derive(Clone)]
pub(super) struct Metric {
    pub name: &'static str,
    /// What stands between the braces after the job, as PromQL has it.
    matchers: Matchers,
}

#[derive(Clone)]
enum Matchers {
    Fixed(&'static str),
    Check(String),
}

const fn metric(name: &'static str, matchers: &'static str) -> Metric {
    Metric {
        name,
        matchers: Matchers::Fixed(matchers),
    }
}

const REQUESTS: Metric = metric("http_server_request_duration_seconds_count", "");
const REQUEST_ERRORS: Metric = metric(
    "http_server_request_duration_seconds_count",
    ",http_response_status_code=~\"5..\"",
);
const REQUEST_BUCKETS: Metric = metric("http_server_request_duration_seconds_bucket", "");
const QUERIES: Metric = metric("db_client_operation_duration_seconds_count", "");
const QUERY_BUCKETS: Metric = metric("db_client_operation_duration_seconds_bucket", "");
const LOG_LINES: Metric = metric("agent_source_db_log_lines_total", ",file=\"app\"");
const LOG_ERRORS: Metric = metric(
    "agent_source_db_log_lines_total",
    ",file=\"app\",level=\"ERROR\"",
);
const LOG_DROPPED: Metric = metric("agent_source_db_log_lines_dropped_total", "");
const NOTICES_FAILED: Metric = metric("agent_source_db_notices_total", ",result=\"failed\"");
pub(super) const QUEUED: Metric = metric("agent_source_db_notices_queued", "");
pub(super) const READY: Metric = metric("agent_source_db_ready", "");
pub(super) const POOL_WAITING: Metric = metric(
    "db_client_connection_pending_requests",
    ",pool=\"registry\"",
);
pub(super) const POOL_USED: Metric = metric(
    "db_client_connection_count",
    ",pool=\"registry\",state=\"used\"",
);
pub(super) const POOL_MAX: Metric = metric("db_client_connection_max", ",pool=\"registry\"");
pub(super) const DISK: Metric = metric("agent_source_db_disk_bytes", "");
pub(super) const DISK_USED: Metric = metric("agent_source_db_disk_bytes", ",state=\"used\"");
pub(super) const MEMORY: Metric = metric("agent_source_db_memory_working_set_bytes", "");
pub(super) const MEMORY_LIMIT: Metric = metric("agent_source_db_memory_limit_bytes", "");
pub(super) const EVALUATED: Metric =
    metric("agent_source_db_alert_evaluation_timestamp_seconds", "");

pub(super) fn check(name: &str) -> Metric {
    Metric {
        name: "agent_source_db_check_ok",
        matchers: Matchers::Check(name.to_owned()),
    }
}

/// All checks but the service's own, whose names no dependency may have.
pub(super) fn each_dependency() -> Metric {
    metric(
        "agent_source_db_check_ok",
        ",check!~\"database|migrations|startup\"",
    )
}

impl Metric {
    pub(super) fn selector(&self) -> String {
        let matchers = match &self.matchers {
            Matchers::Fixed(matchers) => (*matchers).to_owned(),
            Matchers::Check(name) => format!(",check={}", quoted(name)),
        };
        format!("{}{{job={}{matchers}}}", self.name, quoted(JOB))
    }
}

/// All that a signal counts, and the bad ones among them if it is their share.
pub(super) fn counted(kind: SignalKind) -> Option<(Metric, Option<Metric>)> {
    match kind {
        SignalKind::ErrorShare => Some((REQUESTS, Some(REQUEST_ERRORS))),
        SignalKind::Latency => Some((REQUESTS, None)),
        SignalKind::QueryLatency => Some((QUERIES, None)),
        SignalKind::LogErrorShare => Some((LOG_LINES, Some(LOG_ERRORS))),
        _ => None,
    }
}

pub(super) fn bucket(kind: SignalKind) -> Option<Metric> {
    match kind {
        SignalKind::Latency => Some(REQUEST_BUCKETS),
        SignalKind::QueryLatency => Some(QUERY_BUCKETS),
        _ => None,
    }
}

/// What grows by one for each that is counted.
pub(super) fn counter(signal: &Signal) -> Option<Metric> {
    match (signal.kind, &signal.argument) {
        (SignalKind::Requests, _) => Some(REQUESTS),
        (SignalKind::NoticesDead, _) => Some(NOTICES_FAILED),
        (_, Argument::Counter(Counter::LogLinesDropped)) => Some(LOG_DROPPED),
        _ => None,
    }
}

pub(super) fn label_of(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Disk => "disk",
        Dimension::Dependency => "check",
        Dimension::Instance => "instance",
        Dimension::Channel => "channel",
    }
}

pub(super) fn window(signal: &Signal) -> Duration {
    Duration::from_secs(u64::from(signal.window.unwrap_or(1)) * 60)
}
