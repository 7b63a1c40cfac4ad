//! What was known when an incident opened: gathered once, and kept with it.

use std::collections::BTreeMap;
use std::time::Duration;

use app::dto;
use app::view::viewer::Language;
use ops::alerts::message;
use ops::alerts::message::Timestamp;
use ops::clock::{Minute, Period, rfc3339_millis};
use ops::errors::Window;
use ops::events::{Event, EventKind};
use ops::host::Gauge;
use ops::log::{LogFile, tail};
use ops::series::InstanceFilter;
use serde_json::Value;
use tokio::time::timeout;

use super::alerting::Alerting;
use crate::db::milliseconds;
use crate::db::probe::DATABASE;
use crate::desk::state::DeskState;
use crate::host;
use crate::http::place::namespace_of;

/// Nobody waits longer for what may be the very cause.
const PATIENCE: Duration = Duration::from_millis(700);

/// What happened within so many minutes before may be the cause.
const CHANGES_MINUTES: u32 = 24 * 60;

/// Errors and routes of the last so many minutes.
const MINUTES: u32 = 15;

const MOST_CHANGES: usize = 10;
const MOST_ERRORS: usize = 3;
const MOST_NAMES: usize = 10;

/// Of error.log, from its end.
const LINES_READ: usize = 100;

/// As it is now.
pub async fn gather(desk: &DeskState) -> dto::Evidence {
    let (top_errors, slowest_route) = futures_util::join!(top_errors(desk), slowest_route(desk));
    let (namespaces, users) = affected(desk).await;
    let pool = desk.db.pool_state();
    dto::Evidence {
        changes: changes(desk),
        top_errors,
        slowest_route,
        database: database(desk),
        pool: Some(dto::EvidencePool {
            active: pool.active,
            idle: pool.idle,
            max: pool.max,
            waiting: desk.db.waiting(),
        }),
        disks: disks(desk),
        version: Some(dto::EvidenceVersion {
            version: crate::VERSION.to_owned(),
            commit: crate::COMMIT.to_owned(),
            started_at: rfc3339_millis(desk.service.started_at),
        }),
        namespaces,
        users,
    }
}

/// The same as messages carry it.
fn of_message(evidence: &dto::Evidence, public_url: Option<&str>) -> message::Evidence {
    let public = |path: &str| format!("{}{path}", public_url.unwrap_or_default());
    let time = |text: &str| ops::clock::parse_rfc3339_millis(text.as_bytes());
    let changes = evidence.changes.iter().filter_map(|change| {
        Some(message::Change {
            at: Timestamp(time(&change.at)?),
            kind: change.kind.clone(),
            title: change.title.clone(),
            instance: change.instance.clone(),
        })
    });
    let errors = evidence.top_errors.iter().map(|error| message::TopError {
        message: error.message.clone(),
        count: error.count,
        route: error.route.clone(),
        request_id: error.request_id.clone(),
        url: public(&error.url),
    });
    let slowest = evidence.slowest_route.as_ref();
    let database = evidence.database.as_ref();
    message::Evidence {
        changes: changes.collect(),
        top_errors: errors.collect(),
        slowest_route: slowest.map(|route| message::SlowRoute {
            method: route.method.clone(),
            route: route.route.clone(),
            p95_ms: route.p95_ms,
            requests: route.requests,
        }),
        database: database.map(|database| message::Database {
            vendor: database.vendor.clone(),
            connection: database.connection.clone(),
            error: database.error.clone(),
            latency_ms: database.latency_ms,
        }),
        pool: evidence.pool.map(|pool| message::Pool {
            active: pool.active,
            idle: pool.idle,
            max: pool.max,
            waiting: pool.waiting,
        }),
        disks: evidence
            .disks
            .iter()
            .map(|disk| message::Disk {
                name: disk.name.clone(),
                used_ratio: disk.used_ratio,
                free_bytes: disk.free_bytes,
            })
            .collect(),
    }
}

/// As it was kept with an incident; nothing, if there is none yet.
pub fn kept(alerting: &Alerting, text: Option<&str>) -> message::Evidence {
    let evidence = text.and_then(|text| serde_json::from_str::<dto::Evidence>(text).ok());
    let setup = alerting.setup();
    let evidence = evidence.map(|evidence| of_message(&evidence, setup.public_url.as_deref()));
    evidence.unwrap_or_default()
}

fn changes(desk: &DeskState) -> Vec<dto::EvidenceChange> {
    let from = Minute::of(desk.clock.now()).minus(CHANGES_MINUTES);
    let events = desk.recorded.host.events_since(from);
    let is_change = |event: &&Event| {
        matches!(
            event.kind,
            EventKind::Start
                | EventKind::Stop
                | EventKind::VersionChange
                | EventKind::Migration
                | EventKind::Config
                | EventKind::Deploy
                | EventKind::LogLevel
        )
    };
    let language = match super::compose::language(&desk.alerting.setup()) {
        message::Language::English => Language::English,
        message::Language::SimplifiedChinese => Language::ChineseSimplified,
    };
    let changes = events.iter().rev().filter(is_change).map(|event| {
        let entry = host::entry(event, language);
        dto::EvidenceChange {
            at: entry.at,
            kind: entry.kind.name().to_owned(),
            title: entry.title,
            instance: entry.instance,
        }
    });
    changes.take(MOST_CHANGES).collect()
}

async fn top_errors(desk: &DeskState) -> Vec<dto::EvidenceError> {
    let now = Minute::of(desk.clock.now());
    let from = now.minus(MINUTES - 1).number();
    let window = Window {
        from,
        end: now.plus(1).number(),
        start: from,
        step_minutes: 1,
        steps: MINUTES,
    };
    let asked = desk.recorded.errors.groups(window, &InstanceFilter::All);
    let Ok(found) = timeout(PATIENCE, asked).await else {
        return Vec::new();
    };
    let groups = found.groups.iter().take(MOST_ERRORS);
    groups
        .map(|group| {
            let request_id = group.example.as_ref().and_then(|it| it.request_id.clone());
            dto::EvidenceError {
                message: group.key.message.clone(),
                count: group.count,
                route: Some(group.key.place.clone()).filter(|place| !place.is_empty()),
                url: match &request_id {
                    Some(id) => format!("/admin/requests/{id}/"),
                    None => "/admin/logs/?file=error".to_owned(),
                },
                request_id,
            }
        })
        .collect()
}

async fn slowest_route(desk: &DeskState) -> Option<dto::EvidenceRoute> {
    let period = Period::of(MINUTES, 1);
    let asked = desk.recorded.traffic.routes(period, &InstanceFilter::All);
    let found = timeout(PATIENCE, asked).await.ok()?;
    let routes = found.routes.iter().filter_map(|route| {
        let durations = &route.summary.tally.durations;
        Some((durations.percentile(0.95)?, route))
    });
    let (p95, route) = routes.max_by_key(|(p95, _)| *p95)?;
    Some(dto::EvidenceRoute {
        method: route.method.to_owned(),
        route: route.route.clone(),
        p95_ms: milliseconds(p95),
        requests: route.summary.tally.requests(),
    })
}

fn database(desk: &DeskState) -> Option<dto::EvidenceDatabase> {
    let report = desk.health.last()?;
    let check = report.check(DATABASE)?;
    let is_ok = check.status != ops::health::Status::Error;
    Some(dto::EvidenceDatabase {
        vendor: desk.db.vendor().name().to_owned(),
        connection: if is_ok { "ok" } else { "failed" }.to_owned(),
        error: check.error.map(|code| code.as_str().to_owned()),
        latency_ms: check.latency_ms(),
    })
}

fn disks(desk: &DeskState) -> Vec<dto::EvidenceDisk> {
    let Some((_, latest)) = desk.recorded.host.latest() else {
        return Vec::new();
    };
    let disk = |name: &str, used, free| {
        let (used, free) = (latest.get(used)?, latest.get(free)?);
        Some(dto::EvidenceDisk {
            name: name.to_owned(),
            used_ratio: used as f64 / used.saturating_add(free).max(1) as f64,
            free_bytes: free,
        })
    };
    [
        disk("log", Gauge::LogDiskUsed, Gauge::LogDiskFree),
        disk("data", Gauge::DataDiskUsed, Gauge::DataDiskFree),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whose requests failed, by the last ERROR lines: namespaces and users, the most frequent first.
async fn affected(desk: &DeskState) -> (Vec<String>, Vec<String>) {
    let path = desk.log.handle.path(LogFile::Error);
    let read = tokio::task::spawn_blocking(move || tail(&path, LINES_READ));
    let Ok(Ok(Ok(lines))) = timeout(PATIENCE, read).await else {
        return Default::default();
    };
    let (mut namespaces, mut users) = (BTreeMap::new(), BTreeMap::new());
    for line in lines {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        if let Some(user) = text("user") {
            *users.entry(user.to_owned()).or_insert(0_u32) += 1;
        }
        if let Some(namespace) = text("path").and_then(namespace_of) {
            *namespaces.entry(namespace.to_owned()).or_insert(0_u32) += 1;
        }
    }
    (most_frequent(namespaces), most_frequent(users))
}

fn most_frequent(counts: BTreeMap<String, u32>) -> Vec<String> {
    let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let names = counts.into_iter().map(|(name, _)| name);
    names.take(MOST_NAMES).collect()
}
