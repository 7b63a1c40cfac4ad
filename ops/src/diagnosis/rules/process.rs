//! The process itself: its memory, its clock, its log files.

use super::super::finding::{Finding, Severity, Subject};
use super::super::thresholds::{MEMORY_EXHAUSTED_RATIO, MEMORY_RATIO};
use super::{Context, severity};

pub fn process(context: &Context) -> Vec<Finding> {
    let mut found: Vec<Finding> = memory(context).into_iter().collect();
    found.extend(context.snapshot.log_files.iter().map(|file| {
        let subject = Subject::LogFile(file.name.clone());
        Finding::new("log_lines_lost", Severity::Warning, subject)
            .with("file", &*file.name)
            .with("count", file.lost)
            .with("reason", &*file.reason)
            .since(file.since)
    }));
    found.extend(context.memory.jump(context.snapshot.uptime).map(|jump| {
        Finding::new("clock_jumped", Severity::Warning, Subject::Clock)
            .with("seconds", jump.seconds.round())
            .since(jump.at)
    }));
    found
}

fn memory(context: &Context) -> Option<Finding> {
    const ID: &str = "memory_used";
    let used = context.snapshot.memory.used_bytes;
    let limit = context
        .snapshot
        .memory
        .limit_bytes
        .filter(|limit| *limit > 0)?;
    let ratio = used as f64 / limit as f64;
    let thresholds = [MEMORY_RATIO, MEMORY_EXHAUSTED_RATIO];
    let severity = severity(context.memory, ID, &Subject::Memory, ratio, thresholds)?;
    let finding = Finding::new(ID, severity, Subject::Memory);
    Some(
        finding
            .with("ratio", ratio)
            .with("used_bytes", used)
            .with("limit_bytes", limit),
    )
}
