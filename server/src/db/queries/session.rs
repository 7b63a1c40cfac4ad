//! What a session is like: how far the server's clock is from ours, and whether anybody can listen.

use std::time::{Duration, SystemTime};

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl as _;
use ops::clock::unix_millis;

use crate::db::{Conn, Db, DbError};

/// A server without TLS, and a pooler's own session to it, have no row or a plain one.
const POSTGRES: &str = "\
    SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms, \
           (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::BigInt)]
    now_ms: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    tls: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Session {
    /// The server's clock minus ours, as seen in the middle of the round trip.
    pub ahead_ms: i64,
    pub round_trip: Duration,
    /// Such as `TLSv1.3`; `None`: in plain text.
    pub tls: Option<String>,
}

/// `None`: the database is a file, and has no clock and no wire of its own.
pub async fn look(db: &Db, limit: Duration) -> Result<Option<Session>, DbError> {
    db.probe(limit, "session.look", move |conn: Conn<'_>| {
        Box::pin(async move {
            let Conn::Postgres(conn) = conn else {
                return Ok(None);
            };
            let asked = SystemTime::now();
            let row: Row = sql_query(POSTGRES).get_result(conn).await?;
            let round_trip = asked.elapsed().unwrap_or_default();
            Ok(Some(Session {
                ahead_ms: row.now_ms - unix_millis(asked + round_trip / 2),
                round_trip,
                tls: row.tls,
            }))
        })
    })
    .await
}
