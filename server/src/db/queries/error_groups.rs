//! Error groups, in the desk's own store.

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use ops::errors::{ERRORS, Example, GroupKey, GroupRow};

use crate::db::queries::STORE_LIMIT;
use crate::db::schema::{error_groups, series};
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = error_groups)]
struct Group {
    fingerprint: String,
    kind: String,
    message: String,
    place: String,
    first_ms: i64,
    last_ms: i64,
    example_ms: Option<i64>,
    example: Option<String>,
    request_id: Option<String>,
    error_id: Option<String>,
    instance: String,
}

/// See [`ops::errors::GroupStore::write`]. Rows have to come in one order from everybody, or two
/// that write at once could wait for each other in a circle.
pub async fn write(ops: &Db, groups: Vec<GroupRow>) -> Result<(), DbError> {
    let groups: Vec<Group> = groups.into_iter().map(Group::from).collect();
    ops.recurring_transaction(
        STORE_LIMIT,
        "errors.write",
        query!(conn => {
            use error_groups as g;
            for row in groups {
                let (fingerprint, first_ms) = (row.fingerprint.clone(), row.first_ms);
                let upsert = diesel::insert_into(g::table)
                    .values(row)
                    .on_conflict(g::fingerprint)
                    .do_update()
                    .set((
                        g::last_ms.eq(excluded(g::last_ms)),
                        g::example_ms.eq(excluded(g::example_ms)),
                        g::example.eq(excluded(g::example)),
                        g::request_id.eq(excluded(g::request_id)),
                        g::error_id.eq(excluded(g::error_id)),
                        g::instance.eq(excluded(g::instance)),
                    ));
                FilterDsl::filter(upsert, g::last_ms.le(excluded(g::last_ms)))
                    .execute(conn)
                    .await?;
                let later = g::fingerprint.eq(fingerprint).and(g::first_ms.gt(first_ms));
                diesel::update(QueryDsl::filter(g::table, later))
                    .set(g::first_ms.eq(first_ms))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

/// See [`ops::errors::GroupStore::read`].
pub async fn read(ops: &Db, fingerprints: Vec<String>) -> Result<Vec<GroupRow>, DbError> {
    let rows: Vec<Group> = ops
        .probe(
            STORE_LIMIT,
            "errors.read",
            query!(conn => {
                use error_groups as g;
                QueryDsl::filter(g::table, g::fingerprint.eq_any(fingerprints))
                    .select(Group::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(GroupRow::from).collect())
}

/// A group that is new, or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    pub fingerprint: String,
    pub message: String,
    /// When it was first seen; of one that is back, when it was seen last.
    pub at_ms: i64,
    pub is_back: bool,
}

/// Groups that were first seen since then, and those that were seen since then but not in the hours
/// from `quiet_from` to the one that runs, both in minutes.
pub async fn arrivals(
    ops: &Db,
    since_ms: i64,
    quiet_from: i64,
    this_hour: i64,
) -> Result<Vec<Arrival>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "errors.arrivals",
        query!(conn => {
            let lately: Vec<(String, String, i64, i64)> = {
                use error_groups as g;
                QueryDsl::filter(g::table, g::last_ms.ge(since_ms))
                    .select((g::fingerprint, g::message, g::first_ms, g::last_ms))
                    .load(conn)
                    .await?
            };
            let quiet_from_ms = quiet_from.saturating_mul(60_000);
            let old: Vec<String> = lately
                .iter()
                .filter(|(.., first_ms, _)| *first_ms < quiet_from_ms)
                .map(|(fingerprint, ..)| fingerprint.clone())
                .collect();
            let heard: Vec<String> = if old.is_empty() {
                Vec::new()
            } else {
                use series as s;
                let hours = s::kind.eq(ERRORS.0).and(s::resolution.eq(60));
                let before = s::start.ge(quiet_from).and(s::start.lt(this_hour));
                QueryDsl::filter(s::table, hours.and(before).and(s::key.eq_any(old.clone())))
                    .select(s::key)
                    .distinct()
                    .load(conn)
                    .await?
            };
            let arrivals = lately.into_iter().filter_map(|(fingerprint, message, first_ms, last_ms)| {
                let is_new = first_ms >= since_ms;
                let is_back = old.contains(&fingerprint) && !heard.contains(&fingerprint);
                let at_ms = if is_new { first_ms } else { last_ms };
                (is_new || is_back).then_some(Arrival { fingerprint, message, at_ms, is_back })
            });
            Ok(arrivals.collect())
        }),
    )
    .await
}

/// See [`ops::errors::GroupStore::trim`].
pub async fn trim(ops: &Db, before_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "errors.trim",
        query!(conn => {
            use error_groups as g;
            diesel::delete(QueryDsl::filter(g::table, g::last_ms.lt(before_ms)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        let mut group = Self {
            fingerprint: row.fingerprint,
            kind: row.key.kind,
            message: row.key.message,
            place: row.key.place,
            first_ms: row.first_ms,
            last_ms: row.last_ms,
            example_ms: None,
            example: None,
            request_id: None,
            error_id: None,
            instance: String::new(),
        };
        if let Some(example) = row.example {
            group.example_ms = Some(example.at_ms);
            group.example = Some(example.text);
            group.request_id = example.request_id;
            group.error_id = example.error_id;
            group.instance = example.instance;
        }
        group
    }
}

impl From<Group> for GroupRow {
    fn from(row: Group) -> Self {
        let example = row
            .example_ms
            .zip(row.example)
            .map(|(at_ms, text)| Example {
                at_ms,
                text,
                request_id: row.request_id,
                error_id: row.error_id,
                instance: row.instance,
            });
        Self {
            fingerprint: row.fingerprint,
            key: GroupKey {
                kind: row.kind,
                message: row.message,
                place: row.place,
            },
            first_ms: row.first_ms,
            last_ms: row.last_ms,
            example,
        }
    }
}

#[cfg(test)]
#[path = "error_groups_tests.rs"]
mod tests;
