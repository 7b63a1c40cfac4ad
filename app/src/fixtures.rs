//! Statuses for tests and for the preview: one of each kind of day.

#[path = "fixtures_database.rs"]
pub mod database;
#[path = "fixtures_diagnosis.rs"]
pub mod diagnosis;
#[path = "fixtures_host.rs"]
mod of_host;
#[path = "fixtures_traffic.rs"]
mod of_traffic;
#[path = "fixtures_watch.rs"]
mod watch;

pub use of_host::{events, host};
pub use of_traffic::{overview, route, routes};
pub use watch::{error_groups, instances};

use serde_json::json;

use crate::dto::{
    Check, CheckStatus, Checks, Code, Connection, Count, Data, Database, DroppedMinutes,
    ErrorExample, ErrorGroup, ErrorGroups, ErrorPlace, EventKind, Finding, Gauge, GaugeSteps,
    HostHistory, HostNow, HostSteps, Instance, InstanceEvent, InstanceState, Instances, LastErrors,
    LogFile, LogLevelState, LogLine, LogLoss, LogPage, LogQuery, Logging, NotableRequest, Overview,
    Period, Pool, RequestStory, RoutePage, RouteRow, RouteSort, RoutesPage, Service, Severity,
    Status, Traffic, TrafficHistory, TrafficPoint, TrafficSteps, Vendor, Verdict, VerdictState,
    Whose,
};

/// All is well, and there is something of everything.
pub fn healthy() -> Status {
    Status {
        service: service(),
        verdict: diagnosis::verdict(VerdictState::Ok, Vec::new()),
        database: Database {
            vendor: Vendor::Postgresql,
            version: Some("18.0".to_owned()),
            connection: Connection::Ok,
            error: None,
            latency_ms: Some(0.84),
            pool: Pool {
                active: 3,
                idle: 5,
                max: 20,
            },
        },
        checks: Checks::from([
            (
                "database".to_owned(),
                Check {
                    latency_ms: Some(0.84),
                    ..check(CheckStatus::Ok)
                },
            ),
            (
                "migrations".to_owned(),
                Check {
                    unapplied: Some(0),
                    ..check(CheckStatus::Ok)
                },
            ),
            ("startup".to_owned(), check(CheckStatus::Ok)),
            (
                "billing".to_owned(),
                Check {
                    latency_ms: Some(38.2),
                    ..check(CheckStatus::Ok)
                },
            ),
        ]),
        data: Some(Data {
            agentcards: Count {
                total: 12_847,
                active: 12_011,
            },
            namespaces: Count {
                total: 42,
                active: 40,
            },
            schemas: Count {
                total: 7,
                active: 7,
            },
        }),
        data_measured_at: None,
        data_error: None,
        traffic_24h: Some(traffic()),
        traffic_24h_error: None,
        recent_errors: Some(vec![failed_query(), hostile(), slow_dependency()]),
        recent_errors_error: None,
        logging: Logging {
            dropped_lines: 0,
            held_back_lines: 0,
            losses: Vec::new(),
            files: vec![
                file("access.log", 31_457_280, 4),
                file("app.log", 48_123_904, 10),
                file("db.log", 1_204, 0),
                file("error.log", 73_400, 0),
            ],
        },
        dropped_minutes: DroppedMinutes::default(),
        unparsable_requests: 0,
        generated_at: "2026-11-24T03:22:37.512Z".to_owned(),
    }
}

/// Three minutes of a service that has just been started, the second of them idle.
fn traffic() -> Traffic {
    let point = |t: &str, requests| TrafficPoint {
        t: t.to_owned(),
        requests,
        errors: 0,
        client_errors: 0,
        avg_ms: None,
        p95_ms: None,
    };
    Traffic {
        requests: 60,
        errors: 1,
        client_errors: 5,
        error_rate: Some(1.0 / 60.0),
        avg_ms: Some(4.21),
        p50_ms: Some(2.8),
        p95_ms: Some(18.4),
        p99_ms: Some(41.9),
        covered_minutes: 3,
        points: vec![
            TrafficPoint {
                errors: 1,
                client_errors: 5,
                avg_ms: Some(4.9),
                p95_ms: Some(19.4),
                ..point("2026-11-24T03:20:00.000Z", 48)
            },
            point("2026-11-24T03:21:00.000Z", 0),
            TrafficPoint {
                avg_ms: Some(1.45),
                p95_ms: Some(2.9),
                ..point("2026-11-24T03:22:00.000Z", 12)
            },
        ],
    }
}

/// The database is down, migrations are missing, the disk is full.
pub fn broken() -> Status {
    let mut status = healthy();
    status.verdict = diagnosis::not_ready();
    status.database = Database {
        version: None,
        connection: Connection::Failed,
        error: Some(Code::Refused),
        latency_ms: None,
        pool: Pool {
            active: 0,
            idle: 0,
            max: 20,
        },
        ..status.database
    };
    status.checks = Checks::from([
        ("database".to_owned(), failed(Code::Refused)),
        (
            "migrations".to_owned(),
            Check {
                unapplied: Some(2),
                ..check(CheckStatus::Warning)
            },
        ),
        ("startup".to_owned(), check(CheckStatus::Ok)),
        (
            "billing".to_owned(),
            Check {
                latency_ms: Some(1840.5),
                ..check(CheckStatus::Warning)
            },
        ),
    ]);
    status.data = None;
    status.data_error = Some(Code::Refused);
    status.recent_errors = None;
    status.recent_errors_error = Some(Code::Unreachable);
    status.logging.dropped_lines = 1_234;
    status.logging.held_back_lines = 56;
    status.dropped_minutes.traffic = 3;
    if let Some(file) = status.logging.files.first_mut() {
        file.loss = Some(LogLoss {
            file: file.name.clone(),
            dropped: 1_234,
            reason: "No space left on device (os error 28)".to_owned(),
            from: "2026-11-24T03:20:31.120Z".to_owned(),
            to: None,
        });
    }
    status
}

/// The very first start: nothing has happened yet.
pub fn empty() -> Status {
    let none = Count {
        total: 0,
        active: 0,
    };
    let mut status = healthy();
    let none_registered = diagnosis::finding("no_checks", Severity::Warning, "", json!({}));
    status.verdict = diagnosis::verdict(VerdictState::Warning, vec![none_registered]);
    status.service.uptime_seconds = 4;
    status.database.vendor = Vendor::Sqlite;
    status.database.version = Some("3.50.4".to_owned());
    status.database.pool = Pool {
        active: 0,
        idle: 0,
        max: 0,
    };
    status.checks = Checks::new();
    status.data = Some(Data {
        agentcards: none,
        namespaces: none,
        schemas: none,
    });
    status.recent_errors = Some(Vec::new());
    status.logging = Logging {
        dropped_lines: 0,
        held_back_lines: 0,
        losses: Vec::new(),
        files: Vec::new(),
    };
    status
}

/// Log files that are there and have nothing that matches.
pub fn no_lines(query: LogQuery) -> LogPage {
    LogPage {
        query,
        lines: Vec::new(),
        older: None,
        newest: None,
        searched_bytes: 48_211_400,
        total_bytes: 48_211_400,
        stopped_early: false,
        histogram: None,
        took_ms: 41.3,
        error: None,
        generated_at: "2026-11-24T03:22:40.000Z".to_owned(),
    }
}

/// A request that no file knows.
pub fn no_story(id: String) -> RequestStory {
    RequestStory {
        id,
        request_id: None,
        lines: Vec::new(),
        searched_bytes: 96_400_122,
        total_bytes: 96_400_122,
        stopped_early: false,
        error: None,
        generated_at: "2026-11-24T03:22:40.000Z".to_owned(),
    }
}

pub fn configured_level() -> LogLevelState {
    LogLevelState {
        directives: "info".to_owned(),
        configured: "info".to_owned(),
        until: None,
        changed_by: None,
    }
}

/// An error whose text would like to be more than text.
pub fn hostile() -> LogLine {
    line(json!({
        "timestamp": "2026-11-24T03:19:02.004Z", "level": "ERROR", "logger": "server::registry",
        "message": "bad name <script>alert(1)</script> \u{1b}[31mred\u{1b}[0m \u{202e}gpj.exe\u{202c} שלום",
        "request_id": "01938f5e-7c1a-7d3e-9b0a-2f4c6d8e0a1b",
        "<img src=x onerror=alert(2)>": "&amp; \"quoted\""
    }))
}

fn failed_query() -> LogLine {
    line(json!({
        "timestamp": "2026-11-24T03:22:31.120Z", "level": "ERROR", "logger": "server::error",
        "message": "request failed", "error_id": "9F3A61C0",
        "request_id": "01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c",
        "error": ["listing agent cards", "query \"agent_cards.list\" failed",
                  "canceling statement due to statement timeout"],
        "span": { "name": "request", "route": "/api/agentcards/" }, "duration_ms": 5003.21
    }))
}

fn slow_dependency() -> LogLine {
    line(json!({
        "timestamp": "2026-11-23T19:02:10.431Z", "level": "WARNING", "logger": "ops::health",
        "message": "check \"billing\" turned from ok to warning: it took 1 840 ms, and more than 1 000 ms is slow",
        "check": "billing", "latency_ms": 1840.5, "retried": true
    }))
}

fn line(fields: serde_json::Value) -> LogLine {
    match fields {
        serde_json::Value::Object(line) => line,
        _ => LogLine::new(),
    }
}

fn service() -> Service {
    Service {
        name: "agent-source-db".to_owned(),
        version: "0.1.0".to_owned(),
        commit: "dcd69c7".to_owned(),
        instance: "desk-7f9c6d5b4-x2x8k/1".to_owned(),
        started_at: "2026-11-11T22:10:04.000Z".to_owned(),
        uptime_seconds: 12 * 86_400 + 5 * 3600 + 13 * 60,
    }
}

fn check(status: CheckStatus) -> Check {
    Check {
        status,
        error: None,
        latency_ms: None,
        unapplied: None,
    }
}

fn failed(code: Code) -> Check {
    Check {
        error: Some(code),
        ..check(CheckStatus::Error)
    }
}

fn file(name: &str, bytes: u64, generations: u32) -> LogFile {
    LogFile {
        name: name.to_owned(),
        bytes,
        generations,
        dropped_lines: 0,
        held_back_lines: 0,
        loss: None,
    }
}
