//! The one statement that readiness costs.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::result::Error as DieselError;
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl as _;

use crate::db::{Conn, Db, DbError};

/// What a database that answers says of itself.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Such as `18.0`: the number alone.
    pub version: String,
    pub applied_migrations: HashSet<String>,
    pub is_read_only: bool,
}

const SQLITE: &str = "SELECT sqlite_version() AS version, FALSE AS is_read_only, TRUE AS has_migrations, \
     (SELECT group_concat(version, ',') FROM __diesel_schema_migrations) AS migrations";
const POSTGRES: &str = "SELECT current_setting('server_version') AS version, \
     current_setting('transaction_read_only') = 'on' AS is_read_only, TRUE AS has_migrations, \
     (SELECT string_agg(version, ',') FROM __diesel_schema_migrations) AS migrations";
/// The same without the table of migrations, which an empty database lacks.
const SQLITE_EMPTY: &str = "SELECT sqlite_version() AS version, FALSE AS is_read_only, \
     EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations') AS has_migrations, \
     NULL AS migrations";
const POSTGRES_EMPTY: &str = "SELECT current_setting('server_version') AS version, \
     current_setting('transaction_read_only') = 'on' AS is_read_only, \
     to_regclass('__diesel_schema_migrations') IS NOT NULL AS has_migrations, NULL::text AS migrations";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
    #[diesel(sql_type = sql_types::Bool)]
    is_read_only: bool,
    #[diesel(sql_type = sql_types::Bool)]
    has_migrations: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    migrations: Option<String>,
}

/// Asks for version and migrations at once, on one connection, within `limit`. Until the table of
/// migrations was once there (`is_migrated`) it is looked for before: naming a table that is not there
/// would be an error, and an empty database that answers has none.
pub async fn ask(db: &Db, limit: Duration, is_migrated: &AtomicBool) -> Result<Answer, DbError> {
    let asked = if is_migrated.load(Ordering::Relaxed) {
        put(db, limit, SQLITE, POSTGRES).await
    } else {
        look(db, limit, is_migrated).await
    };
    let row = match asked {
        // Somebody took the table away.
        Err(DbError::Query(DieselError::DatabaseError(..))) => look(db, limit, is_migrated).await?,
        answer => answer?,
    };
    if row.is_read_only {
        db.refuses_writes();
    }
    Ok(Answer {
        version: number(&row.version),
        applied_migrations: row
            .migrations
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect(),
        is_read_only: row.is_read_only || db.is_read_only().await,
    })
}

async fn look(db: &Db, limit: Duration, is_migrated: &AtomicBool) -> Result<Row, DbError> {
    let row = put(db, limit, SQLITE_EMPTY, POSTGRES_EMPTY).await?;
    is_migrated.store(row.has_migrations, Ordering::Relaxed);
    if row.has_migrations {
        put(db, limit, SQLITE, POSTGRES).await
    } else {
        Ok(row)
    }
}

async fn put(
    db: &Db,
    limit: Duration,
    sqlite: &'static str,
    postgres: &'static str,
) -> Result<Row, DbError> {
    db.probe(limit, "health.ask", move |conn: Conn<'_>| {
        Box::pin(async move {
            match conn {
                Conn::Sqlite(conn) => sql_query(sqlite).get_result(conn).await,
                Conn::Postgres(conn) => sql_query(postgres).get_result(conn).await,
            }
        })
    })
    .await
}

/// `15.14 (Debian 15.14-0+deb12u1)` is `15.14`.
fn number(version: &str) -> String {
    version
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_version_is_its_number_alone() {
        assert_eq!(number("15.14 (Debian 15.14-0+deb12u1)"), "15.14");
        assert_eq!(number("18beta1"), "18beta1");
        assert_eq!(number("3.50.4"), "3.50.4");
    }
}
