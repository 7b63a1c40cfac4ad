//! Host, process and events over a period, for tests and for the preview.

use super::*;

const STEPS: usize = 145;

/// Of such a day: somebody deployed a new version in the middle of the period.
pub fn host(period: Period) -> HostHistory {
    let is_up = |step: usize| !(60..72).contains(&step) && step > 3;
    let column = |of: &dyn Fn(usize) -> f64| -> Vec<Option<f64>> {
        let values = (0..STEPS).map(|step| is_up(step).then(|| of(step)));
        values.collect()
    };
    let gauge = |base: f64, swing: f64| {
        let wave = |step: usize| ((step * 37 % 23) as f64 / 23.0 + step as f64 / 145.0) / 2.0;
        GaugeSteps {
            avg: column(&|step| base + swing * wave(step) / 2.0),
            min: column(&|_| base),
            max: column(&|step| base + swing * wave(step)),
            last: column(&|step| base + swing * wave(step) / 3.0),
        }
    };
    const MIB: f64 = 1024.0 * 1024.0;
    const GIB: f64 = 1024.0 * MIB;
    let gauges = [
        (Gauge::CpuRatio, gauge(0.02, 0.4)),
        (Gauge::MemoryResidentBytes, gauge(48.0 * MIB, 40.0 * MIB)),
        (Gauge::MemoryWorkingSetBytes, gauge(60.0 * MIB, 60.0 * MIB)),
        (Gauge::MemoryLimitBytes, gauge(256.0 * MIB, 0.0)),
        (Gauge::LogDiskUsedBytes, gauge(31.0 * GIB, 2.0 * GIB)),
        (Gauge::LogDiskFreeBytes, gauge(9.0 * GIB, 0.0)),
        (Gauge::RegistryPoolInUse, gauge(1.0, 8.0)),
        (Gauge::RegistryPoolWaiting, gauge(0.0, 2.0)),
        (Gauge::OpsPoolInUse, gauge(0.0, 2.0)),
        (Gauge::DatabaseLatencyMs, gauge(0.4, 3.0)),
    ];
    let now = [
        (Gauge::CpuRatio, 0.034),
        (Gauge::CpuAllowedCores, 1.5),
        (Gauge::MemoryResidentBytes, 61.5 * MIB),
        (Gauge::MemoryLimitBytes, 256.0 * MIB),
        (Gauge::LogDiskUsedBytes, 31.0 * GIB),
        (Gauge::LogDiskFreeBytes, 9.0 * GIB),
        (Gauge::OpenFiles, 42.0),
        (Gauge::OpenFilesLimit, 1024.0),
        (Gauge::Threads, 13.0),
        (Gauge::TokioWorkers, 2.0),
        (Gauge::TokioTasks, 17.0),
        (Gauge::TokioQueue, 0.0),
        (Gauge::TokioBusyRatio, 0.0123),
    ];
    HostHistory {
        period,
        minutes: 1440,
        covered_minutes: 1290,
        step_minutes: 10,
        start: "2026-11-23T03:20:00.000Z".to_owned(),
        now: Some(HostNow {
            measured_at: "2026-11-24T03:22:31.004Z".to_owned(),
            gauges: now.into(),
        }),
        steps: HostSteps {
            covered_minutes: (0..STEPS)
                .map(|step| if is_up(step) { 10 } else { 0 })
                .collect(),
            gauges: gauges.into(),
        },
        events: events(),
        error: None,
        as_of: Some("2026-11-24T03:22:35.100Z".to_owned()),
    }
}

pub fn events() -> Vec<InstanceEvent> {
    let event = |at: &str, kind, instance: &str, detail: &str| InstanceEvent {
        at: at.to_owned(),
        kind,
        instance: instance.to_owned(),
        detail: detail.to_owned(),
    };
    vec![
        event(
            "2026-11-23T03:56:12.000Z",
            EventKind::Start,
            "web-1:7",
            "0.0.9 (a1b2c3d)",
        ),
        event("2026-11-23T13:17:02.500Z", EventKind::Stop, "web-1:7", ""),
        event(
            "2026-11-23T15:21:09.120Z",
            EventKind::Start,
            "web-1:8",
            "0.1.0 (b2c3d4e)",
        ),
        event(
            "2026-11-23T15:21:09.120Z",
            EventKind::VersionChange,
            "web-1:8",
            "0.0.9 (a1b2c3d) → 0.1.0 (b2c3d4e)",
        ),
        event(
            "2026-11-23T15:21:09.480Z",
            EventKind::Migration,
            "web-1:8",
            "ops: 20261125000010",
        ),
    ]
}
