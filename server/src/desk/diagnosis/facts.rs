//! What other modules know, in the diagnosis's own terms.

use std::collections::HashSet;

use app::dto;
use ops::clock::from_unix_millis;
use ops::diagnosis::{
    Check, Inside, Instance, LogFile, Pool, Postgres, Query, Sqlite, Statement, Store, StoreRole,
};
use ops::health::{Report, Status};
use ops::instances;

use crate::db::figures::{NamedQuery, Timing};
use crate::db::queries::inside::{self, Blocked, PostgresInside};
use crate::db::{Db, milliseconds};
use crate::desk::last_known::Answer;

/// As one database was used since the start, and as it is from within.
pub fn store(role: StoreRole, db: &Db, costs: &(Timing, Vec<NamedQuery>), inside: Inside) -> Store {
    let (waits, queries) = costs;
    let queries = queries.iter().map(|query| Query {
        name: query.name.to_owned(),
        count: query.timing.count,
        failures: query.failures,
        p95_ms: query.timing.p95.map(milliseconds),
    });
    Store {
        role,
        pool: pool(db),
        waits: waits.count,
        wait_p95_ms: waits.p95.map(milliseconds),
        queries: queries.collect(),
        inside,
    }
}

pub fn pool(db: &Db) -> Pool {
    let pool = db.pool_state();
    Pool {
        active: pool.active,
        max: pool.max,
    }
}

/// What a database says of itself, or that it says nothing.
pub fn inside(looked: &Answer<inside::Inside>) -> Inside {
    match &looked.value {
        Some(inside::Inside::Sqlite(known)) => Inside::Sqlite(Sqlite {
            file_bytes: known.file_bytes,
            wal_bytes: known.wal_bytes,
            free_bytes: known.free_bytes,
        }),
        Some(inside::Inside::Postgresql(known)) => Inside::Postgres(postgres(known)),
        None => Inside::Unreachable(looked.error.map(code_text)),
    }
}

fn postgres(known: &PostgresInside) -> Postgres {
    let statements = known.statements.iter().map(|statement| Statement {
        pid: statement.pid,
        is_active: statement.state == "active",
        seconds: statement.seconds,
    });
    Postgres {
        connections: known.connections,
        max_connections: known.max_connections,
        blocks: known.blocks_hit.saturating_add(known.blocks_read),
        cache_hit_ratio: known.cache_hit_ratio(),
        statements: statements.collect(),
        blocked: blocked(&known.blocked),
    }
}

/// How long each statement has waited, the longest first: one that waits for several processes has a row
/// for each of them.
fn blocked(rows: &[Blocked]) -> Vec<f64> {
    let mut known = HashSet::new();
    let waiting = rows.iter().filter(|row| known.insert(row.pid));
    waiting
        .map(|row| (row.seconds * 10.0).round() / 10.0)
        .collect()
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

pub fn instance((known, state): (instances::Instance, instances::State)) -> Instance {
    Instance {
        name: known.name,
        is_silent: state == instances::State::Silent,
        is_live: state == instances::State::Live,
        started_at: from_unix_millis(known.started_ms),
        seen_at: from_unix_millis(known.seen_ms),
    }
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
