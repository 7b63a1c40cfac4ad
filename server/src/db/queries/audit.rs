//! Who changed what, when, and from where. An entry is written in the transaction of its change:
//! neither is ever without the other.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::db::schema::audit_log;
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = audit_log)]
pub struct NewEntry {
    pub at: NaiveDateTime,
    pub actor: String,
    pub action: &'static str,
    pub object: &'static str,
    pub object_id: String,
    pub detail: String,
    pub ip: Option<String>,
    pub request_id: Option<String>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_log)]
pub struct Entry {
    pub id: i64,
    pub at: NaiveDateTime,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub object_id: String,
    pub detail: String,
    pub ip: Option<String>,
    pub request_id: Option<String>,
}

/// Where a change comes from: what its entry will say besides the change itself.
#[derive(Clone, Debug)]
pub struct Trace {
    /// A user's name, `token:NAME`, or `command:NAME` for one who works on the machine itself.
    pub actor: String,
    pub at: NaiveDateTime,
    pub ip: Option<String>,
    pub request_id: Option<String>,
}

impl Trace {
    pub fn entry(
        self,
        action: &'static str,
        object: &'static str,
        object_id: impl ToString,
        detail: String,
    ) -> NewEntry {
        NewEntry {
            at: self.at,
            actor: self.actor,
            action,
            object,
            object_id: object_id.to_string(),
            detail,
            ip: self.ip,
            request_id: self.request_id,
        }
    }
}

/// How long an entry that belongs to no change may take.
const RECORD_LIMIT: Duration = Duration::from_secs(1);

/// One that belongs to no change in this database.
pub async fn record(db: &Db, entry: NewEntry) -> Result<(), DbError> {
    db.probe(
        RECORD_LIMIT,
        "audit.record",
        query!(conn => {
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// The newest entries first, `limit` of them, older than the entry `before` if one is given.
pub async fn latest(db: &Db, before: Option<i64>, limit: i64) -> Result<Vec<Entry>, DbError> {
    let before = before.unwrap_or(i64::MAX);
    db.run(
        "audit.latest",
        query!(conn => {
            audit_log::table
                .filter(audit_log::id.lt(before))
                .order(audit_log::id.desc())
                .limit(limit)
                .select(Entry::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}
