//! How monitoring itself is: its failures are findings, never a silence.

use super::super::finding::{Finding, Severity, Subject};
use super::super::thresholds::STORE_STARTS_WITHIN;
use super::Context;

pub fn monitoring(context: &Context) -> Vec<Finding> {
    let (monitor, uptime) = (&context.snapshot.monitor, context.snapshot.uptime);
    let away = monitor.store_error.as_ref();
    let away = away.filter(|_| uptime >= STORE_STARTS_WITHIN).map(|code| {
        Finding::new(
            "monitoring_store_away",
            Severity::Warning,
            Subject::Store("ops"),
        )
        .with("code", &**code)
    });
    let lost = context.memory.loses_minutes(uptime).then(|| {
        Finding::new("minutes_lost", Severity::Warning, Subject::Monitoring)
            .with("count", monitor.minutes_lost)
    });
    away.into_iter().chain(lost).collect()
}
