//! What this process knows, given to the engine's diagnosis: the one way from figures to the first
//! line of the page, to JSON and to the database page.

pub mod facts;
pub mod kept;
mod wire;

use std::time::Duration;

use app::dto;
use futures_util::join;
use ops::clock::{Period, from_unix_millis, rfc3339_millis};
use ops::diagnosis::{
    self, Disk, Ended, Inside, Instance, MemoryUse, MinuteFigures, Monitor, Route, Snapshot, State,
    Store, StoreRole, Traffic, Window, thresholds,
};
use ops::events::EventKind;
use ops::health::{Code, Report};
use ops::host::Gauge;
use ops::series::InstanceFilter;
use ops::task::Pulse;
use ops::traffic::Summary;
use tokio::time::timeout;

use self::facts::{checks, code_text, inside, instance, log_file, pool};
pub use self::wire::to_wire;
use crate::db::probe::{DATABASE, is_down};
use crate::db::{Db, milliseconds};
use crate::desk::PATIENCE;
use crate::desk::state::DeskState;
use crate::traffic::code;

/// The minutes that traffic is judged by, each by itself.
const MINUTES: Period = Period::of(thresholds::TRAFFIC_MINUTES, 1);

/// What a forecast for the disks is made of: six hours in steps of ten minutes.
const DISK_HISTORY: Period = Period::of(360, 10);
/// Disks are looked at so often.
const DISKS_GOOD_FOR: Duration = Duration::from_secs(10);

/// How often a diagnosis is made though nobody asks: so findings are dated from when they began.
const EVERY: Duration = Duration::from_secs(5);

/// Diagnoses for as long as it is polled. It runs no checks of its own: those that were run last count.
pub async fn keep(state: &DeskState, pulse: &Pulse) {
    loop {
        pulse.beat();
        tokio::time::sleep(EVERY).await;
        if let Some(report) = state.health.last() {
            let facts = facts(state).await;
            verdict(state, &report, facts);
        }
    }
}

/// All but the checks of readiness.
pub struct Facts {
    traffic: Traffic,
    registry: Inside,
    disks: Vec<Disk>,
    instances: Vec<Instance>,
    store_error: Option<dto::Code>,
}

pub async fn facts(state: &DeskState) -> Facts {
    let ((traffic, store_error), registry, disks) = join!(
        recent_traffic(state),
        inside_of_registry(state),
        disks(state)
    );
    let fleet = &state.recorded.fleet;
    let seen = fleet.seen();
    Facts {
        traffic,
        registry,
        disks,
        store_error: store_error.or(seen.error.as_deref().map(code)),
        instances: seen.known(fleet.own()).into_iter().map(instance).collect(),
    }
}

pub fn verdict(state: &DeskState, report: &Report, facts: Facts) -> dto::Verdict {
    let now = state.clock.now();
    let store = |role, db: &Db, inside| Store {
        role,
        pool: pool(db),
        waits: 0,
        wait_p95_ms: None,
        queries: Vec::new(),
        inside,
    };
    let snapshot = Snapshot {
        now,
        uptime: state
            .clock
            .monotonic()
            .saturating_duration_since(state.diagnosis.started),
        checks: checks(report),
        traffic: facts.traffic,
        stores: vec![
            store(StoreRole::Registry, &state.db, facts.registry),
            store(StoreRole::Ops, &state.ops, Inside::NotAsked),
        ],
        disks: facts.disks,
        instances: facts.instances,
        log_files: state
            .log
            .handle
            .stats()
            .into_iter()
            .filter_map(log_file)
            .collect(),
        memory: MemoryUse {
            used_bytes: state.memory.used_bytes(),
            limit_bytes: state.memory.limit_bytes(),
        },
        monitor: Monitor {
            store_error: facts.store_error.map(code_text),
            tasks: state.tasks.report(),
            minutes_lost: state.recorded.traffic.dropped_minutes()
                + state.recorded.host.dropped_minutes(),
        },
    };
    let verdict = diagnosis::diagnose(&snapshot, &mut state.diagnosis.memory());
    note_ended(state, &verdict.ended);
    let findings = verdict.findings.iter();
    dto::Verdict {
        state: match verdict.state {
            State::Ok => dto::VerdictState::Ok,
            State::Warning => dto::VerdictState::Warning,
            State::Failing => dto::VerdictState::Failing,
            State::NotReady => dto::VerdictState::NotReady,
        },
        since: rfc3339_millis(verdict.since),
        findings: findings.map(|finding| to_wire(finding, now)).collect(),
    }
}

/// Leaves an event for each finding that has ended.
fn note_ended(state: &DeskState, ended: &[Ended]) {
    for Ended { finding, ended_at } in ended {
        match serde_json::to_string(&to_wire(finding, *ended_at)) {
            Ok(detail) => {
                let host = &state.recorded.host;
                host.note_event_at(*ended_at, EventKind::Finding, detail);
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "can't note a finding"
            ),
        }
    }
}

/// What is wrong with one store, and whether enough is known to say that nothing is.
pub fn judge(state: &DeskState, store: &Store) -> (Vec<dto::Finding>, bool) {
    let now = state.clock.now();
    let found = diagnosis::of_store(store, &state.diagnosis.memory());
    let findings = found.iter().map(|finding| to_wire(finding, now)).collect();
    (findings, store.waits >= thresholds::ENOUGH_QUERIES)
}

/// Of this instance: others may have other disks.
async fn disks(state: &DeskState) -> Vec<Disk> {
    let now = state.clock.monotonic();
    if let Some((at, disks)) = &*state.diagnosis.disks()
        && now.saturating_duration_since(*at) < DISKS_GOOD_FOR
    {
        return disks.clone();
    }
    let own = InstanceFilter::Instance(state.service.instance.clone());
    let Ok(summary) = timeout(PATIENCE, state.recorded.host.summary(DISK_HISTORY, &own)).await
    else {
        return Vec::new();
    };
    let disk = |name, used, free| {
        let (_, latest) = summary.latest.as_ref()?;
        let value = |wanted| {
            latest
                .iter()
                .find_map(|(it, value)| (it == wanted).then_some(value))
        };
        let points = summary.levels.points.iter();
        Some(Disk {
            name,
            used_bytes: value(used)?,
            free_bytes: value(free)?,
            history: points
                .filter_map(|point| {
                    let level = point.value.get(used)?;
                    Some((from_unix_millis(level.last_at * 1000), level.last))
                })
                .collect(),
        })
    };
    let disks: Vec<Disk> = [
        disk("log", Gauge::LogDiskUsed, Gauge::LogDiskFree),
        disk("data", Gauge::DataDiskUsed, Gauge::DataDiskFree),
    ]
    .into_iter()
    .flatten()
    .collect();
    *state.diagnosis.disks() = Some((now, disks.clone()));
    disks
}

/// Route by route only where something is wrong with some: that takes a look into the store.
async fn recent_traffic(state: &DeskState) -> (Traffic, Option<dto::Code>) {
    let summary = state
        .recorded
        .traffic
        .summary(MINUTES, &InstanceFilter::All)
        .await;
    let all = window(&summary);
    let p99 = summary.tally.durations.percentile(0.99).map(milliseconds);
    let is_slow = p99.is_some_and(|p99| p99 >= thresholds::P95_MS.clear);
    let routes = if is_slow || summary.tally.by_class.errors >= thresholds::ENOUGH_ERRORS {
        let found = timeout(
            PATIENCE,
            state.recorded.traffic.routes(MINUTES, &InstanceFilter::All),
        )
        .await;
        found.map(|found| found.routes.iter().map(route).collect())
    } else {
        Ok(Vec::new())
    };
    let traffic = Traffic {
        all,
        routes: routes.unwrap_or_default(),
    };
    (traffic, summary.store_error.as_deref().map(code))
}

fn route(route: &ops::traffic::Route) -> Route {
    Route {
        method: route.method.to_owned(),
        route: route.route.clone(),
        window: window(&route.summary),
    }
}

fn window(summary: &Summary) -> Window {
    let minutes = summary.points.iter().filter_map(|point| {
        let step = point.start.since(summary.start)?;
        Some(MinuteFigures {
            ago: summary.steps.checked_sub(step + 1)?,
            requests: point.requests(),
            errors: point.by_class.errors,
            p95_ms: point.p95.map(milliseconds),
        })
    });
    let p95 = summary.tally.durations.percentile(0.95);
    Window {
        newest: summary.start.number() + i64::from(summary.steps) - 1,
        minutes: minutes.collect(),
        p95_ms: p95.map(milliseconds),
    }
}

/// A database that is known to be down is not asked. One whose pool is exhausted is: a connection is kept
/// back for this look, and who holds the others is the question.
async fn inside_of_registry(state: &DeskState) -> Inside {
    let known = state.health.last();
    let is_away = known.is_some_and(|report| {
        let check = report.check(DATABASE);
        let is_exhausted = check.is_some_and(|check| check.error == Some(Code::PoolExhausted));
        is_down(check) && !is_exhausted
    });
    if is_away {
        return Inside::NotAsked;
    }
    let asked = timeout(PATIENCE, state.watched.registry_inside(&state.db)).await;
    match asked {
        Ok(answer) if answer.measured_at.is_none() => inside(&answer),
        _ => Inside::NotAsked,
    }
}
