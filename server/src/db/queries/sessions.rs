//! Sessions that were begun and not yet ended.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::prelude::Insertable;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::known_sessions::Known;
use super::users::User;
use crate::db::schema::{sessions, users};
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

/// Nobody waits for the list, and it is asked for again soon.
const LIST_LIMIT: Duration = Duration::from_secs(1);
/// More people than that do not sign in within the twelve hours of a session.
const MAX_LISTED: i64 = 10_000;

/// Records the session and the sign-in, and forgets sessions that expired on their own.
pub async fn begin(db: &Db, session: NewSession) -> Result<(), DbError> {
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
            diesel::insert_into(sessions::table).values(session).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// The user as they are now, if the session still stands and the user may still sign in. Asked on
/// every signed-in request.
pub async fn find(
    db: &Db,
    id: String,
    now: NaiveDateTime,
    limit: Duration,
) -> Result<Option<User>, DbError> {
    db.look_up(
        limit,
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

/// All sessions that stand and whose users may sign in, each with whether the user is staff.
pub async fn standing(db: &Db, now: NaiveDateTime) -> Result<Vec<Known>, DbError> {
    db.look_up_again(
        LIST_LIMIT,
        "sessions.standing",
        query!(conn => {
            sessions::table
                .inner_join(users::table)
                .filter(sessions::expires_at.gt(now).and(users::is_active.eq(true)))
                .order(sessions::expires_at.desc())
                .limit(MAX_LISTED)
                .select((sessions::id, users::is_staff))
                .load(conn)
                .await
        }),
    )
    .await
}

pub async fn end(db: &Db, id: String) -> Result<(), DbError> {
    db.run(
        "sessions.end",
        query!(conn => {
            diesel::delete(sessions::table.filter(sessions::id.eq(id))).execute(conn).await.map(drop)
        }),
    )
    .await
}
