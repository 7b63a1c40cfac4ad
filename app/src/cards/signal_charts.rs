//! The charts of what rules look at, with marks of what came of it.

use leptos::prelude::*;

use super::host::drawn;
use super::{host_charts, traffic_charts};
use crate::chart::model::{Chart, Mark};
use crate::dto::{HostHistory, TrafficHistory};
use crate::view::settings::ViewSettings;

/// In the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    Requests,
    Errors,
    Latency,
    DatabaseLatency,
    Connections,
    Memory,
    LogDisk,
    DataDisk,
}

const TRAFFIC: &[Signal] = &[Signal::Requests, Signal::Errors, Signal::Latency];
/// What fails with the database is seen by those who call.
const DATABASE: &[Signal] = &[
    Signal::Requests,
    Signal::Errors,
    Signal::Latency,
    Signal::DatabaseLatency,
    Signal::Connections,
];
const DISKS: &[Signal] = &[Signal::LogDisk, Signal::DataDisk];

/// By what the names of an expression's signals begin with.
const SHOWN: [(&str, &[Signal]); 9] = [
    ("requests(", &[Signal::Requests]),
    ("error_share(", &[Signal::Errors]),
    ("latency(", &[Signal::Latency]),
    ("query_latency(", &[Signal::DatabaseLatency]),
    ("check_failed('database')", &[Signal::DatabaseLatency]),
    ("pool_", &[Signal::Connections]),
    ("memory_", &[Signal::Memory]),
    ("disk_", DISKS),
    // As an objective names it.
    ("\"error_share\"", &[Signal::Errors]),
];

impl Signal {
    /// Of a rule that somebody wrote the traffic is shown: it is what the service is for.
    pub fn of_rule(name: &str) -> &'static [Self] {
        match name {
            "disk" => DISKS,
            "memory" => &[Self::Memory],
            "database" | "slow-database" | "pool" | "readiness" | "migrations" => DATABASE,
            _ => TRAFFIC,
        }
    }

    /// Of those that an expression, or a rule around it, names; none if no chart shows them.
    pub fn of_expression(text: &str) -> Vec<Self> {
        let shown = SHOWN.iter().filter(|(name, _)| names(text, name));
        let mut signals: Vec<Self> = shown.flat_map(|(_, signals)| *signals).copied().collect();
        signals.sort_unstable();
        signals.dedup();
        signals
    }
}

/// As a word of its own: `latency(` is no part of `query_latency(`.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
    })
}

/// What the charts are drawn from: of one period, both.
pub struct Histories {
    pub traffic: TrafficHistory,
    pub host: HostHistory,
}

/// One for each signal.
pub fn signal_charts(
    settings: ViewSettings,
    signals: &[Signal],
    histories: &Histories,
    marks: &[Mark],
) -> Vec<AnyView> {
    let charts = signals.iter().map(|signal| {
        let (name, title, mut chart) = found(settings, *signal, histories);
        // What is marked here need not be marked once more as what happened meanwhile.
        let is_own = |mark: &Mark| marks.iter().any(|own| own.at_ms == mark.at_ms);
        chart.marks.retain(|mark| !is_own(mark));
        chart.marks.extend_from_slice(marks);
        chart.marks.sort_by_key(|mark| mark.at_ms);
        drawn(settings, name, &title, &chart)
    });
    charts.collect()
}

fn found(
    settings: ViewSettings,
    signal: Signal,
    histories: &Histories,
) -> (&'static str, String, Chart) {
    let t = settings.t;
    let Histories { traffic, host } = histories;
    let of_traffic = |name, title: &str, draw: fn(ViewSettings, &TrafficHistory) -> Chart| {
        (name, title.to_owned(), draw(settings, traffic))
    };
    let of_host = |name, title: String, draw: fn(ViewSettings, &HostHistory) -> Chart| {
        (name, title, draw(settings, host))
    };
    match signal {
        Signal::Requests => of_traffic("requests", t.requests_by_status, traffic_charts::requests),
        Signal::Errors => of_traffic("errors", t.server_errors, traffic_charts::errors),
        Signal::Latency => of_traffic("latency", t.response_times, traffic_charts::latency),
        Signal::DatabaseLatency => of_host(
            "database-latency",
            t.host.database_latency.to_owned(),
            host_charts::latency,
        ),
        Signal::Connections => of_host(
            "connections",
            t.host.connections.to_owned(),
            host_charts::connections,
        ),
        Signal::Memory => of_host("memory", (t.host.memory)(None), host_charts::memory),
        Signal::LogDisk => of_host("log-disk", (t.host.log_disk)(None), host_charts::log_disk),
        Signal::DataDisk => of_host(
            "data-disk",
            (t.host.data_disk)(None),
            host_charts::data_disk,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_shown_by_the_charts_of_its_signals() {
        for (text, signals) in [
            ("latency(0.95, 5m) > 1000ms", vec![Signal::Latency]),
            (
                "query_latency(0.95, 5m) > 500ms",
                vec![Signal::DatabaseLatency],
            ),
            (
                "expr = \"error_share(5m) > 5% and requests(5m) > 20\"",
                vec![Signal::Requests, Signal::Errors],
            ),
            ("disk_used_ratio > 80%", DISKS.to_vec()),
            ("instance_silent > 60s", vec![]),
        ] {
            assert_eq!(Signal::of_expression(text), signals, "{text}");
        }
    }
}
