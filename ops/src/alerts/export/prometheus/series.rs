//! Figures as the series that Prometheus would have of them.

use std::time::Duration;

use super::figures::{Figure, Figures};
use super::metrics::JOB;
use super::promql::number;
use crate::alerts::export::yaml::quoted;
use crate::alerts::expression::{Argument, Counter, SignalKind};

/// Between two samples; four a minute.
pub(super) const INTERVAL: &str = "15s";
const A_MINUTE: f64 = 4.0;

const REQUESTS: &str = "http_server_request_duration_seconds";
const QUERIES: &str = "db_client_operation_duration_seconds";
const CHECKS: &str = "agent_source_db_check_ok";

/// A series' name with its labels, and its values in the notation of promtool.
pub(super) type Series = (String, String);

/// For how long, and how long of that an alert needs to fire.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub minutes: u64,
    pub hold: Duration,
}

/// `None` if one instance can't have all these figures at once.
pub(super) fn series(figures: &Figures, span: Span) -> Option<Vec<Series>> {
    let mut out = Writer {
        span,
        series: Vec::new(),
    };
    counted(&mut out, figures);
    for (figure, value) in figures.iter() {
        out.figure(figure, value, figures.load);
    }
    let mut names: Vec<&String> = out.series.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() == out.series.len()).then_some(out.series)
}

/// Requests and lines, the good ones and the bad.
fn counted(out: &mut Writer, figures: &Figures) {
    let of = |kind| {
        figures
            .iter()
            .find(|((it, _), _)| *it == kind)
            .map(|(_, value)| value)
    };
    let (shares, load) = (of(SignalKind::ErrorShare), figures.load);
    if shares
        .or(of(SignalKind::Requests))
        .or(of(SignalKind::Latency))
        .is_some()
    {
        let bad = load * shares.unwrap_or(0.0);
        let name = format!("{REQUESTS}_count");
        out.counter(&name, "http_response_status_code=\"200\"", load - bad);
        out.counter(&name, "http_response_status_code=\"500\"", bad);
    }
    if let Some(share) = of(SignalKind::LogErrorShare) {
        let name = "agent_source_db_log_lines_total";
        out.counter(name, "file=\"app\",level=\"INFO\"", load * (1.0 - share));
        out.counter(name, "file=\"app\",level=\"ERROR\"", load * share);
    }
    if of(SignalKind::QueryLatency).is_some() {
        out.counter(&format!("{QUERIES}_count"), "", load);
    }
}

struct Writer {
    span: Span,
    series: Vec<Series>,
}

impl Writer {
    fn figure(&mut self, (kind, argument): &Figure, value: f64, load: f64) {
        let is_ok = f64::from(u8::from(value <= 0.0));
        match (kind, argument) {
            (SignalKind::Latency, _) => self.durations(REQUESTS, value, load),
            (SignalKind::QueryLatency, _) => self.durations(QUERIES, value, load),
            (SignalKind::NoticesDead, _) => {
                let labels = "channel=\"chat\",result=\"failed\"";
                self.counter("agent_source_db_notices_total", labels, value);
            }
            (_, Argument::Counter(Counter::LogLinesDropped)) => {
                let name = "agent_source_db_log_lines_dropped_total";
                self.counter(name, "file=\"app\"", value);
            }
            (SignalKind::CheckFailed, Argument::Check(name)) if name == "ready" => {
                self.gauge("agent_source_db_ready", "", is_ok);
            }
            (SignalKind::CheckFailed, Argument::Check(name)) => {
                let name = quoted(name.strip_prefix("dependency/").unwrap_or(name));
                self.gauge(CHECKS, &format!("check={name}"), is_ok);
            }
            (SignalKind::CheckFailed, _) => self.gauge(CHECKS, "check=\"search\"", is_ok),
            (SignalKind::UnappliedMigrations, _) => {
                self.gauge(CHECKS, "check=\"migrations\"", is_ok);
            }
            _ => self.level(*kind, value),
        }
    }

    fn level(&mut self, kind: SignalKind, value: f64) {
        match kind {
            SignalKind::DiskUsedRatio => {
                for (state, share) in [("used", value), ("free", 1.0 - value)] {
                    let labels = format!("disk=\"log\",state=\"{state}\"");
                    self.gauge("agent_source_db_disk_bytes", &labels, share * 1e9);
                }
            }
            SignalKind::PoolUsedRatio => {
                let used = "pool=\"registry\",state=\"used\"";
                self.gauge("db_client_connection_count", used, value * 1000.0);
                self.gauge("db_client_connection_max", "pool=\"registry\"", 1000.0);
            }
            SignalKind::PoolWaiting => {
                let name = "db_client_connection_pending_requests";
                self.gauge(name, "pool=\"registry\"", value);
            }
            SignalKind::MemoryWorkingSet => {
                self.gauge("agent_source_db_memory_working_set_bytes", "", value);
            }
            SignalKind::MemoryLimit => {
                self.gauge("agent_source_db_memory_limit_bytes", "", value);
            }
            SignalKind::NoticesOldestQueued => self.queued_for(value),
            SignalKind::EvaluationAge => self.push(
                "agent_source_db_alert_evaluation_timestamp_seconds",
                "",
                format!("{}+15x{}", number(-value / 1000.0), self.steps()),
            ),
            // The others are counted, or Prometheus can't be told of them.
            _ => {}
        }
    }

    fn steps(&self) -> u64 {
        self.span.minutes * 4
    }

    /// From one share of the time on to the end of it all.
    fn queued_for(&mut self, milliseconds: f64) {
        let hold = self.span.hold.as_secs() / 15;
        let queued = ((milliseconds / 15_000.0) as u64 + hold).min(self.steps());
        let before = self.steps().saturating_sub(queued + 1);
        let values = format!("0+0x{before} 1+0x{queued}");
        self.push("agent_source_db_notices_queued", "channel=\"chat\"", values);
    }

    /// All of them between two bounds that lie close around `milliseconds`.
    fn durations(&mut self, name: &str, milliseconds: f64, load: f64) {
        let name = format!("{name}_bucket");
        for (part, load) in [(0.999, 0.0), (1.001, load)] {
            let bound = number(milliseconds / 1000.0 * part);
            self.counter(&name, &format!("le=\"{bound}\""), load);
        }
        self.counter(&name, "le=\"+Inf\"", load);
    }

    fn counter(&mut self, name: &str, labels: &str, a_minute: f64) {
        let step = number(a_minute / A_MINUTE);
        self.push(name, labels, format!("0+{step}x{}", self.steps()));
    }

    fn gauge(&mut self, name: &str, labels: &str, value: f64) {
        self.push(
            name,
            labels,
            format!("{}+0x{}", number(value), self.steps()),
        );
    }

    fn push(&mut self, name: &str, labels: &str, values: String) {
        let rest = if labels.is_empty() { "" } else { "," };
        let name = format!("{name}{{job=\"{JOB}\",instance=\"web-1:8000\"{rest}{labels}}}");
        self.series.push((name, values));
    }
}
