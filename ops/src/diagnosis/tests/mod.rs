//! What a verdict names: staged incidents, each as the snapshot that it made.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod ended;
mod latest;
mod properties;
mod requests;
mod resources;

use std::time::{Duration, UNIX_EPOCH};

use super::*;

const NOW: Duration = Duration::from_secs(1_800_000_000);

/// All is well, and there is traffic.
fn calm() -> Snapshot {
    let check = |name: &str| Check {
        name: name.to_owned(),
        is_ready: true,
        has_failed: false,
        warns: false,
        code: None,
        latency_ms: Some(0.8),
        unapplied: Vec::new(),
    };
    let now = UNIX_EPOCH + NOW;
    Snapshot {
        now,
        uptime: Duration::from_secs(7200),
        checks: ["database", "migrations", "startup"].map(check).to_vec(),
        traffic: Traffic {
            all: window(&[(1200, 1), (1200, 0), (1200, 2), (1200, 0), (300, 0)]),
            routes: Vec::new(),
        },
        stores: vec![store(StoreRole::Registry), store(StoreRole::Ops)],
        disks: ["log", "data"]
            .map(|name| Disk {
                name,
                used_bytes: 60 << 30,
                free_bytes: 40 << 30,
                history: Vec::new(),
            })
            .to_vec(),
        instances: vec![instance("web-1:17", 7200, 0), instance("web-2:17", 7000, 2)],
        log_files: Vec::new(),
        memory: MemoryUse {
            used_bytes: 200 << 20,
            limit_bytes: Some(512 << 20),
        },
        monitor: Monitor::default(),
    }
}

/// Requests and errors of minutes, the running one last.
fn window(minutes: &[(u64, u64)]) -> Window {
    let newest_first = minutes.iter().rev().zip(0..);
    Window {
        newest: 0,
        minutes: newest_first
            .map(|((requests, errors), ago)| MinuteFigures {
                ago,
                requests: *requests,
                errors: *errors,
                p95_ms: Some(12.0),
            })
            .collect(),
        p95_ms: Some(12.0),
    }
}

fn store(role: StoreRole) -> Store {
    Store {
        role,
        pool: Pool { active: 2, max: 20 },
        waits: 4000,
        wait_p95_ms: Some(0.1),
        queries: Vec::new(),
        inside: Inside::NotAsked,
    }
}

/// Started and seen so many seconds ago.
fn instance(name: &str, started: u64, seen: u64) -> Instance {
    let ago = |seconds| UNIX_EPOCH + NOW - Duration::from_secs(seconds);
    Instance {
        name: name.to_owned(),
        is_silent: seen > 20,
        is_live: seen <= 20,
        started_at: ago(started),
        seen_at: ago(seen),
    }
}

fn verdict(change: impl FnOnce(&mut Snapshot)) -> Verdict {
    let mut snapshot = calm();
    change(&mut snapshot);
    diagnose(&snapshot, &mut Memory::default())
}

/// `id subject` of each finding.
fn named(verdict: &Verdict) -> Vec<String> {
    let findings = verdict.findings.iter();
    findings
        .map(|finding| format!("{} {}", finding.id, finding.subject.name()))
        .collect()
}

fn of(snapshot: &Snapshot, memory: &mut Memory) -> (State, Vec<String>) {
    let verdict = diagnose(snapshot, memory);
    (verdict.state, named(&verdict))
}

fn later(snapshot: &mut Snapshot, seconds: u64) {
    snapshot.now += Duration::from_secs(seconds);
    snapshot.uptime += Duration::from_secs(seconds);
}

fn fail(snapshot: &mut Snapshot, name: &str, code: &str) {
    for check in snapshot.checks.iter_mut().filter(|it| it.name == name) {
        check.has_failed = true;
        check.is_ready = false;
        check.code = Some(code.to_owned());
    }
}
