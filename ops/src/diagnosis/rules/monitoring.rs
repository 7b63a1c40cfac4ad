//! How monitoring itself is: its failures are findings, never a silence.

use super::super::finding::{Finding, Severity, Subject};
use super::super::thresholds::{LOSS_TOLD_FOR, STORE_STARTS_WITHIN};
use super::Context;
use crate::task::TaskReport;

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
    let tasks = monitor
        .tasks
        .iter()
        .filter_map(|task| judged(context, task));
    away.into_iter().chain(lost).chain(tasks).collect()
}

/// A task that broke is told for a while after it was started again.
fn judged(context: &Context, task: &TaskReport) -> Option<Finding> {
    let finding = |id| {
        let finding = Finding::new(id, Severity::Warning, Subject::Task(task.name));
        finding.with("task", task.name)
    };
    if task.is_stuck {
        return Some(finding("task_stuck"));
    }
    let (at, _) = task.broke.as_ref()?;
    let ago = context.snapshot.now.duration_since(*at).unwrap_or_default();
    let is_recent = ago < LOSS_TOLD_FOR;
    (task.is_broken || is_recent).then(|| {
        finding("task_broke")
            .with("restarts", task.restarts)
            .since(*at)
    })
}
