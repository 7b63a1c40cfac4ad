//! What other modules know, in the diagnosis's own terms.

use app::dto;
use ops::clock::{from_unix_millis, parse_rfc3339_millis};
use ops::diagnosis::{
    Check, Inside, Instance, LogFile, Pool, Postgres, Query, Sqlite, Statement, Store, StoreRole,
};
use ops::health::{Report, Status};

pub fn store_of(report: &dto::StoreReport) -> Store {
    Store {
        role: match report.role {
            dto::Role::Registry => StoreRole::Registry,
            dto::Role::Ops => StoreRole::Ops,
        },
        pool: pool_of(report.pool),
        waits: report.waits.count,
        wait_p95_ms: report.waits.p95_ms,
        queries: report
            .queries
            .iter()
            .map(|query| Query {
                name: query.name.clone(),
                count: query.timing.count,
                failures: query.failures,
                p95_ms: query.timing.p95_ms,
            })
            .collect(),
        inside: match &report.inside {
            Some(known) => inside(known),
            None => Inside::Unreachable(report.inside_error.map(code_text)),
        },
    }
}

pub fn pool_of(pool: dto::Pool) -> Pool {
    Pool {
        active: pool.active,
        max: pool.max,
    }
}

pub fn inside(inside: &dto::Inside) -> Inside {
    match inside {
        dto::Inside::Sqlite(known) => Inside::Sqlite(Sqlite {
            file_bytes: known.file_bytes,
            wal_bytes: known.wal_bytes,
            free_bytes: known.free_bytes,
        }),
        dto::Inside::Postgresql(known) => Inside::Postgres(Postgres {
            connections: known.connections,
            max_connections: known.max_connections,
            blocks: known.blocks_hit.saturating_add(known.blocks_read),
            cache_hit_ratio: known.cache_hit_ratio,
            statements: known
                .statements
                .iter()
                .map(|statement| Statement {
                    pid: statement.pid,
                    is_active: statement.state == "active",
                    seconds: statement.seconds,
                })
                .collect(),
            blocked: known
                .blocked
                .iter()
                .map(|blocked| blocked.seconds)
                .collect(),
        }),
    }
}

pub fn checks(report: &Report) -> Vec<Check> {
    let checks = report.checks().map(|(name, check)| {
        let unapplied = check.details.get("missing").and_then(|it| it.as_array());
        let unapplied = unapplied.into_iter().flatten();
        Check {
            name: name.to_owned(),
            is_ready: check.ready,
            has_failed: check.status == Status::Error,
            warns: check.status == Status::Warning,
            code: check.error.map(|code| code.as_str().to_owned()),
            latency_ms: check.latency_ms(),
            unapplied: unapplied
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        }
    });
    checks.collect()
}

pub fn instance(instance: &dto::Instance) -> Option<Instance> {
    let time = |text: &Option<String>| {
        let millis = parse_rfc3339_millis(text.as_deref()?.as_bytes())?;
        Some(from_unix_millis(millis))
    };
    Some(Instance {
        name: instance.name.clone(),
        is_silent: instance.state == dto::InstanceState::Silent,
        is_live: instance.state == dto::InstanceState::Live,
        started_at: time(&instance.started_at)?,
        seen_at: time(&instance.last_seen)?,
    })
}

pub fn log_file(file: ops::log::FileStats) -> Option<LogFile> {
    let loss = file.loss?;
    Some(LogFile {
        name: loss.file.to_owned(),
        lost: loss.dropped,
        reason: loss.reason,
        since: loss.from,
    })
}

/// As JSON has it.
pub fn code_text(code: dto::Code) -> String {
    let code = serde_json::to_value(code).ok();
    let code = code.as_ref().and_then(|code| code.as_str());
    code.unwrap_or_default().to_owned()
}
