//! What is wrong with a database.

use super::super::finding::{Finding, Severity, Subject};
use super::super::memory::Memory;
use super::super::snapshot::{Inside, Postgres, Sqlite, Store, StoreRole};
use super::super::thresholds::{
    CACHE_HIT_RATIO, CONNECTION_WAIT_P95_MS, CONNECTIONS_SHARE, ENOUGH_BLOCKS, ENOUGH_QUERIES,
    IDLE_TRANSACTION_SECONDS, LOCK_WAIT_SECONDS, POOL_EXHAUSTED_FOR, QUERY_P95_MS,
    RECLAIMABLE_BYTES, STATEMENT_SECONDS, WAL_BYTES,
};
use super::Context;

pub fn databases(context: &Context) -> Vec<Finding> {
    let stores = context.snapshot.stores.iter();
    let mut found: Vec<Finding> = stores
        .flat_map(|store| of_store(store, context.memory))
        .collect();
    // Readiness and monitoring say so themselves, with less delay.
    found.retain(|finding| finding.id != "store_unreachable");
    found
}

/// All that is to be said of one store, advice too; the most severe first. What counts "since the
/// start" is advice alone: it never clears.
pub fn of_store(store: &Store, memory: &Memory) -> Vec<Finding> {
    let judged = Judged { store, memory };
    let mut found = Vec::new();
    if let Inside::Unreachable(code) = &store.inside {
        let finding = judged.finding("store_unreachable", Severity::Critical);
        found.push(match code {
            Some(code) => finding.with("code", &**code),
            None => finding,
        });
    }
    found.extend(judged.pool());
    match &store.inside {
        Inside::Postgres(inside) => judged.postgres(inside, &mut found),
        Inside::Sqlite(inside) => judged.sqlite(*inside, &mut found),
        Inside::Unreachable(_) | Inside::NotAsked => {}
    }
    judged.queries(&mut found);
    found
}

struct Judged<'a> {
    store: &'a Store,
    memory: &'a Memory,
}

impl Judged<'_> {
    fn finding(&self, id: &'static str, severity: Severity) -> Finding {
        Finding::new(id, severity, Subject::Store(self.store.role.name()))
    }

    /// The desk's own trouble does not fail the service.
    fn worst(&self) -> Severity {
        match self.store.role {
            StoreRole::Registry => Severity::Critical,
            StoreRole::Ops => Severity::Warning,
        }
    }

    fn pool(&self) -> Option<Finding> {
        let pool = self.store.pool;
        (pool.max > 0 && pool.active >= pool.max).then(|| {
            self.finding("pool_exhausted", self.worst())
                .with("max", pool.max)
                .sustained(POOL_EXHAUSTED_FOR)
        })
    }

    fn postgres(&self, inside: &Postgres, found: &mut Vec<Finding>) {
        if let Some(longest) = inside.blocked.first() {
            let subject = Subject::Store(self.store.role.name());
            let before = self.memory.severity_lately("statements_blocked", &subject);
            let was_long = before == Some(self.worst());
            let severity = if LOCK_WAIT_SECONDS.is_exceeded(*longest, was_long) {
                self.worst()
            } else {
                Severity::Info
            };
            found.push(
                self.finding("statements_blocked", severity)
                    .with("count", inside.blocked.len())
                    .with("longest_seconds", *longest),
            );
        }
        found.extend(inside.statements.iter().filter_map(|statement| {
            let (id, limit) = if statement.is_active {
                ("statement_long", STATEMENT_SECONDS)
            } else {
                ("transaction_idle", IDLE_TRANSACTION_SECONDS)
            };
            (statement.seconds >= limit).then(|| {
                self.finding(id, Severity::Warning)
                    .with("pid", statement.pid)
                    .with("seconds", statement.seconds)
            })
        }));
        let (connections, max) = (inside.connections, inside.max_connections);
        let share = f64::from(connections) / f64::from(max.max(1));
        let subject = Subject::Store(self.store.role.name());
        let held = self.memory.severity("server_crowded", &subject).is_some();
        if CONNECTIONS_SHARE.is_exceeded(share, held) {
            found.push(
                self.finding("server_crowded", Severity::Warning)
                    .with("connections", connections)
                    .with("max", max),
            );
        }
        let is_warm = inside.blocks >= ENOUGH_BLOCKS;
        if let Some(ratio) = inside.cache_hit_ratio
            && ratio < CACHE_HIT_RATIO
            && is_warm
        {
            found.push(
                self.finding("cache_poor", Severity::Info)
                    .with("ratio", ratio),
            );
        }
    }

    fn sqlite(&self, inside: Sqlite, found: &mut Vec<Finding>) {
        let Sqlite {
            file_bytes,
            wal_bytes,
            free_bytes,
        } = inside;
        if wal_bytes >= WAL_BYTES {
            found.push(
                self.finding("wal_large", Severity::Info)
                    .with("bytes", wal_bytes),
            );
        }
        if free_bytes >= RECLAIMABLE_BYTES && free_bytes.saturating_mul(2) >= file_bytes {
            let reclaimable = self.finding("space_reclaimable", Severity::Info);
            found.push(reclaimable.with("bytes", free_bytes));
        }
    }

    fn queries(&self, found: &mut Vec<Finding>) {
        let Store { waits, queries, .. } = self.store;
        if let Some(p95_ms) = self.store.wait_p95_ms
            && p95_ms >= CONNECTION_WAIT_P95_MS
            && *waits >= ENOUGH_QUERIES
        {
            found.push(
                self.finding("pool_waits_long", Severity::Info)
                    .with("p95_ms", p95_ms),
            );
        }
        let failing = queries.iter().max_by_key(|query| query.failures);
        if let Some(query) = failing.filter(|query| query.failures > 0) {
            found.push(
                self.finding("query_fails", Severity::Info)
                    .with("query", &*query.name)
                    .with("count", query.failures),
            );
        }
        found.extend(queries.iter().filter_map(|query| {
            let p95_ms = query.p95_ms?;
            let is_slow = p95_ms >= QUERY_P95_MS && query.count >= ENOUGH_QUERIES;
            is_slow.then(|| {
                self.finding("query_slow", Severity::Info)
                    .with("query", &*query.name)
                    .with("p95_ms", p95_ms)
            })
        }));
    }
}
