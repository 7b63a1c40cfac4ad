//! Error groups, in the desk's own store.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use ops::errors::{Example, GroupKey, GroupRow, GroupState, News};

use super::error_states::{self, StateRow};
use crate::db::queries::STORE_LIMIT;
use crate::db::schema::{error_entries, error_groups, error_states as states};
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
    cause: String,
    first_version: Option<String>,
    last_version: Option<String>,
}

/// See [`ops::errors::GroupStore::write`]. Rows have to come in one order from everybody, or two
/// that write at once could wait for each other in a circle.
pub async fn write(ops: &Db, groups: Vec<GroupRow>) -> Result<(), DbError> {
    let sights = groups.clone();
    let groups: Vec<Group> = groups.into_iter().map(Group::from).collect();
    ops.recurring_transaction(
        STORE_LIMIT,
        "errors.write",
        query!(conn => {
            use error_groups as g;
            use states as s;
            let causes: Vec<String> = groups.iter().map(|row| row.cause.clone()).collect();
            let known: Vec<(String, i64)> = QueryDsl::filter(g::table, g::cause.eq_any(causes.clone()))
                .select((g::cause, g::last_ms))
                .load(conn)
                .await?;
            let said: Vec<StateRow> = QueryDsl::filter(s::table, s::cause.eq_any(causes))
                .select(StateRow::as_select())
                .load(conn)
                .await?;
            for (state, entry) in error_states::returns(&sights, &known, said) {
                diesel::insert_into(s::table)
                    .values(state)
                    .on_conflict(s::cause)
                    .do_update()
                    .set((
                        s::back_ms.eq(excluded(s::back_ms)),
                        s::back_version.eq(excluded(s::back_version)),
                    ))
                    .execute(conn)
                    .await?;
                diesel::insert_into(error_entries::table)
                    .values(entry)
                    .execute(conn)
                    .await?;
            }
            for row in groups {
                let (fingerprint, first_ms) = (row.fingerprint.clone(), row.first_ms);
                let first_version = row.first_version.clone();
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
                        g::cause.eq(excluded(g::cause)),
                        g::last_version.eq(excluded(g::last_version)),
                    ));
                FilterDsl::filter(upsert, g::last_ms.le(excluded(g::last_ms)))
                    .execute(conn)
                    .await?;
                let later = g::fingerprint.eq(fingerprint).and(g::first_ms.gt(first_ms));
                diesel::update(QueryDsl::filter(g::table, later))
                    .set((g::first_ms.eq(first_ms), g::first_version.eq(first_version)))
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

/// See [`ops::errors::GroupStore::of_cause`].
pub async fn of_cause(ops: &Db, cause: String) -> Result<Vec<GroupRow>, DbError> {
    let rows: Vec<Group> = ops
        .probe(
            STORE_LIMIT,
            "errors.of_cause",
            query!(conn => {
                use error_groups as g;
                QueryDsl::filter(g::table, g::cause.eq(cause))
                    .select(Group::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(GroupRow::from).collect())
}

/// See [`ops::errors::GroupStore::complete`]. Some hundreds of them; whether there may be more.
pub async fn complete(ops: &Db) -> Result<bool, DbError> {
    const AT_ONCE: i64 = 500;
    ops.recurring_transaction(
        STORE_LIMIT,
        "errors.complete",
        query!(conn => {
            use error_groups as g;
            let rows: Vec<Group> = QueryDsl::filter(g::table, g::cause.eq(""))
                .select(Group::as_select())
                .order(g::fingerprint)
                .limit(AT_ONCE)
                .load(conn)
                .await?;
            let has_more = rows.len() >= usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            for row in rows {
                let fingerprint = row.fingerprint.clone();
                let cause = GroupRow::from(row).key.cause().fingerprint();
                diesel::update(QueryDsl::filter(g::table, g::fingerprint.eq(fingerprint)))
                    .set(g::cause.eq(cause))
                    .execute(conn)
                    .await?;
            }
            Ok(has_more)
        }),
    )
    .await
}

/// A group that is new, or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Of the cause.
    pub id: String,
    pub message: String,
    pub news: News,
}

/// Groups that were first seen since then, and those that came back since then; but for those that are
/// muted.
pub async fn arrivals(ops: &Db, since_ms: i64, now_ms: i64) -> Result<Vec<Arrival>, DbError> {
    let (rows, states): (Vec<Lately>, Vec<StateRow>) = ops
        .probe(
            STORE_LIMIT,
            "errors.arrivals",
            query!(conn => {
                use error_groups as g;
                use states as s;
                let lately: Vec<String> = QueryDsl::filter(g::table, g::last_ms.ge(since_ms))
                    .select(g::cause)
                    .distinct()
                    .load(conn)
                    .await?;
                if lately.is_empty() {
                    return Ok((Vec::new(), Vec::new()));
                }
                let rows = QueryDsl::filter(g::table, g::cause.eq_any(lately.clone()))
                    .select((g::cause, g::message, g::first_ms, g::last_ms))
                    .load(conn)
                    .await?;
                let states = QueryDsl::filter(s::table, s::cause.eq_any(lately))
                    .select(StateRow::as_select())
                    .load(conn)
                    .await?;
                Ok((rows, states))
            }),
        )
        .await?;
    Ok(news(rows, states, since_ms, now_ms))
}

/// Cause, message, first and last seen, of one place.
type Lately = (String, String, i64, i64);

fn news(rows: Vec<Lately>, states: Vec<StateRow>, since_ms: i64, now_ms: i64) -> Vec<Arrival> {
    let states: HashMap<String, GroupState> = states.into_iter().map(StateRow::parts).collect();
    let mut seen: BTreeMap<String, (String, i64, i64)> = BTreeMap::new();
    for (cause, message, first_ms, last_ms) in rows {
        let known = seen.entry(cause).or_insert((message, first_ms, last_ms));
        known.1 = known.1.min(first_ms);
        known.2 = known.2.max(last_ms);
    }
    let arrivals = seen
        .into_iter()
        .filter_map(|(id, (message, first_ms, last_ms))| {
            let state = states.get(&id).cloned().unwrap_or_default();
            let news = state.news(first_ms, last_ms, since_ms, now_ms)?;
            Some(Arrival { id, message, news })
        });
    arrivals.collect()
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
                .await?;
            let kept = || QueryDsl::select(g::table, g::cause);
            diesel::delete(QueryDsl::filter(states::table, states::cause.ne_all(kept())))
                .execute(conn)
                .await?;
            diesel::delete(QueryDsl::filter(error_entries::table, error_entries::cause.ne_all(kept())))
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
            cause: row.key.cause().fingerprint(),
            first_version: row.first_version,
            last_version: row.last_version,
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
            news_ms: row.last_ms,
            first_version: row.first_version,
            last_version: row.last_version,
            example,
        }
    }
}

#[cfg(test)]
#[path = "error_groups_tests.rs"]
mod tests;
