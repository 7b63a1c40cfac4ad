//! How much there is in the registry.

use std::time::Duration;

use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::RunQueryDsl as _;

use crate::db::{Db, DbError};
use crate::query;

/// One round trip for all six numbers. `CASE` because SQLite before 3.30 and our shared dialect
/// have no `FILTER` that Diesel would write.
const COUNTS: &str = "\
    SELECT a.total AS cards, a.active AS cards_active, \
           n.total AS namespaces, n.active AS namespaces_active, \
           s.total AS schemas, s.active AS schemas_active \
    FROM (SELECT COUNT(*) AS total, COUNT(CASE WHEN is_active THEN 1 END) AS active FROM agent_cards) a, \
         (SELECT COUNT(*) AS total, COUNT(CASE WHEN is_active THEN 1 END) AS active FROM namespaces) n, \
         (SELECT COUNT(*) AS total, COUNT(CASE WHEN is_active THEN 1 END) AS active FROM schemas) s";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::BigInt)]
    cards: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    cards_active: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    namespaces: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    namespaces_active: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    schemas: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    schemas_active: i64,
}

/// A million rows take a tenth of a second; who looks at the desk does not wait for this long.
const LIMIT: Duration = Duration::from_secs(2);

/// How many rows of one table, and how many of them are switched on.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    pub total: i64,
    pub active: i64,
}

pub struct Statistics {
    pub cards: Count,
    pub namespaces: Count,
    pub schemas: Count,
}

pub async fn count(db: &Db) -> Result<Statistics, DbError> {
    let row: Row = db
        .look_up(
            LIMIT,
            "statistics.count",
            query!(conn => sql_query(COUNTS).get_result(conn).await),
        )
        .await?;
    Ok(Statistics {
        cards: Count {
            total: row.cards,
            active: row.cards_active,
        },
        namespaces: Count {
            total: row.namespaces,
            active: row.namespaces_active,
        },
        schemas: Count {
            total: row.schemas,
            active: row.schemas_active,
        },
    })
}
