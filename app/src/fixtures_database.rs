//! The databases from within, in each kind of day.

use serde_json::json;

use super::diagnosis::finding;
use crate::dto::{
    Blocked, Code, DatabaseReport, Finding, Inside, NamedQuery, Pool, PostgresInside, Role,
    Severity, SqliteInside, Statement, StoreReport, Timing, Vendor,
};

/// PostgreSQL beside a store on SQLite, and nothing stands out.
pub fn calm() -> DatabaseReport {
    DatabaseReport {
        stores: vec![
            StoreReport {
                role: Role::Registry,
                vendor: Vendor::Postgresql,
                pool: pool(2),
                waits: timing(48_211, 0.02, 0.05),
                queries: vec![
                    query("agent_cards.list", 0, timing(12_004, 3.4, 11.2)),
                    query("sessions.find", 0, timing(30_911, 0.4, 0.9)),
                    query("health.ask", 0, timing(5_296, 0.8, 1.4)),
                ],
                inside: Some(Inside::Postgresql(PostgresInside {
                    size_bytes: 734_003_200,
                    connections: 24,
                    max_connections: 100,
                    blocks_hit: 981_223,
                    blocks_read: 2_100,
                    cache_hit_ratio: Some(0.9979),
                    deadlocks: 0,
                    statements: vec![],
                    blocked: vec![],
                })),
                inside_measured_at: None,
                inside_error: None,
                findings: vec![],
                can_be_judged: true,
            },
            StoreReport {
                role: Role::Ops,
                vendor: Vendor::Sqlite,
                pool: pool(0),
                waits: timing(8_640, 0.01, 0.03),
                queries: vec![query("traffic.write", 0, timing(8_640, 1.1, 2.9))],
                inside: Some(Inside::Sqlite(SqliteInside {
                    file_bytes: 9_437_184,
                    wal_bytes: 4_152,
                    free_bytes: 0,
                    journal_mode: "wal".to_owned(),
                })),
                inside_measured_at: None,
                inside_error: None,
                findings: vec![],
                can_be_judged: true,
            },
        ],
        counted_since: "2026-11-23T20:12:09.000Z".to_owned(),
        generated_at: "2026-11-24T03:22:51.100Z".to_owned(),
    }
}

/// Everything at once, and the desk's own store does not answer.
pub fn troubled() -> DatabaseReport {
    let mut report = calm();
    if let [registry, ops] = report.stores.as_mut_slice() {
        registry.findings = findings();
        registry.pool = pool(20);
        registry.waits = timing(48_211, 80.5, 1_904.0);
        registry.queries = vec![
            query("agent_cards.list", 31, timing(12_004, 240.2, 1_811.9)),
            query("sessions.find", 2, timing(30_911, 0.4, 0.9)),
        ];
        registry.inside = Some(Inside::Postgresql(PostgresInside {
            size_bytes: 734_003_200,
            connections: 92,
            max_connections: 100,
            blocks_hit: 600_000,
            blocks_read: 200_000,
            cache_hit_ratio: Some(0.75),
            deadlocks: 3,
            statements: vec![
                Statement {
                    pid: 4_711,
                    state: "active".to_owned(),
                    seconds: 312.4,
                    waiting_for: Some("IO: DataFileRead".to_owned()),
                    application: "agent-source-db".to_owned(),
                    sql: Some("SELECT * FROM agent_cards WHERE name LIKE $1".to_owned()),
                },
                Statement {
                    pid: 4_802,
                    state: "idle in transaction".to_owned(),
                    seconds: 41.0,
                    waiting_for: Some("Client: ClientRead".to_owned()),
                    application: "psql".to_owned(),
                    sql: None,
                },
            ],
            blocked: vec![Blocked {
                pid: 4_900,
                by_pid: 4_802,
                seconds: 38.9,
                relation: Some("agent_cards".to_owned()),
            }],
        }));
        ops.findings = vec![finding(
            "store_unreachable",
            Severity::Critical,
            "ops",
            json!({"code": "timeout"}),
        )];
        ops.inside = None;
        ops.inside_error = Some(Code::Timeout);
    }
    report
}

fn findings() -> Vec<Finding> {
    use Severity::{Critical, Info, Warning};
    let found = [
        ("pool_exhausted", Critical, json!({"max": 20})),
        (
            "statements_blocked",
            Critical,
            json!({"count": 1, "longest_seconds": 38.9}),
        ),
        (
            "statement_long",
            Warning,
            json!({"pid": 4711, "seconds": 312.4}),
        ),
        (
            "transaction_idle",
            Warning,
            json!({"pid": 4802, "seconds": 41}),
        ),
        (
            "server_crowded",
            Warning,
            json!({"connections": 92, "max": 100}),
        ),
        ("cache_poor", Info, json!({"ratio": 0.75})),
        ("pool_waits_long", Info, json!({"p95_ms": 1904.0})),
        (
            "query_fails",
            Info,
            json!({"query": "agent_cards.list", "count": 31}),
        ),
        (
            "query_slow",
            Info,
            json!({"query": "agent_cards.list", "p95_ms": 1811.9}),
        ),
    ];
    let found = found.into_iter();
    found
        .map(|(id, severity, evidence)| finding(id, severity, "registry", evidence))
        .collect()
}

/// Just started.
pub fn empty() -> DatabaseReport {
    let mut report = calm();
    report.stores.truncate(1);
    for store in &mut report.stores {
        store.role = Role::Registry;
        store.vendor = Vendor::Sqlite;
        store.pool = Pool {
            active: 0,
            idle: 0,
            max: 20,
        };
        store.waits = Timing::default();
        store.can_be_judged = false;
        store.queries = vec![];
        store.inside = Some(Inside::Sqlite(SqliteInside {
            file_bytes: 0,
            wal_bytes: 0,
            free_bytes: 0,
            journal_mode: "wal".to_owned(),
        }));
    }
    report
}

fn pool(active: u32) -> Pool {
    Pool {
        active,
        idle: 3,
        max: 20,
    }
}

fn query(name: &str, failures: u64, timing: Timing) -> NamedQuery {
    NamedQuery {
        name: name.to_owned(),
        // One of them never had a connection.
        calls: timing.count.max(failures),
        failures,
        timing,
    }
}

fn timing(count: u64, avg_ms: f64, p95_ms: f64) -> Timing {
    Timing {
        count,
        total_ms: count as f64 * avg_ms,
        avg_ms: Some(avg_ms),
        p95_ms: Some(p95_ms),
        max_ms: Some(p95_ms * 2.0),
    }
}
