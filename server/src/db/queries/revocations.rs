//! Ended sessions, revoked tokens and used access codes, in the desk's own store: what keeps them
//! ended while the registry's database, which knows it best, is down.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, QueryDsl as _, dsl};
use diesel_async::RunQueryDsl as _;

use crate::db::schema::revoked_sessions;
use crate::db::{Db, DbError};
use crate::query;

/// Asked on every signed-in request: a store that is frozen must not make the desk wait for it.
const FIND_LIMIT: Duration = Duration::from_millis(250);

/// Whoever waits for this is in a hurry, and the store may be as broken as the rest.
const CLAIM_LIMIT: Duration = Duration::from_millis(500);

/// Remembers what was ended until it would have expired.
pub async fn record(
    ops: &Db,
    ended: Vec<(String, NaiveDateTime)>,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    ops.transaction(
        "revocations.record",
        query!(conn => {
            diesel::delete(revoked_sessions::table.filter(revoked_sessions::expires_at.lt(now)))
                .execute(conn)
                .await?;
            for (id, expires_at) in ended {
                diesel::insert_into(revoked_sessions::table)
                    .values((revoked_sessions::id.eq(id), revoked_sessions::expires_at.eq(expires_at)))
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
            }
            Ok(())
        }),
    )
    .await
}

/// Takes `id` for used until `expires_at`; false if somebody did so before.
pub async fn claim(ops: &Db, id: String, expires_at: NaiveDateTime) -> Result<bool, DbError> {
    ops.run_within(
        CLAIM_LIMIT,
        "revocations.claim",
        query!(conn => {
            diesel::insert_into(revoked_sessions::table)
                .values((revoked_sessions::id.eq(id), revoked_sessions::expires_at.eq(expires_at)))
                .on_conflict_do_nothing()
                .execute(conn)
                .await
                .map(|inserted| inserted > 0)
        }),
    )
    .await
}

pub async fn is_revoked(ops: &Db, id: String) -> Result<bool, DbError> {
    ops.probe(
        FIND_LIMIT,
        "revocations.find",
        query!(conn => {
            diesel::select(dsl::exists(
                revoked_sessions::table.filter(revoked_sessions::id.eq(id)),
            ))
            .get_result(conn)
            .await
        }),
    )
    .await
}
