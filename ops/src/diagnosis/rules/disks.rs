//! How full the disks are, and when they will be.

use super::super::finding::{Finding, Severity, Subject};
use super::super::forecast::full_in;
use super::super::memory::Memory;
use super::super::snapshot::Disk;
use super::super::thresholds::{
    DISK_FULL_CLEAR_HOURS, DISK_FULL_RATIO, DISK_FULL_WITHIN_HOURS, DISK_USED_RATIO,
};
use super::{Context, severity};

pub fn disks(context: &Context) -> Vec<Finding> {
    of_disks(&context.snapshot.disks, context.memory)
}

/// What is to be said of the disks alone.
pub fn of_disks(disks: &[Disk], memory: &Memory) -> Vec<Finding> {
    let is_one = match disks {
        [one, other] => (one.used_bytes, one.free_bytes) == (other.used_bytes, other.free_bytes),
        _ => false,
    };
    let told = disks.iter().take(if is_one { 1 } else { disks.len() });
    told.filter_map(|disk| {
        let name = if is_one { "log,data" } else { disk.name };
        judged(memory, disk, Subject::Disk(name))
    })
    .collect()
}

/// One finding a disk: that it is full tells more than that it will be.
fn judged(memory: &Memory, disk: &Disk, subject: Subject) -> Option<Finding> {
    let Disk {
        used_bytes,
        free_bytes,
        ..
    } = *disk;
    let total = used_bytes.saturating_add(free_bytes);
    if total == 0 {
        return None;
    }
    let ratio = used_bytes as f64 / total as f64;
    let hours = full_in(&disk.history, free_bytes).map(|left| left.as_secs_f64() / 3600.0);
    let finding = |id, severity| {
        let finding = Finding::new(id, severity, subject.clone())
            .with("disk", subject.name())
            .with("used_ratio", ratio)
            .with("free_bytes", free_bytes)
            .with("total_bytes", total);
        match hours {
            Some(hours) => finding.with("full_in_hours", (hours * 10.0).round() / 10.0),
            None => finding,
        }
    };
    let thresholds = [DISK_USED_RATIO, DISK_FULL_RATIO];
    let used = severity(memory, "disk_used", &subject, ratio, thresholds);
    if let Some(severity) = used {
        return Some(finding("disk_used", severity));
    }
    let holds = memory.severity("disk_fills_up", &subject).is_some();
    let limit = if holds {
        DISK_FULL_CLEAR_HOURS
    } else {
        DISK_FULL_WITHIN_HOURS
    };
    hours
        .filter(|hours| *hours <= limit)
        .map(|_| finding("disk_fills_up", Severity::Warning))
}
