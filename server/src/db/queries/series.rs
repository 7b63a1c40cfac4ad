//! The rows of all series, in the desk's own store.

use diesel::prelude::Insertable;
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl, dsl};
use diesel_async::RunQueryDsl as _;
use ops::clock::{Covered, Minute, Resolution};
use ops::series::{Kind, Row, Run};
use std::ops::Range;
use std::sync::Arc;

use crate::db::queries::STORE_LIMIT;
use crate::db::schema::series;
use crate::db::{Db, DbError};
use crate::query;

/// How many minutes, hours or days are deleted at once.
const TRIM_STARTS: i64 = 60;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Insertable)]
#[diesel(table_name = series)]
struct SeriesRow {
    kind: &'static str,
    resolution: i64,
    start: i64,
    instance: String,
    run: i64,
    key: String,
    covered: i64,
    count: i64,
    payload: Vec<u8>,
}

/// A row without what was asked for: start, instance, run, key, covered, count, payload.
type Found = (i64, String, i64, String, i64, i64, Vec<u8>);

/// See [`ops::series::SeriesStore::write`].
pub async fn write(ops: &Db, rows: Vec<Row>) -> Result<(), DbError> {
    let mut rows: Vec<SeriesRow> = rows.into_iter().map(SeriesRow::from).collect();
    // In one order from everybody, or two that write at once could wait for each other in a circle.
    rows.sort_unstable();
    ops.recurring_transaction(
        STORE_LIMIT,
        "series.write",
        query!(conn => {
            use series as s;
            for row in rows {
                let upsert = diesel::insert_into(s::table)
                    .values(row)
                    .on_conflict((s::kind, s::resolution, s::start, s::instance, s::run, s::key))
                    .do_update()
                    .set((
                        s::covered.eq(excluded(s::covered)),
                        s::count.eq(excluded(s::count)),
                        s::payload.eq(excluded(s::payload)),
                    ));
                // As `Row::replaces` has it.
                let knows_less = s::count
                    .le(excluded(s::count))
                    .and(s::covered.le(excluded(s::covered)));
                FilterDsl::filter(upsert, knows_less).execute(conn).await?;
            }
            Ok(())
        }),
    )
    .await
}

/// See [`ops::series::SeriesStore::read`].
pub async fn read(
    ops: &Db,
    kind: Kind,
    resolution: Resolution,
    range: Range<Minute>,
) -> Result<Vec<Row>, DbError> {
    let length = i64::from(resolution.minutes());
    let (from, to) = (range.start.number(), range.end.number());
    let found: Vec<Found> = ops
        .probe(
            STORE_LIMIT,
            "series.read",
            query!(conn => {
                use series as s;
                let of_kind = s::kind.eq(kind.0).and(s::resolution.eq(length));
                let within = s::start.ge(from).and(s::start.lt(to));
                QueryDsl::filter(s::table, of_kind.and(within))
                    .select((s::start, s::instance, s::run, s::key, s::covered, s::count, s::payload))
                    .load(conn)
                    .await
            }),
        )
        .await?;
    let rows = found.into_iter();
    let rows = rows.map(|(start, instance, run, key, covered, count, payload)| Row {
        kind,
        resolution,
        start: Minute::from_number(start),
        run: Run {
            instance,
            number: run,
        },
        key: Arc::from(key),
        covered: Covered::from_bits(unsigned(covered)),
        count: unsigned(count),
        payload: payload.into_boxed_slice(),
    });
    Ok(rows.collect())
}

/// See [`ops::series::SeriesStore::trim`]: deletes as much as one step may.
pub async fn trim(
    ops: &Db,
    kind: Kind,
    resolution: Resolution,
    before: Minute,
) -> Result<(), DbError> {
    let (length, before) = (i64::from(resolution.minutes()), before.number());
    ops.recurring_transaction(
        STORE_LIMIT,
        "series.trim",
        query!(conn => {
            use series::dsl as s;
            let of_kind = s::kind.eq(kind.0).and(s::resolution.eq(length));
            let first: Option<i64> = QueryDsl::filter(s::series, of_kind)
                .select(dsl::min(s::start))
                .first(conn)
                .await?;
            let Some(first) = first else { return Ok(()) };
            let end = before.min(first.saturating_add(TRIM_STARTS * length));
            let of_kind = s::kind.eq(kind.0).and(s::resolution.eq(length));
            diesel::delete(QueryDsl::filter(s::series, of_kind.and(s::start.lt(end))))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

impl From<Row> for SeriesRow {
    fn from(row: Row) -> Self {
        Self {
            kind: row.kind.0,
            resolution: i64::from(row.resolution.minutes()),
            start: row.start.number(),
            instance: row.run.instance,
            run: row.run.number,
            key: row.key.to_string(),
            covered: signed(row.covered.bits()),
            count: signed(row.count),
            payload: row.payload.into_vec(),
        }
    }
}

/// No database has an unsigned number.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
