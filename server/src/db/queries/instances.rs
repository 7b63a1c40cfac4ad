//! Who shares the desk's own store, and when each was seen last.

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{ExpressionMethods as _, QueryDsl, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use ops::instances::Instance;

use crate::db::queries::STORE_LIMIT;
use crate::db::schema::instances;
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = instances)]
struct InstanceRow {
    instance: String,
    version: String,
    commit_id: String,
    started_ms: i64,
    seen_ms: i64,
    stopped_ms: Option<i64>,
}

impl From<Instance> for InstanceRow {
    fn from(instance: Instance) -> Self {
        Self {
            instance: instance.name,
            version: instance.version,
            commit_id: instance.commit,
            started_ms: instance.started_ms,
            seen_ms: instance.seen_ms,
            stopped_ms: instance.stopped_ms,
        }
    }
}

impl From<InstanceRow> for Instance {
    fn from(row: InstanceRow) -> Self {
        Self {
            name: row.instance,
            version: row.version,
            commit: row.commit_id,
            started_ms: row.started_ms,
            seen_ms: row.seen_ms,
            stopped_ms: row.stopped_ms,
        }
    }
}

/// Says that an instance is there. A run that comes late does not hide a later one of its name.
pub async fn beat(ops: &Db, instance: Instance) -> Result<(), DbError> {
    let row = InstanceRow::from(instance);
    ops.recurring_transaction(
        STORE_LIMIT,
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
pub async fn seen_since(ops: &Db, since_ms: i64) -> Result<Vec<Instance>, DbError> {
    let found: Vec<InstanceRow> = ops
        .probe(
            STORE_LIMIT,
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
        .await?;
    Ok(found.into_iter().map(Instance::from).collect())
}

/// Deletes those that were seen last before that.
pub async fn trim(ops: &Db, oldest_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
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
