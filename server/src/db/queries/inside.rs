//! What a database says of itself: sizes, connections, who waits for whom.

use std::fs;
use std::time::Duration;

use diesel::{QueryResult, QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl as _;

use crate::db::url::DatabaseUrl;
use crate::db::{Conn, Db, DbError, PgConn, SqliteConn};

const SQLITE: &str = "\
    SELECT c.page_count * s.page_size AS file_bytes, f.freelist_count * s.page_size AS free_bytes, \
           j.journal_mode AS journal_mode \
    FROM pragma_page_count() c, pragma_page_size() s, pragma_freelist_count() f, \
         pragma_journal_mode() j";

/// The server's own processes hold no client connection.
const POSTGRES: &str = "\
    SELECT pg_database_size(current_database())::bigint AS size_bytes, \
           (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::bigint \
               AS connections, \
           current_setting('max_connections')::bigint AS max_connections, \
           d.blks_hit::bigint AS blocks_hit, d.blks_read::bigint AS blocks_read, \
           d.deadlocks::bigint AS deadlocks \
    FROM pg_stat_database d WHERE d.datname = current_database()";

/// A statement that runs counts from its start; a transaction that idles, from its last statement's
/// end.
const STATEMENTS: &str = "\
    SELECT pid::bigint AS pid, state, seconds::float8 AS seconds, waiting_for, \
           application_name AS application, \
           CASE WHEN application_name = 'agent-source-db' THEN left(query, 1000) END AS sql \
    FROM (SELECT *, wait_event_type || ': ' || wait_event AS waiting_for, \
                 EXTRACT(EPOCH FROM clock_timestamp() - \
                     CASE WHEN state = 'active' THEN query_start ELSE state_change END) AS seconds \
          FROM pg_stat_activity \
          WHERE datname = current_database() AND pid <> pg_backend_pid() \
            AND backend_type = 'client backend' \
            AND (state = 'active' OR state LIKE 'idle in transaction%')) a \
    WHERE seconds > 1 ORDER BY seconds DESC LIMIT 10";

const BLOCKED: &str = "\
    SELECT a.pid::bigint AS pid, b.pid::bigint AS by_pid, \
           EXTRACT(EPOCH FROM clock_timestamp() - a.query_start)::float8 AS seconds, \
           (SELECT l.relation::regclass::text FROM pg_locks l \
            WHERE l.pid = a.pid AND NOT l.granted AND l.relation IS NOT NULL LIMIT 1) AS relation \
    FROM pg_stat_activity a CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS b(pid) \
    WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' \
    ORDER BY seconds DESC LIMIT 10";

#[derive(QueryableByName)]
struct SqliteRow {
    #[diesel(sql_type = sql_types::BigInt)]
    file_bytes: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    free_bytes: i64,
    #[diesel(sql_type = sql_types::Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct PostgresRow {
    #[diesel(sql_type = sql_types::BigInt)]
    size_bytes: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    connections: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    max_connections: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    blocks_hit: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    blocks_read: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    deadlocks: i64,
}

#[derive(Clone, Debug, QueryableByName)]
pub struct Statement {
    #[diesel(sql_type = sql_types::BigInt)]
    pub pid: i64,
    #[diesel(sql_type = sql_types::Text)]
    pub state: String,
    #[diesel(sql_type = sql_types::Double)]
    pub seconds: f64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub waiting_for: Option<String>,
    #[diesel(sql_type = sql_types::Text)]
    pub application: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub sql: Option<String>,
}

#[derive(Clone, Debug, QueryableByName)]
pub struct Blocked {
    #[diesel(sql_type = sql_types::BigInt)]
    pub pid: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    pub by_pid: i64,
    #[diesel(sql_type = sql_types::Double)]
    pub seconds: f64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub relation: Option<String>,
}

/// What a database says of itself. Nothing is rounded.
#[derive(Clone, Debug)]
pub enum Inside {
    Sqlite(SqliteInside),
    Postgresql(PostgresInside),
}

#[derive(Clone, Debug)]
pub struct SqliteInside {
    pub file_bytes: u64,
    pub wal_bytes: u64,
    pub free_bytes: u64,
    pub journal_mode: String,
}

#[derive(Clone, Debug)]
pub struct PostgresInside {
    pub size_bytes: u64,
    pub connections: u32,
    pub max_connections: u32,
    pub blocks_hit: u64,
    pub blocks_read: u64,
    pub deadlocks: u64,
    pub statements: Vec<Statement>,
    pub blocked: Vec<Blocked>,
}

impl PostgresInside {
    /// The share of blocks that were in memory; `None` before the first.
    pub fn cache_hit_ratio(&self) -> Option<f64> {
        let all = self.blocks_hit + self.blocks_read;
        (all > 0).then(|| self.blocks_hit as f64 / all as f64)
    }
}

/// Asks within `limit`. Fails without a line in the log: the page that asks says so itself, and asks
/// again.
pub async fn look(db: &Db, limit: Duration) -> Result<Inside, DbError> {
    let wal_bytes = wal_bytes(db.url());
    db.diagnose(limit, "inside.look", move |conn: Conn<'_>| {
        Box::pin(async move {
            match conn {
                Conn::Sqlite(conn) => sqlite(conn, wal_bytes).await.map(Inside::Sqlite),
                Conn::Postgres(conn) => postgres(conn).await.map(Inside::Postgresql),
            }
        })
    })
    .await
}

async fn sqlite(conn: &mut SqliteConn, wal_bytes: u64) -> QueryResult<SqliteInside> {
    let row: SqliteRow = sql_query(SQLITE).get_result(conn).await?;
    Ok(SqliteInside {
        file_bytes: unsigned(row.file_bytes),
        wal_bytes,
        free_bytes: unsigned(row.free_bytes),
        journal_mode: row.journal_mode,
    })
}

async fn postgres(conn: &mut PgConn) -> QueryResult<PostgresInside> {
    let row: PostgresRow = sql_query(POSTGRES).get_result(conn).await?;
    let statements: Vec<Statement> = sql_query(STATEMENTS).load(conn).await?;
    let blocked: Vec<Blocked> = sql_query(BLOCKED).load(conn).await?;
    Ok(PostgresInside {
        size_bytes: unsigned(row.size_bytes),
        connections: count(row.connections),
        max_connections: count(row.max_connections),
        blocks_hit: unsigned(row.blocks_hit),
        blocks_read: unsigned(row.blocks_read),
        deadlocks: unsigned(row.deadlocks),
        statements,
        blocked,
    })
}

fn wal_bytes(url: &DatabaseUrl) -> u64 {
    let DatabaseUrl::Sqlite { path } = url else {
        return 0;
    };
    let mut wal = path.clone().into_os_string();
    wal.push("-wal");
    fs::metadata(wal).map_or(0, |metadata| metadata.len())
}

/// Sizes and counters are never negative.
fn unsigned(number: i64) -> u64 {
    number.unsigned_abs()
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
