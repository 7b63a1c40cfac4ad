//! Traffic by the minute, hour and day, in the desk's own store.

use std::time::Duration;

use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl, SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;
use ops::traffic::{Minute, Rows, RunTotals, Span};

use super::traffic_rows::{SeriesRow, TotalsRow, length, series_rows, together};
use crate::db::schema::{traffic_series, traffic_totals};
use crate::db::{Db, DbError};
use crate::query;

/// Below what the engine waits for its store.
const LIMIT: Duration = Duration::from_millis(2500);

/// How many spans are deleted at once.
const TRIM_SPANS: i64 = 60;

/// Writes rows, over what is known of them if that is less.
pub async fn write(ops: &Db, rows: Vec<Rows>) -> Result<(), DbError> {
    let series: Vec<SeriesRow> = rows.iter().flat_map(series_rows).collect();
    let totals: Vec<TotalsRow> = rows.into_iter().map(TotalsRow::from).collect();
    ops.recurring_transaction(
        LIMIT,
        "traffic.write",
        query!(conn => {
            use traffic_series as s;
            use traffic_totals as t;
            for row in totals {
                let upsert = diesel::insert_into(t::table)
                    .values(row)
                    .on_conflict((t::span, t::start, t::instance, t::run))
                    .do_update()
                    .set((
                        t::covered.eq(excluded(t::covered)),
                        t::informational.eq(excluded(t::informational)),
                        t::success.eq(excluded(t::success)),
                        t::redirection.eq(excluded(t::redirection)),
                        t::client_errors.eq(excluded(t::client_errors)),
                        t::errors.eq(excluded(t::errors)),
                        t::requests.eq(excluded(t::requests)),
                        t::bytes.eq(excluded(t::bytes)),
                        t::database_us.eq(excluded(t::database_us)),
                        t::durations.eq(excluded(t::durations)),
                    ));
                // Of two sets of which one holds the other, the larger number is the larger set.
                let knows_less = t::requests
                    .le(excluded(t::requests))
                    .and(t::covered.le(excluded(t::covered)));
                FilterDsl::filter(upsert, knows_less).execute(conn).await?;
            }
            for row in series {
                let upsert = diesel::insert_into(s::table)
                    .values(row)
                    .on_conflict((
                        s::span, s::start, s::instance, s::run, s::method, s::route, s::status_class,
                    ))
                    .do_update()
                    .set((
                        s::requests.eq(excluded(s::requests)),
                        s::bytes.eq(excluded(s::bytes)),
                        s::database_us.eq(excluded(s::database_us)),
                        s::durations.eq(excluded(s::durations)),
                    ));
                FilterDsl::filter(upsert, s::requests.le(excluded(s::requests)))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

pub async fn totals_since(ops: &Db, span: Span, from: Minute) -> Result<Vec<RunTotals>, DbError> {
    let (span, from) = (length(span), from.number());
    let rows: Vec<TotalsRow> = ops
        .probe(
            LIMIT,
            "traffic.totals",
            query!(conn => {
                use traffic_totals as t;
                QueryDsl::filter(t::table, t::span.eq(span).and(t::start.ge(from)))
                    .select(TotalsRow::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(RunTotals::from).collect())
}

pub async fn rows_between(
    ops: &Db,
    span: Span,
    from: Minute,
    to: Minute,
) -> Result<Vec<Rows>, DbError> {
    let (length, from, to) = (length(span), from.number(), to.number());
    let (totals, series) = ops
        .probe(
            LIMIT,
            "traffic.rows",
            query!(conn => {
                use traffic_series as s;
                use traffic_totals as t;
                let within = t::start.ge(from).and(t::start.lt(to));
                let totals: Vec<TotalsRow> = QueryDsl::filter(t::table, t::span.eq(length).and(within))
                    .select(TotalsRow::as_select())
                    .load(conn)
                    .await?;
                let within = s::start.ge(from).and(s::start.lt(to));
                let series: Vec<SeriesRow> = QueryDsl::filter(s::table, s::span.eq(length).and(within))
                    .select(SeriesRow::as_select())
                    .load(conn)
                    .await?;
                Ok((totals, series))
            }),
        )
        .await?;
    Ok(together(span, totals, series))
}

/// Deletes the oldest of what is older than `oldest`: as much as one step may.
pub async fn trim(ops: &Db, span: Span, oldest: Minute) -> Result<(), DbError> {
    let (length, oldest) = (length(span), oldest.number());
    ops.recurring_transaction(
        LIMIT,
        "traffic.trim",
        query!(conn => {
            use traffic_series::dsl as s;
            use traffic_totals::dsl as t;
            let first: Option<i64> = QueryDsl::filter(t::traffic_totals, t::span.eq(length))
                .select(dsl::min(t::start))
                .first(conn)
                .await?;
            let Some(first) = first else { return Ok(()) };
            let end = oldest.min(first.saturating_add(TRIM_SPANS * length));
            let old = s::span.eq(length).and(s::start.lt(end));
            diesel::delete(QueryDsl::filter(s::traffic_series, old)).execute(conn).await?;
            let old = t::span.eq(length).and(t::start.lt(end));
            diesel::delete(QueryDsl::filter(t::traffic_totals, old)).execute(conn).await.map(drop)
        }),
    )
    .await
}

#[cfg(test)]
#[path = "traffic_tests.rs"]
mod tests;
