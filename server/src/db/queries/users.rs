//! Who may sign in.

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::audit::Trace;
use crate::db::schema::{audit_log, sessions, users};
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i64,
    pub username: String,
    pub password_hash: String,
    pub is_staff: bool,
    pub is_active: bool,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    pub username: String,
    pub email: Option<String>,
    pub password_hash: String,
    pub is_staff: bool,
    pub created_at: NaiveDateTime,
}

pub async fn find(db: &Db, username: String) -> Result<Option<User>, DbError> {
    db.run(
        "users.find",
        query!(conn => {
            users::table
                .filter(users::username.eq(username))
                .select(User::as_select())
                .first(conn)
                .await
                .optional()
        }),
    )
    .await
}

/// A taken name is a unique violation.
pub async fn create(db: &Db, user: NewUser, trace: Trace) -> Result<(), DbError> {
    db.transaction(
        "users.create",
        query!(conn => {
            let entry = trace.entry("create", "user", &user.username, "staff".to_owned());
            diesel::insert_into(users::table).values(user).execute(conn).await?;
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// Creates the user if there is none at all yet; false if there is one.
pub async fn create_first(db: &Db, user: NewUser) -> Result<bool, DbError> {
    let created = db
        .transaction(
            "users.create_first",
            query!(conn => {
                let count: i64 = users::table.count().get_result(conn).await?;
                if count > 0 {
                    return Ok(false);
                }
                diesel::insert_into(users::table).values(user).execute(conn).await?;
                Ok(true)
            }),
        )
        .await;
    match created {
        // On PostgreSQL two replicas may both have counted none: the name decides.
        Err(error) if error.is_unique_violation() => Ok(false),
        created => created,
    }
}

/// Sets the password and ends all of the user's sessions: returns the ids of those, with the time
/// each would have expired. `None` if there is no such user.
pub async fn change_password(
    db: &Db,
    username: String,
    password_hash: String,
    trace: Trace,
) -> Result<Option<Vec<(String, NaiveDateTime)>>, DbError> {
    db.transaction(
        "users.change_password",
        query!(conn => {
            let changed = diesel::update(users::table.filter(users::username.eq(&username)))
                .set(users::password_hash.eq(password_hash))
                .returning(users::id)
                .get_result::<i64>(conn)
                .await
                .optional()?;
            let Some(id) = changed else {
                return Ok(None);
            };
            let ended: Vec<(String, NaiveDateTime)> =
                diesel::delete(sessions::table.filter(sessions::user_id.eq(id)))
                    .returning((sessions::id, sessions::expires_at))
                    .get_results(conn)
                    .await?;
            let detail = format!("sessions ended: {}", ended.len());
            let entry = trace.entry("change_password", "user", username, detail);
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(Some(ended))
        }),
    )
    .await
}

pub async fn exist(db: &Db) -> Result<bool, DbError> {
    db.run(
        "users.exist",
        query!(conn => {
            diesel::select(diesel::dsl::exists(users::table.select(users::id)))
                .get_result(conn)
                .await
        }),
    )
    .await
}
