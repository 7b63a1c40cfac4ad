//! What of host and process is drawn over time. A gauge that nobody could read has no line, and a
//! chart without any line is not drawn.

use super::events::marks;
use crate::chart::model::{Chart, Kind, Series, Unit};
use crate::dto::{Gauge, GaugeSteps, HostHistory};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;

/// A line: of which gauge, which of its columns, and how it is called and looks.
type Line = (
    Gauge,
    fn(&GaugeSteps) -> &[Option<f64>],
    &'static str,
    &'static str,
);

const fn average(steps: &GaugeSteps) -> &[Option<f64>] {
    steps.avg.as_slice()
}

const fn highest(steps: &GaugeSteps) -> &[Option<f64>] {
    steps.max.as_slice()
}

pub fn latency(settings: ViewSettings, host: &HostHistory) -> Chart {
    let t = settings.t.host;
    let gauge = Gauge::DatabaseLatencyMs;
    let lines: [Line; 2] = [
        (gauge, average, t.average, "first"),
        (gauge, highest, t.highest, "third"),
    ];
    lines_of(settings, host, Unit::Milliseconds, 1.0, &lines)
}

/// The most at once: an average would hide that they ran out.
pub fn connections(settings: ViewSettings, host: &HostHistory) -> Chart {
    let t = settings.t.host;
    let lines: [Line; 3] = [
        (Gauge::OpsPoolInUse, highest, t.ops_in_use, "second"),
        (
            Gauge::RegistryPoolInUse,
            highest,
            t.registry_in_use,
            "first",
        ),
        (Gauge::RegistryPoolWaiting, highest, t.waiting, "third"),
    ];
    lines_of(settings, host, Unit::Count, 1.0, &lines)
}

pub fn processor(settings: ViewSettings, host: &HostHistory) -> Chart {
    let t = settings.t.host;
    let lines: [Line; 2] = [
        (Gauge::CpuRatio, average, t.average, "first"),
        (Gauge::CpuRatio, highest, t.highest, "third"),
    ];
    lines_of(settings, host, Unit::Percent, 100.0, &lines)
}

pub fn memory(settings: ViewSettings, host: &HostHistory) -> Chart {
    let t = settings.t.host;
    let lines: [Line; 3] = [
        (Gauge::MemoryLimitBytes, average, t.limit, "limit"),
        (
            Gauge::MemoryWorkingSetBytes,
            highest,
            t.working_set,
            "second",
        ),
        (Gauge::MemoryResidentBytes, highest, t.resident, "first"),
    ];
    lines_of(settings, host, Unit::Bytes, 1.0, &lines)
}

pub fn log_disk(settings: ViewSettings, host: &HostHistory) -> Chart {
    disk(
        settings,
        host,
        Gauge::LogDiskUsedBytes,
        Gauge::LogDiskFreeBytes,
    )
}

pub fn data_disk(settings: ViewSettings, host: &HostHistory) -> Chart {
    disk(
        settings,
        host,
        Gauge::DataDiskUsedBytes,
        Gauge::DataDiskFreeBytes,
    )
}

fn disk(settings: ViewSettings, host: &HostHistory, used: Gauge, free: Gauge) -> Chart {
    let t = settings.t.host;
    let lines: [Line; 1] = [(used, highest, t.used, "first")];
    let mut chart = lines_of(settings, host, Unit::Bytes, 1.0, &lines);
    let gauges = &host.steps.gauges;
    if let (Some(used), Some(free)) = (gauges.get(&used), gauges.get(&free)) {
        let sizes = used.avg.iter().zip(&free.avg);
        let sizes = sizes.map(|(used, free)| Some((*used)? + (*free)?));
        chart.series.insert(
            0,
            Series {
                name: t.size,
                tone: "limit",
                values: sizes.collect(),
            },
        );
    }
    chart
}

fn lines_of(
    settings: ViewSettings,
    host: &HostHistory,
    unit: Unit,
    times: f64,
    lines: &[Line],
) -> Chart {
    let series = lines.iter().filter_map(|(gauge, column, name, tone)| {
        let values = column(host.steps.gauges.get(gauge)?).iter();
        Some(Series {
            name,
            tone,
            values: values
                .map(|value| value.map(|value| value * times))
                .collect(),
        })
    });
    let covered = host.steps.covered_minutes.iter();
    Chart {
        kind: Kind::Lines,
        unit,
        start_ms: Instant::parse(&host.start).map_or(0, Instant::epoch_ms),
        step_ms: i64::from(host.step_minutes) * 60_000,
        covered: covered.map(|minutes| *minutes > 0).collect(),
        series: series.collect(),
        marks: marks(settings, &host.events),
    }
}
