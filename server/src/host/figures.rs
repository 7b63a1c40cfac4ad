//! The engine's summaries as the desk shows them.

use std::collections::BTreeMap;

use app::dto;
use ops::clock::{Minute, rfc3339_millis};
use ops::host::{Gauge, Host, Level, Levels};
use ops::series::{InstanceFilter, Summary};

use super::events::mark;
use crate::traffic::{code, period_of};

/// For charts: about a hundred and fifty steps, whatever the period. There are always figures; with a
/// code beside them they are what this process knows.
pub async fn history(
    host: &Host,
    period: dto::Range,
    filter: &InstanceFilter,
    now: Minute,
) -> dto::HostHistory {
    let steps = period_of(period, now);
    let summary = host.summary(steps, filter).await;
    let now = summary.latest.as_ref().map(|(at, sample)| dto::HostNow {
        measured_at: rfc3339_millis(*at),
        gauges: sample
            .iter()
            .map(|(gauge, value)| (name(gauge), unit(gauge).of(value as f64)))
            .collect(),
    });
    dto::HostHistory {
        period,
        minutes: summary.levels.minutes,
        covered_minutes: summary.levels.covered_minutes,
        step_minutes: summary.levels.step_minutes,
        start: rfc3339_millis(summary.levels.start.start()),
        now,
        steps: columns(&summary.levels),
        events: summary.events.iter().filter_map(mark).collect(),
        error: summary.levels.store_error.as_deref().map(code),
        as_of: summary.read_at.map(rfc3339_millis),
    }
}

fn columns(summary: &Summary<Levels, Levels>) -> dto::HostSteps {
    let mut covered_minutes = Vec::new();
    let mut gauges: BTreeMap<dto::Gauge, dto::GaugeSteps> = BTreeMap::new();
    for (gauge, name) in Gauge::ALL.map(|gauge| (gauge, name(gauge))) {
        // What nobody could read at any time is not there at all.
        let is_known = |summary: &Summary<Levels, Levels>| {
            let mut points = summary.points.iter();
            points.any(|point| point.value.get(gauge).is_some())
        };
        if is_known(summary) {
            gauges.insert(name, dto::GaugeSteps::default());
        }
    }
    let mut points = summary.points.iter().peekable();
    for step in 0..summary.steps {
        let start = summary.start.plus(step * summary.step_minutes);
        let point = points.next_if(|point| point.start == start);
        covered_minutes.push(point.map_or(0, |point| point.covered_minutes));
        for gauge in Gauge::ALL {
            let Some(column) = gauges.get_mut(&name(gauge)) else {
                continue;
            };
            let level = point.and_then(|point| point.value.get(gauge));
            let value = |of: fn(&Level) -> f64| level.map(|level| unit(gauge).of(of(level)));
            column.avg.push(value(Level::average));
            column.min.push(value(|level| level.min as f64));
            column.max.push(value(|level| level.max as f64));
            column.last.push(value(|level| level.last as f64));
        }
    }
    dto::HostSteps {
        covered_minutes,
        gauges,
    }
}

/// How an engine's whole number is written.
#[derive(Clone, Copy)]
enum Unit {
    /// Bytes, and what is counted: an average has two decimals, of bytes none.
    Bytes,
    Count,
    Millionths,
    Thousandths,
    Microseconds,
}

impl Unit {
    fn of(self, value: f64) -> f64 {
        let rounded = |value: f64, digits: f64| (value * digits).round() / digits;
        match self {
            Self::Bytes => value.round(),
            Self::Count => rounded(value, 100.0),
            Self::Millionths => rounded(value / 1_000_000.0, 10_000.0),
            Self::Thousandths => rounded(value / 1000.0, 1000.0),
            Self::Microseconds => rounded(value / 1000.0, 100.0),
        }
    }
}

fn unit(gauge: Gauge) -> Unit {
    match gauge {
        Gauge::CpuShare | Gauge::TokioBusy => Unit::Millionths,
        Gauge::CpuAllowed => Unit::Thousandths,
        Gauge::DatabaseLatency => Unit::Microseconds,
        Gauge::MemoryResident
        | Gauge::MemoryWorkingSet
        | Gauge::MemoryLimit
        | Gauge::LogDiskUsed
        | Gauge::LogDiskFree
        | Gauge::DataDiskUsed
        | Gauge::DataDiskFree => Unit::Bytes,
        Gauge::OpenFiles
        | Gauge::OpenFilesLimit
        | Gauge::Threads
        | Gauge::TokioWorkers
        | Gauge::TokioTasks
        | Gauge::TokioQueue
        | Gauge::RegistryPoolSize
        | Gauge::RegistryPoolInUse
        | Gauge::RegistryPoolWaiting
        | Gauge::OpsPoolSize
        | Gauge::OpsPoolInUse
        | Gauge::OpsPoolWaiting => Unit::Count,
    }
}

fn name(gauge: Gauge) -> dto::Gauge {
    match gauge {
        Gauge::CpuShare => dto::Gauge::CpuRatio,
        Gauge::CpuAllowed => dto::Gauge::CpuAllowedCores,
        Gauge::MemoryResident => dto::Gauge::MemoryResidentBytes,
        Gauge::MemoryWorkingSet => dto::Gauge::MemoryWorkingSetBytes,
        Gauge::MemoryLimit => dto::Gauge::MemoryLimitBytes,
        Gauge::OpenFiles => dto::Gauge::OpenFiles,
        Gauge::OpenFilesLimit => dto::Gauge::OpenFilesLimit,
        Gauge::Threads => dto::Gauge::Threads,
        Gauge::LogDiskUsed => dto::Gauge::LogDiskUsedBytes,
        Gauge::LogDiskFree => dto::Gauge::LogDiskFreeBytes,
        Gauge::DataDiskUsed => dto::Gauge::DataDiskUsedBytes,
        Gauge::DataDiskFree => dto::Gauge::DataDiskFreeBytes,
        Gauge::TokioWorkers => dto::Gauge::TokioWorkers,
        Gauge::TokioTasks => dto::Gauge::TokioTasks,
        Gauge::TokioQueue => dto::Gauge::TokioQueue,
        Gauge::TokioBusy => dto::Gauge::TokioBusyRatio,
        Gauge::RegistryPoolSize => dto::Gauge::RegistryPoolSize,
        Gauge::RegistryPoolInUse => dto::Gauge::RegistryPoolInUse,
        Gauge::RegistryPoolWaiting => dto::Gauge::RegistryPoolWaiting,
        Gauge::OpsPoolSize => dto::Gauge::OpsPoolSize,
        Gauge::OpsPoolInUse => dto::Gauge::OpsPoolInUse,
        Gauge::OpsPoolWaiting => dto::Gauge::OpsPoolWaiting,
        Gauge::DatabaseLatency => dto::Gauge::DatabaseLatencyMs,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_gauge_has_a_name_of_its_own_and_all_are_used() {
        let names: BTreeSet<_> = Gauge::ALL.into_iter().map(name).collect();
        assert_eq!(names.len(), Gauge::ALL.len());
    }

    #[test]
    fn numbers_are_in_the_unit_of_their_name() {
        for (gauge, value, shown) in [
            (Gauge::CpuShare, 123_456.0, 0.1235),
            (Gauge::CpuAllowed, 1500.0, 1.5),
            (Gauge::DatabaseLatency, 314.0, 0.31),
            (Gauge::MemoryResident, 1024.4, 1024.0),
            (Gauge::Threads, 7.333, 7.33),
        ] {
            let found = unit(gauge).of(value);
            assert!((found - shown).abs() < f64::EPSILON, "{gauge:?}: {found}");
        }
    }
}
