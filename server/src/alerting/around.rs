//! What happens around the rules: the other instances, error groups that come, starts, disks.

use std::time::Duration;

use ops::alerts::rule::EventKind as RuleEvent;
use ops::alerts::snapshot::{Event, Sample};
use ops::clock::Minute;
use ops::events::EventKind;
use ops::host::Gauge;
use tokio::time::timeout;

use super::gap::{Gap, Other};
use crate::db::queries::error_groups::{self, Arrival};
use crate::desk::state::DeskState;

/// Beyond it a figure is missing: the evaluation does not wait for what hangs.
pub const PATIENCE: Duration = Duration::from_millis(1500);

/// New groups are looked for so far back: the store may have been away.
const ARRIVALS_MS: i64 = 15 * 60_000;

/// The other instances that share the store.
pub fn others(desk: &DeskState) -> Vec<Other> {
    let seen = desk.recorded.fleet.seen();
    let others = seen.instances.iter();
    let others = others.filter(|one| one.name != desk.service.instance);
    others
        .map(|one| Other {
            started_ms: one.started_ms,
            seen_ms: one.seen_ms,
        })
        .collect()
}

/// Error groups that are new, or back, lately; none, while the store can't say.
pub async fn arrivals(desk: &DeskState) -> Vec<Arrival> {
    let now_ms = desk.alerting.now_ms();
    let Ok(ops) = desk.alerting.store.ops() else {
        return Vec::new();
    };
    let found = error_groups::arrivals(ops, now_ms - ARRIVALS_MS, now_ms);
    match timeout(PATIENCE, found).await {
        Ok(Ok(found)) => found,
        _ => Vec::new(),
    }
}

/// As the engine wants them.
pub fn event(arrival: &Arrival) -> Event {
    Event {
        kind: if arrival.news.is_back {
            RuleEvent::ErrorGroupRegressed
        } else {
            RuleEvent::ErrorGroupNew
        },
        part: arrival.id.clone(),
        at_ms: arrival.news.at_ms,
    }
}

/// A pause that is worth a message.
pub fn event_of_gap(gap: Gap) -> Option<Event> {
    gap.is_told().then(|| Event {
        kind: RuleEvent::EvaluationGap,
        part: gap.text(),
        at_ms: gap.to_ms,
    })
}

/// Of this instance: how often it started, and how often without having stopped before.
pub fn starts(desk: &DeskState, minutes: u32) -> (usize, usize) {
    let now = Minute::of(desk.clock.now());
    // Whether one stopped before it started stands further back.
    let events = desk.recorded.host.events_since(now.minus(2 * 24 * 60));
    let own = events.iter().filter(|event| {
        event.run.instance == desk.service.instance
            && matches!(event.kind, EventKind::Start | EventKind::Stop)
    });
    let from_ms = desk.alerting.now_ms() - i64::from(minutes) * 60_000;
    let (mut starts, mut unclean) = (0, 0);
    let mut before = None;
    for event in own {
        if event.kind == EventKind::Start {
            let is_recent = event.at_ms >= from_ms;
            starts += usize::from(is_recent);
            unclean += usize::from(is_recent && before == Some(EventKind::Start));
        }
        before = Some(event.kind);
    }
    (starts, unclean)
}

/// Of this instance. Where both directories lie on one file system they are one disk.
pub fn disks(desk: &DeskState) -> Vec<(String, Sample)> {
    let Some((at, latest)) = desk.recorded.host.latest() else {
        return Vec::new();
    };
    let age = desk.clock.now().duration_since(at).unwrap_or_default();
    let disk = |used, free| {
        let (used, free) = (latest.get(used)?, latest.get(free)?);
        Some(Sample {
            age,
            ..Sample::fresh(used as f64 / used.saturating_add(free).max(1) as f64)
        })
    };
    let log = disk(Gauge::LogDiskUsed, Gauge::LogDiskFree);
    let data = disk(Gauge::DataDiskUsed, Gauge::DataDiskFree);
    if desk.alerting.is_one_disk && log.is_some() {
        let both = log.map(|sample| ("log,data".to_owned(), sample));
        return both.into_iter().collect();
    }
    let log = log.map(|sample| ("log".to_owned(), sample));
    let data = data.map(|sample| ("data".to_owned(), sample));
    log.into_iter().chain(data).collect()
}
