//! What happens around the rules: instances that are gone, error groups that come, starts, disks.

use std::collections::BTreeMap;
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

/// The evaluation does not wait for a store that hangs.
const PATIENCE: Duration = Duration::from_millis(1500);

/// New groups are looked for so far back: the store may have been away.
const ARRIVALS_MS: i64 = 15 * 60_000;

/// An instance that has not been heard of for so long is forgotten, and its alerts end.
pub const FORGOTTEN_MS: i64 = 24 * 3_600_000;

/// One that said that it ends may come back as what it was.
const RESTART_MS: i64 = 10 * 60_000;

/// Who can't evaluate any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absent {
    /// Of whom nothing is known.
    pub gone: Vec<String>,
    /// Who will not come back.
    pub forgotten: Vec<String>,
}

/// As far as the store tells; with the store away nobody is gone. `known`: those of whom there are
/// alerts, and when each evaluated last.
pub fn absent(desk: &DeskState, known: &BTreeMap<String, i64>) -> Absent {
    let seen = desk.recorded.fleet.seen();
    let mut absent = Absent::default();
    let Some(read_ms) = seen.read_ms.filter(|_| seen.error.is_none()) else {
        return absent;
    };
    let others = known.iter();
    for (name, evaluated_ms) in others.filter(|(name, _)| **name != desk.service.instance) {
        let row = seen.rows.iter().find(|row| row.instance == *name);
        // One that has just come evaluates before others read that it is there.
        let last_ms = row.map_or(*evaluated_ms, |row| row.seen_ms);
        let silent_ms = read_ms.saturating_sub(last_ms);
        let has_stopped = row.is_some_and(|row| row.stopped_ms.is_some());
        let limit = if has_stopped {
            RESTART_MS
        } else {
            FORGOTTEN_MS
        };
        if silent_ms >= limit {
            absent.forgotten.push(name.clone());
        } else if has_stopped || silent_ms > 60_000 {
            absent.gone.push(name.clone());
        }
    }
    absent
}

/// The other instances that share the store.
pub fn others(desk: &DeskState) -> Vec<Other> {
    let seen = desk.recorded.fleet.seen();
    let others = seen.rows.iter();
    let others = others.filter(|row| row.instance != desk.service.instance);
    others
        .map(|row| Other {
            started_ms: row.started_ms,
            seen_ms: row.seen_ms,
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
