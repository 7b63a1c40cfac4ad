//! Error groups and their hours, in the desk's own store.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::sql_types::{BigInt, Bool};
use diesel::upsert::excluded;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, IntoSql as _, QueryDsl,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use ops::errors::{Example, GroupKey, GroupRow, HourRow, MinuteCounts, StoredErrors};

use crate::db::schema::{error_groups, error_hours};
use crate::db::{Db, DbError};
use crate::query;

/// Below what the engine waits for its store.
const LIMIT: Duration = Duration::from_millis(2500);

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

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = error_hours)]
struct Hour {
    hour: i64,
    instance: String,
    run: i64,
    fingerprint: String,
    errors: i64,
    minutes: String,
}

/// See [`ops::errors::ErrorStore::write`]. Rows have to come in one order from everybody, or two
/// that write at once could wait for each other in a circle.
pub async fn write(ops: &Db, groups: Vec<GroupRow>, hours: Vec<HourRow>) -> Result<(), DbError> {
    let groups: Vec<Group> = groups.into_iter().map(Group::from).collect();
    let hours: Vec<Hour> = hours.into_iter().map(Hour::from).collect();
    ops.recurring_transaction(
        LIMIT,
        "errors.write",
        query!(conn => {
            use error_groups as g;
            use error_hours as h;
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
            for row in hours {
                let upsert = diesel::insert_into(h::table)
                    .values(row)
                    .on_conflict((h::hour, h::instance, h::run, h::fingerprint))
                    .do_update()
                    .set((
                        h::errors.eq(excluded(h::errors)),
                        h::minutes.eq(excluded(h::minutes)),
                    ));
                FilterDsl::filter(upsert, h::errors.le(excluded(h::errors)))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

/// See [`ops::errors::ErrorStore::read`].
pub async fn read(
    ops: &Db,
    from_hour: i64,
    instance: Option<String>,
    most: usize,
) -> Result<StoredErrors, DbError> {
    let is_any = instance.is_none();
    let instance = instance.unwrap_or_default();
    let (counts, groups, hours) = ops
        .probe(
            LIMIT,
            "errors.read",
            query!(conn => {
                use error_groups as g;
                use error_hours as h;
                let of_instance = h::instance
                    .eq(instance.clone())
                    .or(is_any.into_sql::<Bool>());
                let wanted = h::hour.ge(from_hour).and(of_instance);
                let counts: Vec<(String, i64)> = QueryDsl::filter(h::table, wanted)
                    .group_by(h::fingerprint)
                    .select((
                        h::fingerprint,
                        sql::<BigInt>("CAST(SUM(errors) AS BIGINT)"),
                    ))
                    .load(conn)
                    .await?;
                let counts = descending(counts);
                let shown: Vec<String> =
                    counts.iter().take(most).map(|(name, _)| name.clone()).collect();
                if shown.is_empty() {
                    return Ok((counts, Vec::new(), Vec::new()));
                }
                let groups: Vec<Group> =
                    QueryDsl::filter(g::table, g::fingerprint.eq_any(shown.clone()))
                        .select(Group::as_select())
                        .load(conn)
                        .await?;
                let of_instance = h::instance.eq(instance).or(is_any.into_sql::<Bool>());
                let wanted = h::hour.ge(from_hour).and(of_instance);
                let hours: Vec<Hour> =
                    QueryDsl::filter(h::table, wanted.and(h::fingerprint.eq_any(shown)))
                        .select(Hour::as_select())
                        .load(conn)
                        .await?;
                Ok((counts, groups, hours))
            }),
        )
        .await?;
    let more = counts.get(most..).unwrap_or_default();
    Ok(StoredErrors {
        groups: groups.into_iter().map(GroupRow::from).collect(),
        hours: hours.into_iter().map(HourRow::from).collect(),
        more_groups: more.len() as u64,
        more_errors: more.iter().map(|(_, errors)| unsigned(*errors)).sum(),
    })
}

fn descending(mut counts: Vec<(String, i64)>) -> Vec<(String, i64)> {
    counts.sort_by(|(a, a_errors), (b, b_errors)| b_errors.cmp(a_errors).then_with(|| a.cmp(b)));
    counts
}

/// Deletes the hours before that one, and groups that were last seen before it.
pub async fn trim(ops: &Db, oldest_hour: i64) -> Result<(), DbError> {
    const HOUR_MS: i64 = 3_600_000;
    ops.recurring_transaction(
        LIMIT,
        "errors.trim",
        query!(conn => {
            use error_groups as g;
            use error_hours as h;
            diesel::delete(QueryDsl::filter(h::table, h::hour.lt(oldest_hour)))
                .execute(conn)
                .await?;
            let old = g::last_ms.lt(oldest_hour.saturating_mul(HOUR_MS));
            diesel::delete(QueryDsl::filter(g::table, old))
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

impl From<HourRow> for Hour {
    fn from(row: HourRow) -> Self {
        Self {
            hour: row.hour,
            instance: row.instance,
            run: row.run,
            fingerprint: row.fingerprint,
            errors: i64::try_from(row.minutes.total()).unwrap_or(i64::MAX),
            minutes: row.minutes.to_text(),
        }
    }
}

impl From<Hour> for HourRow {
    fn from(row: Hour) -> Self {
        Self {
            hour: row.hour,
            instance: row.instance,
            run: row.run,
            fingerprint: row.fingerprint,
            minutes: MinuteCounts::from_text(&row.minutes),
        }
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
#[path = "error_groups_tests.rs"]
mod tests;
