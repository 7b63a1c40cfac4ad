//! Sessions that stood when the registry last said so, in the desk's own store: what a session is
//! judged by while the registry can't be asked.

use std::collections::HashMap;
use std::time::Duration;

use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, upsert::excluded};
use diesel_async::RunQueryDsl as _;

use crate::db::schema::known_sessions;
use crate::db::{Db, DbError};
use crate::query;

/// Asked while somebody waits for a page, and the store may be as broken as the rest.
const FIND_LIMIT: Duration = Duration::from_millis(250);
const ADMIT_LIMIT: Duration = Duration::from_millis(500);
/// Nobody waits for these, and they come again.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(2);

/// A session, and whether its user is staff.
pub type Known = (String, bool);

/// Whether the session's user is staff; `None` if it is not known to stand.
pub async fn find(ops: &Db, id: String) -> Result<Option<bool>, DbError> {
    ops.probe(
        FIND_LIMIT,
        "known_sessions.find",
        query!(conn => {
            known_sessions::table
                .filter(known_sessions::id.eq(id))
                .select(known_sessions::is_staff)
                .first(conn)
                .await
                .optional()
        }),
    )
    .await
}

pub async fn all(ops: &Db) -> Result<HashMap<String, bool>, DbError> {
    let known: Vec<Known> = ops
        .probe(
            EXCHANGE_LIMIT,
            "known_sessions.all",
            query!(conn => {
                known_sessions::table
                    .select((known_sessions::id, known_sessions::is_staff))
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(known.into_iter().collect())
}

/// One that has just begun.
pub async fn admit(ops: &Db, session: Known) -> Result<(), DbError> {
    change(ops, ADMIT_LIMIT, vec![session], Vec::new()).await
}

/// What the registry says now, where that differs from what is stored.
pub async fn exchange(ops: &Db, changed: Vec<Known>, gone: Vec<String>) -> Result<(), DbError> {
    change(ops, EXCHANGE_LIMIT, changed, gone).await
}

async fn change(
    ops: &Db,
    limit: Duration,
    changed: Vec<Known>,
    gone: Vec<String>,
) -> Result<(), DbError> {
    ops.recurring_transaction(
        limit,
        "known_sessions.change",
        query!(conn => {
            for (id, is_staff) in changed {
                diesel::insert_into(known_sessions::table)
                    .values((known_sessions::id.eq(id), known_sessions::is_staff.eq(is_staff)))
                    .on_conflict(known_sessions::id)
                    .do_update()
                    .set(known_sessions::is_staff.eq(excluded(known_sessions::is_staff)))
                    .execute(conn)
                    .await?;
            }
            for id in gone {
                diesel::delete(known_sessions::table.filter(known_sessions::id.eq(id)))
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}
