//! API tokens: only their hashes are here.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::audit::Trace;
use crate::db::schema::{api_tokens, audit_log};
use crate::db::{Db, DbError, Errand};
use crate::query;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
pub struct Token {
    pub id: i64,
    pub name: String,
    pub scope: String,
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub last_used_at: Option<NaiveDateTime>,
    pub revoked_at: Option<NaiveDateTime>,
}

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = api_tokens)]
pub struct NewToken {
    pub name: String,
    pub token_hash: String,
    pub scope: &'static str,
    pub created_by: String,
    pub created_at: NaiveDateTime,
}

/// A taken name is a unique violation.
pub async fn create(db: &Db, token: NewToken, trace: Trace) -> Result<(), DbError> {
    db.transaction(
        "tokens.create",
        query!(conn => {
            let detail = format!("{}, scope {}", token.name, token.scope);
            let id: i64 = diesel::insert_into(api_tokens::table)
                .values(token)
                .returning(api_tokens::id)
                .get_result(conn)
                .await?;
            let entry = trace.entry("create", "token", id, detail);
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// Nobody waits for the list, and it is asked for again soon.
const LIST_LIMIT: Duration = Duration::from_secs(1);

/// The token of this hash, unless it was revoked.
pub async fn find(db: &Db, hash: String, errand: Errand) -> Result<Option<Token>, DbError> {
    db.run_for(
        errand,
        "tokens.find",
        query!(conn => {
            api_tokens::table
                .filter(api_tokens::token_hash.eq(hash))
                .filter(api_tokens::revoked_at.is_null())
                .select(Token::as_select())
                .first(conn)
                .await
                .optional()
        }),
    )
    .await
}

/// Which of these were not revoked.
pub async fn live(db: &Db, hashes: Vec<String>) -> Result<Vec<String>, DbError> {
    db.look_up_again(
        LIST_LIMIT,
        "tokens.live",
        query!(conn => {
            api_tokens::table
                .filter(api_tokens::token_hash.eq_any(hashes))
                .filter(api_tokens::revoked_at.is_null())
                .select(api_tokens::token_hash)
                .load(conn)
                .await
        }),
    )
    .await
}

/// Remembers that it was used, unless it is known to have been used later.
pub async fn used(db: &Db, id: i64, at: NaiveDateTime) -> Result<(), DbError> {
    db.run(
        "tokens.used",
        query!(conn => {
            let older = api_tokens::last_used_at.is_null().or(api_tokens::last_used_at.lt(at));
            diesel::update(api_tokens::table.filter(api_tokens::id.eq(id)).filter(older))
                .set(api_tokens::last_used_at.eq(at))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// All of them, the newest first.
pub async fn list(db: &Db) -> Result<Vec<Token>, DbError> {
    db.run(
        "tokens.list",
        query!(conn => {
            api_tokens::table
                .order(api_tokens::id.desc())
                .select(Token::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}

/// Ends the token of this name, and returns its hash; `None` if there is none that is not ended
/// already.
pub async fn revoke(db: &Db, name: String, trace: Trace) -> Result<Option<String>, DbError> {
    db.transaction(
        "tokens.revoke",
        query!(conn => {
            let live = api_tokens::table
                .filter(api_tokens::name.eq(&name))
                .filter(api_tokens::revoked_at.is_null());
            let revoked: Option<(i64, String)> = diesel::update(live)
                .set(api_tokens::revoked_at.eq(trace.at))
                .returning((api_tokens::id, api_tokens::token_hash))
                .get_result(conn)
                .await
                .optional()?;
            let Some((id, hash)) = revoked else {
                return Ok(None);
            };
            let entry = trace.entry("revoke", "token", id, name);
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(Some(hash))
        }),
    )
    .await
}
