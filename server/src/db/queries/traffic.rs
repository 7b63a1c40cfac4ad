//! Traffic by the minute, in the desk's own store.

use std::time::Duration;

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{ExpressionMethods as _, QueryDsl, SelectableHelper as _, dsl};
use diesel_async::RunQueryDsl as _;
use ops::traffic::{ByClass, EncodedHistogram, Minute, MinuteRows, Run, RunMinute, Totals};

use crate::db::schema::{traffic_minutes, traffic_route_minutes};
use crate::db::{Db, DbError};
use crate::query;

/// Below what the engine waits for its store.
const LIMIT: Duration = Duration::from_millis(2500);

/// How many minutes are deleted at once.
const TRIM_MINUTES: i64 = 60;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = traffic_minutes)]
struct TotalsRow {
    minute: i64,
    instance: String,
    run: i64,
    informational: i64,
    success: i64,
    redirection: i64,
    client_errors: i64,
    errors: i64,
    requests: i64,
    bytes: i64,
    durations: Vec<u8>,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = traffic_route_minutes)]
struct RouteRow {
    minute: i64,
    instance: String,
    run: i64,
    method: &'static str,
    route: String,
    status_class: i64,
    requests: i64,
    bytes: i64,
    durations: Vec<u8>,
}

/// Writes minutes, over what is known of them if that is less.
pub async fn write(ops: &Db, minutes: Vec<MinuteRows>) -> Result<(), DbError> {
    let routes: Vec<RouteRow> = minutes.iter().flat_map(route_rows).collect();
    let totals: Vec<TotalsRow> = minutes.into_iter().map(TotalsRow::from).collect();
    ops.recurring_transaction(
        LIMIT,
        "traffic.write",
        query!(conn => {
            use traffic_minutes as t;
            use traffic_route_minutes as r;
            for row in totals {
                let upsert = diesel::insert_into(t::table)
                    .values(row)
                    .on_conflict((t::minute, t::instance, t::run))
                    .do_update()
                    .set((
                        t::informational.eq(excluded(t::informational)),
                        t::success.eq(excluded(t::success)),
                        t::redirection.eq(excluded(t::redirection)),
                        t::client_errors.eq(excluded(t::client_errors)),
                        t::errors.eq(excluded(t::errors)),
                        t::requests.eq(excluded(t::requests)),
                        t::bytes.eq(excluded(t::bytes)),
                        t::durations.eq(excluded(t::durations)),
                    ));
                FilterDsl::filter(upsert, t::requests.le(excluded(t::requests)))
                    .execute(conn)
                    .await?;
            }
            for row in routes {
                let upsert = diesel::insert_into(r::table)
                    .values(row)
                    .on_conflict((
                        r::minute, r::instance, r::run, r::method, r::route, r::status_class,
                    ))
                    .do_update()
                    .set((
                        r::requests.eq(excluded(r::requests)),
                        r::bytes.eq(excluded(r::bytes)),
                        r::durations.eq(excluded(r::durations)),
                    ));
                FilterDsl::filter(upsert, r::requests.le(excluded(r::requests)))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

pub async fn since(ops: &Db, from: Minute) -> Result<Vec<RunMinute>, DbError> {
    let from = from.number();
    let rows: Vec<TotalsRow> = ops
        .probe(
            LIMIT,
            "traffic.since",
            query!(conn => {
                QueryDsl::filter(traffic_minutes::table, traffic_minutes::minute.ge(from))
                    .select(TotalsRow::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(RunMinute::from).collect())
}

/// Deletes the oldest of what is older than `oldest`: as much as one step may.
pub async fn trim(ops: &Db, oldest: Minute) -> Result<(), DbError> {
    let oldest = oldest.number();
    ops.recurring_transaction(
        LIMIT,
        "traffic.trim",
        query!(conn => {
            use traffic_minutes::dsl as t;
            use traffic_route_minutes::dsl as r;
            let first: Option<i64> =
                t::traffic_minutes.select(dsl::min(t::minute)).first(conn).await?;
            let Some(first) = first else { return Ok(()) };
            let end = oldest.min(first.saturating_add(TRIM_MINUTES));
            diesel::delete(QueryDsl::filter(r::traffic_route_minutes, r::minute.lt(end)))
                .execute(conn)
                .await?;
            diesel::delete(QueryDsl::filter(t::traffic_minutes, t::minute.lt(end)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

fn route_rows(minute: &MinuteRows) -> impl Iterator<Item = RouteRow> {
    minute.series.iter().map(|series| RouteRow {
        minute: minute.minute.number(),
        instance: minute.run.instance.clone(),
        run: minute.run.number,
        method: series.key.method,
        route: series.key.route.clone(),
        status_class: i64::from(series.key.class.digit()),
        requests: signed(series.requests),
        bytes: signed(series.bytes),
        durations: series.durations.as_bytes().to_vec(),
    })
}

impl From<MinuteRows> for TotalsRow {
    fn from(rows: MinuteRows) -> Self {
        let Totals {
            by_class,
            bytes,
            durations,
        } = rows.totals;
        Self {
            minute: rows.minute.number(),
            instance: rows.run.instance,
            run: rows.run.number,
            informational: signed(by_class.informational),
            success: signed(by_class.success),
            redirection: signed(by_class.redirection),
            client_errors: signed(by_class.client_errors),
            errors: signed(by_class.errors),
            requests: signed(by_class.total()),
            bytes: signed(bytes),
            durations: durations.as_bytes().to_vec(),
        }
    }
}

impl From<TotalsRow> for RunMinute {
    fn from(row: TotalsRow) -> Self {
        Self {
            minute: Minute::from_number(row.minute),
            run: Run {
                instance: row.instance,
                number: row.run,
            },
            totals: Totals {
                by_class: ByClass {
                    informational: unsigned(row.informational),
                    success: unsigned(row.success),
                    redirection: unsigned(row.redirection),
                    client_errors: unsigned(row.client_errors),
                    errors: unsigned(row.errors),
                },
                bytes: unsigned(row.bytes),
                durations: EncodedHistogram::from_bytes(row.durations),
            },
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
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::UNIX_EPOCH;

    use ops::traffic::Histogram;
    use tokio::runtime::Handle;

    use super::*;
    use crate::config::DatabaseUrl;
    use crate::db::migrate::{self, Schema};

    fn rows(minute: i64, requests: u64) -> MinuteRows {
        let mut durations = Histogram::default();
        for _ in 0..requests {
            durations.record(Duration::from_millis(3));
        }
        MinuteRows {
            minute: Minute::from_number(minute),
            run: Run::new("one".to_owned(), UNIX_EPOCH),
            totals: Totals {
                by_class: ByClass {
                    success: requests,
                    ..ByClass::default()
                },
                bytes: 7,
                durations: EncodedHistogram::of(&durations),
            },
            series: Vec::new(),
        }
    }

    async fn requests(ops: &Db) -> Vec<(i64, u64)> {
        let mut found: Vec<_> = since(ops, Minute::from_number(0))
            .await
            .unwrap()
            .iter()
            .map(|row| {
                let tally = row.totals.to_tally().unwrap();
                assert_eq!(tally.durations.count(), tally.requests());
                (row.minute.number(), tally.requests())
            })
            .collect();
        found.sort_unstable();
        found
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_late_write_undoes_nothing_and_trimming_goes_in_steps() {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite {
            path: directory.path().join("ops.sqlite3"),
        };
        migrate::apply(Schema::Ops, &url, &Handle::current())
            .await
            .unwrap();
        let ops = Db::new(url, 2, Duration::from_secs(1), Handle::current());

        write(
            &ops,
            vec![rows(10, 1), rows(69, 2), rows(70, 3), rows(500, 4)],
        )
        .await
        .unwrap();
        write(&ops, vec![rows(500, 6)]).await.unwrap();
        write(&ops, vec![rows(500, 5)]).await.unwrap();
        assert_eq!(requests(&ops).await, [(10, 1), (69, 2), (70, 3), (500, 6)]);

        let oldest = Minute::from_number(400);
        for left in [&[(70, 3), (500, 6)][..], &[(500, 6)], &[(500, 6)]] {
            trim(&ops, oldest).await.unwrap();
            assert_eq!(requests(&ops).await, left);
        }
    }
}
