//! Namespaces.

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::audit::Trace;
use super::deletion::{Deletion, delete_row};
use crate::db::schema::{audit_log, namespaces};
use crate::db::{Db, DbError};
use crate::query;

#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
pub struct Namespace {
    pub id: String,
    pub name: String,
    pub description: String,
    pub is_active: bool,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub revision: i64,
}

impl Namespace {
    /// An active one, called by its id.
    pub fn new(id: String, now: NaiveDateTime) -> Self {
        Self {
            name: id.clone(),
            id,
            description: String::new(),
            is_active: true,
            created_at: now,
            updated_at: now,
            revision: 1,
        }
    }
}

pub async fn count(db: &Db, is_active: Option<bool>) -> Result<i64, DbError> {
    db.run(
        "namespaces.count",
        query!(conn: Backend => {
            let mut query = namespaces::table.into_boxed::<Backend>();
            if let Some(is_active) = is_active {
                query = query.filter(namespaces::is_active.eq(is_active));
            }
            query.count().get_result(conn).await
        }),
    )
    .await
}

/// A page of them, by id.
pub async fn list(
    db: &Db,
    is_active: Option<bool>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Namespace>, DbError> {
    db.run(
        "namespaces.list",
        query!(conn: Backend => {
            let mut query = namespaces::table.select(Namespace::as_select()).into_boxed::<Backend>();
            if let Some(is_active) = is_active {
                query = query.filter(namespaces::is_active.eq(is_active));
            }
            query.order(namespaces::id.asc()).offset(offset).limit(limit).load(conn).await
        }),
    )
    .await
}

pub async fn find(db: &Db, id: String) -> Result<Option<Namespace>, DbError> {
    db.run(
        "namespaces.find",
        query!(conn => {
            namespaces::table
                .find(id)
                .select(Namespace::as_select())
                .first(conn)
                .await
                .optional()
        }),
    )
    .await
}

/// A taken id is a unique violation.
pub async fn create(
    db: &Db,
    namespace: Namespace,
    trace: Trace,
    detail: String,
) -> Result<(), DbError> {
    let entry = trace.entry("create", "namespace", &namespace.id, detail);
    db.transaction(
        "namespaces.create",
        query!(conn => {
            diesel::insert_into(namespaces::table).values(namespace).execute(conn).await?;
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
        }),
    )
    .await
}

/// Makes `changed` the next revision of what it was read from; false if that is no more the latest.
pub async fn update(
    db: &Db,
    changed: Namespace,
    trace: Trace,
    detail: String,
) -> Result<bool, DbError> {
    let entry = trace.entry("update", "namespace", &changed.id, detail);
    db.transaction(
        "namespaces.update",
        query!(conn => {
            let read = namespaces::table
                .filter(namespaces::id.eq(&changed.id))
                .filter(namespaces::revision.eq(changed.revision));
            let updated = diesel::update(read)
                .set((
                    namespaces::name.eq(&changed.name),
                    namespaces::description.eq(&changed.description),
                    namespaces::is_active.eq(changed.is_active),
                    namespaces::updated_at.eq(changed.updated_at),
                    namespaces::revision.eq(changed.revision + 1),
                ))
                .execute(conn)
                .await?;
            if updated == 0 {
                return Ok(false);
            }
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(true)
        }),
    )
    .await
}

/// Deletes it, if it is of `revision` where one is given. One with cards is a reference violation.
pub async fn delete(
    db: &Db,
    id: String,
    revision: Option<i64>,
    trace: Trace,
    detail: String,
) -> Result<Deletion, DbError> {
    let entry = trace.entry("delete", "namespace", &id, detail);
    db.transaction(
        "namespaces.delete",
        query!(conn => Ok(delete_row!(conn, namespaces, &id, revision, entry))),
    )
    .await
}
