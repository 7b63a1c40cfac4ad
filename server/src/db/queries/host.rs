//! How host and process were, and what happened to instances, in the desk's own store.

use std::time::Duration;

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl,
    SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;
use ops::clock::{Covered, Minute, Span};
use ops::host::{EncodedLevels, Event, EventKind, HostRow};
use ops::store::Run;

use super::traffic_rows::{length, signed, unsigned};
use crate::db::schema::{host_samples, instance_events};
use crate::db::{Db, DbError};
use crate::query;

/// Below what the engine waits for its store.
const LIMIT: Duration = Duration::from_millis(2500);

/// How many spans are deleted at once.
const TRIM_SPANS: i64 = 60;

/// How much time's events are deleted at once.
const TRIM_EVENTS_MS: i64 = 24 * 60 * 60 * 1000;

/// Far more than can be told apart on a chart.
const MAX_EVENTS: i64 = 1000;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = host_samples)]
struct SampleRow {
    span: i64,
    start: i64,
    instance: String,
    run: i64,
    covered: i64,
    samples: i64,
    levels: Vec<u8>,
}

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = instance_events)]
struct EventRow {
    instance: String,
    run: i64,
    number: i64,
    at_ms: i64,
    kind: String,
    detail: String,
}

impl From<HostRow> for SampleRow {
    fn from(row: HostRow) -> Self {
        Self {
            span: length(row.span),
            start: row.start.number(),
            instance: row.run.instance,
            run: row.run.number,
            covered: signed(row.covered.bits()),
            samples: signed(row.samples),
            levels: row.levels.as_bytes().to_vec(),
        }
    }
}

impl SampleRow {
    fn into_row(self, span: Span) -> HostRow {
        HostRow {
            span,
            start: Minute::from_number(self.start),
            run: Run {
                instance: self.instance,
                number: self.run,
            },
            covered: Covered::from_bits(unsigned(self.covered)),
            samples: unsigned(self.samples),
            levels: EncodedLevels::from_bytes(self.levels),
        }
    }
}

impl From<Event> for EventRow {
    fn from(event: Event) -> Self {
        Self {
            instance: event.run.instance,
            run: event.run.number,
            number: i64::from(event.number),
            at_ms: event.at_ms,
            kind: event.kind.name().to_owned(),
            detail: event.detail,
        }
    }
}

impl EventRow {
    /// `None` for a kind that a later version added.
    fn into_event(self) -> Option<Event> {
        Some(Event {
            run: Run {
                instance: self.instance,
                number: self.run,
            },
            number: u32::try_from(self.number).ok()?,
            at_ms: self.at_ms,
            kind: EventKind::from_name(&self.kind)?,
            detail: self.detail,
        })
    }
}

/// Writes rows, over what is known of them if that is less, and events.
pub async fn write(ops: &Db, rows: Vec<HostRow>, events: Vec<Event>) -> Result<(), DbError> {
    let rows: Vec<SampleRow> = rows.into_iter().map(SampleRow::from).collect();
    let events: Vec<EventRow> = events.into_iter().map(EventRow::from).collect();
    ops.recurring_transaction(
        LIMIT,
        "host.write",
        query!(conn => {
            use host_samples as h;
            for row in rows {
                let upsert = diesel::insert_into(h::table)
                    .values(row)
                    .on_conflict((h::span, h::start, h::instance, h::run))
                    .do_update()
                    .set((
                        h::covered.eq(excluded(h::covered)),
                        h::samples.eq(excluded(h::samples)),
                        h::levels.eq(excluded(h::levels)),
                    ));
                // As `HostRow::replaces` has it.
                let knows_less = h::samples
                    .le(excluded(h::samples))
                    .and(h::covered.le(excluded(h::covered)));
                FilterDsl::filter(upsert, knows_less).execute(conn).await?;
            }
            for event in events {
                diesel::insert_into(instance_events::table)
                    .values(event)
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

pub async fn rows_since(ops: &Db, span: Span, from: Minute) -> Result<Vec<HostRow>, DbError> {
    let (length, from) = (length(span), from.number());
    let rows: Vec<SampleRow> = ops
        .probe(
            LIMIT,
            "host.rows",
            query!(conn => {
                use host_samples as h;
                QueryDsl::filter(h::table, h::span.eq(length).and(h::start.ge(from)))
                    .select(SampleRow::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.into_row(span)).collect())
}

/// The newest of them.
pub async fn events_since(ops: &Db, from_ms: i64) -> Result<Vec<Event>, DbError> {
    let rows: Vec<EventRow> = ops
        .probe(
            LIMIT,
            "host.events",
            query!(conn => {
                use instance_events as e;
                QueryDsl::filter(e::table, e::at_ms.ge(from_ms))
                    .order(e::at_ms.desc())
                    .limit(MAX_EVENTS)
                    .select(EventRow::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().filter_map(EventRow::into_event).collect())
}

/// The last start before this one, of any other run.
pub async fn start_before(ops: &Db, start: &Event) -> Result<Option<Event>, DbError> {
    let own = EventRow::from(start.clone());
    let row: Option<EventRow> = ops
        .probe(
            LIMIT,
            "host.start_before",
            query!(conn => {
                use instance_events as e;
                let is_other = e::instance.ne(own.instance).or(e::run.ne(own.run));
                let is_before = e::kind.eq(own.kind).and(e::at_ms.le(own.at_ms));
                QueryDsl::filter(e::table, is_before.and(is_other))
                    .order(e::at_ms.desc())
                    .select(EventRow::as_select())
                    .first(conn)
                    .await
                    .optional()
            }),
        )
        .await?;
    Ok(row.and_then(EventRow::into_event))
}

/// Deletes the oldest of what is older than `oldest`: as much as one step may.
pub async fn trim(ops: &Db, span: Span, oldest: Minute) -> Result<(), DbError> {
    let (length, oldest) = (length(span), oldest.number());
    ops.recurring_transaction(
        LIMIT,
        "host.trim",
        query!(conn => {
            use host_samples::dsl as h;
            let first: Option<i64> = QueryDsl::filter(h::host_samples, h::span.eq(length))
                .select(dsl::min(h::start))
                .first(conn)
                .await?;
            let Some(first) = first else { return Ok(()) };
            let end = oldest.min(first.saturating_add(TRIM_SPANS * length));
            let old = h::span.eq(length).and(h::start.lt(end));
            diesel::delete(QueryDsl::filter(h::host_samples, old)).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// Likewise of events.
pub async fn trim_events(ops: &Db, oldest_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        LIMIT,
        "host.trim_events",
        query!(conn => {
            use instance_events::dsl as e;
            let first: Option<i64> = e::instance_events
                .select(dsl::min(e::at_ms))
                .first(conn)
                .await?;
            let Some(first) = first else { return Ok(()) };
            let end = oldest_ms.min(first.saturating_add(TRIM_EVENTS_MS));
            diesel::delete(QueryDsl::filter(e::instance_events, e::at_ms.lt(end)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
