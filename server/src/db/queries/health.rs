//! The one statement that readiness costs.

use std::collections::HashSet;
use std::time::Duration;

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl as _;

use crate::db::{Conn, Db, DbError};

/// What a database that answers says of itself.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Such as `18.0`: the number alone.
    pub version: String,
    pub applied_migrations: HashSet<String>,
}

const SQLITE: &str = "SELECT sqlite_version() AS version, \
     (SELECT group_concat(version, ',') FROM __diesel_schema_migrations) AS migrations";
const POSTGRES: &str = "SELECT current_setting('server_version') AS version, \
     (SELECT string_agg(version, ',') FROM __diesel_schema_migrations) AS migrations";
const SQLITE_EMPTY: &str = "SELECT sqlite_version() AS version, NULL AS migrations";
const POSTGRES_EMPTY: &str =
    "SELECT current_setting('server_version') AS version, NULL::text AS migrations";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    migrations: Option<String>,
}

/// Asks for version and migrations at once, on one connection, within `limit`.
pub async fn ask(db: &Db, limit: Duration) -> Result<Answer, DbError> {
    let row: Row = db
        .probe(limit, "health.ask", |conn: Conn<'_>| {
            Box::pin(async move {
                match conn {
                    Conn::Sqlite(conn) => match sql_query(SQLITE).get_result(conn).await {
                        // Without the table of migrations: an empty database, but one that answers.
                        Err(diesel::result::Error::DatabaseError(..)) => {
                            sql_query(SQLITE_EMPTY).get_result(conn).await
                        }
                        answer => answer,
                    },
                    Conn::Postgres(conn) => match sql_query(POSTGRES).get_result(conn).await {
                        Err(diesel::result::Error::DatabaseError(..)) => {
                            sql_query(POSTGRES_EMPTY).get_result(conn).await
                        }
                        answer => answer,
                    },
                }
            })
        })
        .await?;
    Ok(Answer {
        version: number(&row.version),
        applied_migrations: row
            .migrations
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect(),
    })
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
