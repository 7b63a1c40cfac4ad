//! What happened to instances, in the desk's own store.

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl,
    SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;
use ops::clock::DAY_MS;
use ops::events::{Event, EventKind};
use ops::series::Run;

use crate::db::queries::STORE_LIMIT;
use crate::db::schema::events;
use crate::db::{Db, DbError};
use crate::query;

/// How much time's events are deleted at once.
const TRIM_EVENTS_MS: i64 = DAY_MS;

/// Far more than can be told apart on a chart.
const MAX_EVENTS: i64 = 1000;

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = events)]
struct EventRow {
    instance: String,
    run: i64,
    number: i64,
    at_ms: i64,
    kind: String,
    detail: String,
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

/// See [`ops::events::EventStore::write`].
pub async fn write(ops: &Db, events: Vec<Event>) -> Result<(), DbError> {
    let events: Vec<EventRow> = events.into_iter().map(EventRow::from).collect();
    ops.recurring_transaction(
        STORE_LIMIT,
        "events.write",
        query!(conn => {
            for event in events {
                diesel::insert_into(events::table)
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

/// The newest of them.
pub async fn since(ops: &Db, from_ms: i64) -> Result<Vec<Event>, DbError> {
    let rows: Vec<EventRow> = ops
        .probe(
            STORE_LIMIT,
            "events.since",
            query!(conn => {
                use events as e;
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
            STORE_LIMIT,
            "events.start_before",
            query!(conn => {
                use events as e;
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

/// Deletes the oldest of what happened before then: as much as one step may.
pub async fn trim(ops: &Db, before_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "events.trim",
        query!(conn => {
            use events::dsl as e;
            let first: Option<i64> = e::events
                .select(dsl::min(e::at_ms))
                .first(conn)
                .await?;
            let Some(first) = first else { return Ok(()) };
            let end = before_ms.min(first.saturating_add(TRIM_EVENTS_MS));
            diesel::delete(QueryDsl::filter(e::events, e::at_ms.lt(end)))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
