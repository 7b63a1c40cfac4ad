//! The outbox: messages for channels, in the desk's own store. What is sent when is [`ops::alerts::outbox`]'s
//! business.

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;

use crate::db::queries::STORE_LIMIT;
use crate::db::schema::notices;
use crate::db::{Db, DbError};
use crate::query;

/// More are looked at when these are done.
const MOST_QUEUED: i64 = 500;

/// A message for a channel; times in milliseconds since the Unix epoch.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Insertable,
    Queryable,
    Selectable,
    serde::Serialize,
    serde::Deserialize,
)]
#[diesel(table_name = notices)]
pub struct NoticeRow {
    pub id: String,
    pub channel: String,
    pub incident_id: String,
    /// As the webhook has it: `incident.opened`.
    pub kind: String,
    pub ordinal: i64,
    /// JSON.
    pub body: String,
    pub created_ms: i64,
    pub not_before_ms: i64,
    pub attempts: i64,
    /// `queued`, `sent`, `failed` or `superseded`.
    pub state: String,
    pub claimed_until_ms: Option<i64>,
    pub last_error: Option<String>,
    pub last_try_ms: Option<i64>,
    pub sent_ms: Option<i64>,
}

/// Those that wait, the oldest first.
pub async fn queued(ops: &Db) -> Result<Vec<NoticeRow>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "notices.queued",
        query!(conn => {
            use notices as n;
            n::table
                .filter(n::state.eq("queued"))
                .order((n::created_ms, n::id))
                .limit(MOST_QUEUED)
                .select(NoticeRow::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}

/// Those that were tried, or sent, since then.
pub async fn tried_since(ops: &Db, since_ms: i64) -> Result<Vec<NoticeRow>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "notices.tried_since",
        query!(conn => {
            use notices as n;
            n::table
                .filter(n::last_try_ms.ge(since_ms))
                .select(NoticeRow::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}

/// Which of these were still free, and are the caller's until then. A claim that ends later than
/// `latest_ms` counts for nothing: it was made by a clock that was wrong.
pub async fn claim(
    ops: &Db,
    ids: Vec<String>,
    now_ms: i64,
    (until_ms, latest_ms): (i64, i64),
) -> Result<Vec<String>, DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "notices.claim",
        query!(conn => {
            use notices as n;
            let mut claimed = Vec::new();
            for id in ids {
                let is_claimed = n::claimed_until_ms.gt(now_ms).and(n::claimed_until_ms.le(latest_ms));
                let is_free = n::claimed_until_ms.is_null().or(dsl::not(is_claimed));
                let row = n::table
                    .filter(n::id.eq(id.clone()).and(n::state.eq("queued")))
                    .filter(is_free);
                let changed = diesel::update(row)
                    .set(n::claimed_until_ms.eq(until_ms))
                    .execute(conn)
                    .await?;
                if changed > 0 {
                    claimed.push(id);
                }
            }
            Ok(claimed)
        }),
    )
    .await
}

/// Frees those whose claim ends before then.
pub async fn release(ops: &Db, before_ms: i64) -> Result<(), DbError> {
    ops.probe(
        STORE_LIMIT,
        "notices.release",
        query!(conn => {
            use notices as n;
            let claimed = n::table
                .filter(n::state.eq("queued"))
                .filter(n::claimed_until_ms.lt(before_ms));
            diesel::update(claimed)
                .set(n::claimed_until_ms.eq(None::<i64>))
                .execute(conn)
                .await
        }),
    )
    .await
    .map(|_| ())
}

/// Writes what became of them; one that was done meanwhile stays as it is.
pub async fn settle(ops: &Db, rows: Vec<NoticeRow>) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "notices.settle",
        query!(conn => {
            use notices as n;
            for row in rows {
                let waiting = n::table.filter(n::id.eq(row.id).and(n::state.eq("queued")));
                diesel::update(waiting)
                    .set((
                        n::body.eq(row.body),
                        n::not_before_ms.eq(row.not_before_ms),
                        n::attempts.eq(row.attempts),
                        n::state.eq(row.state),
                        n::claimed_until_ms.eq(row.claimed_until_ms),
                        n::last_error.eq(row.last_error),
                        n::last_try_ms.eq(row.last_try_ms),
                        n::sent_ms.eq(row.sent_ms),
                    ))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

/// The first notice of an incident on a channel, and the last one that was sent.
pub async fn of_incident(
    ops: &Db,
    channel: String,
    incident_id: String,
) -> Result<Vec<NoticeRow>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "notices.of_incident",
        query!(conn => {
            use notices as n;
            n::table
                .filter(n::channel.eq(channel).and(n::incident_id.eq(incident_id)))
                .order(n::ordinal)
                .select(NoticeRow::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}
