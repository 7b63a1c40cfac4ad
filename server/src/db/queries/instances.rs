//! Who shares the desk's own store, and when each was seen last.

use std::time::Duration;

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{ExpressionMethods as _, QueryDsl, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::db::schema::instances;
use crate::db::{Db, DbError};
use crate::query;

/// Below what a page waits.
const LIMIT: Duration = Duration::from_millis(2500);

/// Times in milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = instances)]
pub struct InstanceRow {
    pub instance: String,
    pub version: String,
    pub commit_id: String,
    pub started_ms: i64,
    pub seen_ms: i64,
    /// It said that it ends.
    pub stopped_ms: Option<i64>,
}

/// Says that an instance is there. A run that comes late does not hide a later one of its name.
pub async fn beat(ops: &Db, row: InstanceRow) -> Result<(), DbError> {
    ops.recurring_transaction(
        LIMIT,
        "instances.beat",
        query!(conn => {
            use instances as i;
            let upsert = diesel::insert_into(i::table)
                .values(row)
                .on_conflict(i::instance)
                .do_update()
                .set((
                    i::version.eq(excluded(i::version)),
                    i::commit_id.eq(excluded(i::commit_id)),
                    i::started_ms.eq(excluded(i::started_ms)),
                    i::seen_ms.eq(excluded(i::seen_ms)),
                    i::stopped_ms.eq(excluded(i::stopped_ms)),
                ));
            FilterDsl::filter(upsert, i::started_ms.le(excluded(i::started_ms)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// All that were seen since then.
pub async fn seen_since(ops: &Db, since_ms: i64) -> Result<Vec<InstanceRow>, DbError> {
    ops.probe(
        LIMIT,
        "instances.list",
        query!(conn => {
            use instances as i;
            QueryDsl::filter(i::table, i::seen_ms.ge(since_ms))
                .order(i::instance)
                .select(InstanceRow::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}

/// Deletes those that were seen last before that.
pub async fn trim(ops: &Db, oldest_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        LIMIT,
        "instances.trim",
        query!(conn => {
            use instances as i;
            diesel::delete(QueryDsl::filter(i::table, i::seen_ms.lt(oldest_ms)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}
