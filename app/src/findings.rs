//! What is wrong with a database, if anything: each finding is a plain sentence with its advice, said
//! by the locales. The thresholds stand here.

use crate::components::state::State;
use crate::dto::{Code, Inside, PostgresInside, SqliteInside, StoreReport};

/// Waiting this long for a connection is felt by whoever asks.
const LONG_WAIT_MS: f64 = 50.0;
const SLOW_P95_MS: f64 = 100.0;
/// Below this many a percentile says little.
const ENOUGH_QUERIES: u64 = 20;
/// Below this many blocks the ratio is that of a cache which is still being filled.
const ENOUGH_BLOCKS: u64 = 10_000;
const POOR_CACHE: f64 = 0.90;
const CROWDED: f64 = 0.80;
const LONG_SECONDS: f64 = 60.0;
const LARGE_WAL_BYTES: u64 = 64 << 20;
/// Free space is worth a VACUUM where it is both large and most of the file.
const MUCH_FREE_BYTES: u64 = 64 << 20;

#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    Unreachable(Option<Code>),
    PoolExhausted {
        max: u32,
    },
    LongWaits {
        p95_ms: f64,
    },
    Failures {
        name: String,
        count: u64,
    },
    SlowQuery {
        name: String,
        p95_ms: f64,
    },
    Blocked {
        count: usize,
        longest_seconds: f64,
    },
    LongStatement {
        pid: i64,
        seconds: f64,
    },
    IdleInTransaction {
        pid: i64,
        seconds: f64,
    },
    Crowded {
        connections: u32,
        max: u32,
    },
    PoorCache {
        ratio: f64,
    },
    LargeWal {
        bytes: u64,
    },
    MuchFree {
        bytes: u64,
    },
    /// Nothing stands out, among enough queries to say so.
    Calm,
    TooFewToSay,
}

impl Finding {
    pub fn state(&self) -> State {
        match self {
            Self::Unreachable(_) | Self::PoolExhausted { .. } | Self::Blocked { .. } => {
                State::Error
            }
            Self::Calm => State::Ok,
            Self::TooFewToSay => State::Unknown,
            _ => State::Warning,
        }
    }
}

/// The worst first.
pub fn of(store: &StoreReport) -> Vec<Finding> {
    let mut found = Vec::new();
    if store.inside.is_none() {
        found.push(Finding::Unreachable(store.inside_error));
    }
    if store.pool.max > 0 && store.pool.active >= store.pool.max {
        found.push(Finding::PoolExhausted {
            max: store.pool.max,
        });
    }
    match &store.inside {
        Some(Inside::Postgresql(inside)) => postgresql(inside, &mut found),
        Some(Inside::Sqlite(inside)) => sqlite(inside, &mut found),
        None => {}
    }
    if let Some(p95_ms) = store.waits.p95_ms
        && p95_ms >= LONG_WAIT_MS
        && store.waits.count >= ENOUGH_QUERIES
    {
        found.push(Finding::LongWaits { p95_ms });
    }
    let failing = store.queries.iter().max_by_key(|query| query.failures);
    if let Some(query) = failing.filter(|query| query.failures > 0) {
        found.push(Finding::Failures {
            name: query.name.clone(),
            count: query.failures,
        });
    }
    found.extend(store.queries.iter().filter_map(|query| {
        let p95_ms = query.timing.p95_ms?;
        let is_slow = p95_ms >= SLOW_P95_MS && query.timing.count >= ENOUGH_QUERIES;
        is_slow.then(|| Finding::SlowQuery {
            name: query.name.clone(),
            p95_ms,
        })
    }));
    if found.is_empty() {
        found.push(match store.waits.count {
            ENOUGH_QUERIES.. => Finding::Calm,
            _ => Finding::TooFewToSay,
        });
    }
    found
}

fn postgresql(inside: &PostgresInside, found: &mut Vec<Finding>) {
    if let Some(longest) = inside.blocked.first() {
        found.push(Finding::Blocked {
            count: inside.blocked.len(),
            longest_seconds: longest.seconds,
        });
    }
    found.extend(inside.statements.iter().filter_map(|statement| {
        let (pid, seconds) = (statement.pid, statement.seconds);
        if statement.state == "active" {
            (seconds >= LONG_SECONDS).then_some(Finding::LongStatement { pid, seconds })
        } else {
            Some(Finding::IdleInTransaction { pid, seconds })
        }
    }));
    let (connections, max) = (inside.connections, inside.max_connections);
    if f64::from(connections) >= CROWDED * f64::from(max) {
        found.push(Finding::Crowded { connections, max });
    }
    let is_warm = inside.blocks_hit + inside.blocks_read >= ENOUGH_BLOCKS;
    if let Some(ratio) = inside.cache_hit_ratio.filter(|ratio| *ratio < POOR_CACHE)
        && is_warm
    {
        found.push(Finding::PoorCache { ratio });
    }
}

fn sqlite(inside: &SqliteInside, found: &mut Vec<Finding>) {
    if inside.wal_bytes >= LARGE_WAL_BYTES {
        found.push(Finding::LargeWal {
            bytes: inside.wal_bytes,
        });
    }
    if inside.free_bytes >= MUCH_FREE_BYTES && inside.free_bytes * 2 >= inside.file_bytes {
        found.push(Finding::MuchFree {
            bytes: inside.free_bytes,
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::fixtures::database::{calm, empty, troubled};

    #[test]
    fn a_calm_store_is_called_calm_and_an_idle_one_is_not() {
        for store in &calm().stores {
            assert_eq!(of(store), [Finding::Calm]);
        }
        assert_eq!(of(&empty().stores[0]), [Finding::TooFewToSay]);
    }

    #[test]
    fn every_trouble_is_found_the_worst_first() {
        let troubled = troubled();
        let names = |found: Vec<Finding>| {
            let names = found.iter().map(|finding| format!("{finding:?}"));
            let names: Vec<String> = names
                .map(|text| text.split([' ', '(']).next().unwrap_or_default().to_owned())
                .collect();
            names
        };
        assert_eq!(
            names(of(&troubled.stores[0])),
            [
                "PoolExhausted",
                "Blocked",
                "LongStatement",
                "IdleInTransaction",
                "Crowded",
                "PoorCache",
                "LongWaits",
                "Failures",
                "SlowQuery"
            ]
        );
        assert_eq!(
            of(&troubled.stores[1]),
            [Finding::Unreachable(Some(Code::Timeout))]
        );
    }

    #[test]
    fn a_file_full_of_nothing_and_a_log_that_grows_are_found() {
        let mut store = empty().stores.remove(0);
        store.inside = Some(Inside::Sqlite(SqliteInside {
            file_bytes: 200 << 20,
            wal_bytes: 70 << 20,
            free_bytes: 150 << 20,
            journal_mode: "wal".to_owned(),
        }));
        let (wal, free) = (70 << 20, 150 << 20);
        assert_eq!(
            of(&store),
            [
                Finding::LargeWal { bytes: wal },
                Finding::MuchFree { bytes: free }
            ]
        );
    }

    #[test]
    fn few_slow_queries_prove_nothing() {
        let mut store = calm().stores.remove(0);
        store.queries[0].timing.p95_ms = Some(900.0);
        store.queries[0].timing.count = ENOUGH_QUERIES - 1;
        assert_eq!(of(&store), [Finding::Calm]);
    }
}
