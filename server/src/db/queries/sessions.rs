//! Sessions that were begun and not yet ended.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::prelude::Insertable;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::audit::NewEntry;
use super::users::User;
use crate::db::schema::{audit_log, sessions, users};
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Insertable)]
#[diesel(table_name = sessions)]
pub struct NewSession {
    pub id: String,
    pub user_id: i64,
    pub created_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
}

/// Asked on every signed-in request. A database that is slower than this is as good as down: the
/// desk opens by the session's signature.
const FIND_LIMIT: Duration = Duration::from_millis(300);

/// Records the session, the sign-in and its entry in the audit, and forgets sessions that expired on their own.
pub async fn begin(db: &Db, session: NewSession, entry: NewEntry) -> Result<(), DbError> {
    db.transaction(
        "sessions.begin",
        query!(conn => {
            diesel::delete(sessions::table.filter(sessions::expires_at.lt(session.created_at)))
                .execute(conn)
                .await?;
            diesel::update(users::table.filter(users::id.eq(session.user_id)))
                .set(users::last_login_at.eq(session.created_at))
                .execute(conn)
                .await?;
            diesel::insert_into(sessions::table).values(session).execute(conn).await?;
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// The user as they are now, if the session still stands and the user may still sign in.
pub async fn find(db: &Db, id: String, now: NaiveDateTime) -> Result<Option<User>, DbError> {
    db.run_within(
        FIND_LIMIT,
        "sessions.find",
        query!(conn => {
            sessions::table
                .inner_join(users::table)
                .filter(
                    sessions::id
                        .eq(id)
                        .and(sessions::expires_at.gt(now))
                        .and(users::is_active.eq(true)),
                )
                .select(User::as_select())
                .first(conn)
                .await
                .optional()
        }),
    )
    .await
}

pub async fn end(db: &Db, id: String, entry: NewEntry) -> Result<(), DbError> {
    db.transaction(
        "sessions.end",
        query!(conn => {
            diesel::delete(sessions::table.filter(sessions::id.eq(id))).execute(conn).await?;
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}
