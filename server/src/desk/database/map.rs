//! What a database says of itself and what its operations cost, as the desk shows it.

use app::dto;

use crate::db::figures::{NamedQuery, Timing};
use crate::db::milliseconds;
use crate::db::queries::inside::{Blocked, Inside, PostgresInside, Statement};

pub fn timing(timing: Timing) -> dto::Timing {
    dto::Timing {
        count: timing.count,
        total_ms: milliseconds(timing.total),
        avg_ms: timing.average.map(milliseconds),
        p95_ms: timing.p95.map(milliseconds),
        max_ms: timing.longest.map(milliseconds),
    }
}

pub fn named_query(query: NamedQuery) -> dto::NamedQuery {
    dto::NamedQuery {
        name: query.name.to_owned(),
        calls: query.calls,
        failures: query.failures,
        timing: timing(query.timing),
    }
}

pub fn inside(inside: Inside) -> dto::Inside {
    match inside {
        Inside::Sqlite(sqlite) => dto::Inside::Sqlite(dto::SqliteInside {
            file_bytes: sqlite.file_bytes,
            wal_bytes: sqlite.wal_bytes,
            free_bytes: sqlite.free_bytes,
            journal_mode: sqlite.journal_mode,
        }),
        Inside::Postgresql(postgres) => dto::Inside::Postgresql(postgres_inside(postgres)),
    }
}

fn postgres_inside(inside: PostgresInside) -> dto::PostgresInside {
    dto::PostgresInside {
        size_bytes: inside.size_bytes,
        connections: inside.connections,
        max_connections: inside.max_connections,
        cache_hit_ratio: inside.cache_hit_ratio(),
        blocks_hit: inside.blocks_hit,
        blocks_read: inside.blocks_read,
        deadlocks: inside.deadlocks,
        statements: inside.statements.into_iter().map(statement).collect(),
        blocked: inside.blocked.into_iter().map(blocked).collect(),
    }
}

fn statement(statement: Statement) -> dto::Statement {
    dto::Statement {
        pid: statement.pid,
        state: statement.state,
        seconds: tenths(statement.seconds),
        waiting_for: statement.waiting_for,
        application: statement.application,
        sql: statement.sql,
    }
}

fn blocked(blocked: Blocked) -> dto::Blocked {
    dto::Blocked {
        pid: blocked.pid,
        by_pid: blocked.by_pid,
        seconds: tenths(blocked.seconds),
        relation: blocked.relation,
    }
}

fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}
