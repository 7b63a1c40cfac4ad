//! Schemas of extensions.

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;

use super::audit::Trace;
use super::deletion::{Deletion, delete_row};
use crate::db::schema::{agent_card_terms, audit_log, revalidations, schemas};
use crate::db::{Db, DbError, JsonText};
use crate::query;

/// The kind of term by which a card names its extensions.
pub const EXTENSION: &str = "extension";

#[derive(Clone, Debug, Queryable, Selectable)]
pub struct Schema {
    pub id: i64,
    pub schema_uri: String,
    pub schema_type: String,
    pub version: String,
    pub description: String,
    pub schema: JsonText,
    pub example: Option<JsonText>,
    pub is_active: bool,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub revision: i64,
}

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = schemas)]
pub struct NewSchema {
    pub schema_uri: String,
    pub schema_type: String,
    pub version: String,
    pub description: String,
    pub schema: JsonText,
    pub example: Option<JsonText>,
    pub is_active: bool,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// Which of them: all that is `None` matches any.
#[derive(Clone, Debug, Default)]
pub struct SchemaFilter {
    pub schema_uri: Option<String>,
    pub schema_type: Option<String>,
    pub is_active: Option<bool>,
}

/// The boxed query for a filter, in either dialect.
macro_rules! filtered {
    ($backend:ident, $filter:ident) => {{
        let mut query = schemas::table.into_boxed::<$backend>();
        if let Some(uri) = $filter.schema_uri {
            query = query.filter(schemas::schema_uri.eq(uri));
        }
        if let Some(kind) = $filter.schema_type {
            query = query.filter(schemas::schema_type.eq(kind));
        }
        if let Some(is_active) = $filter.is_active {
            query = query.filter(schemas::is_active.eq(is_active));
        }
        query
    }};
}

/// Asks for the cards that use an extension to be checked again.
macro_rules! revalidate {
    ($conn:ident, $uri:expr, $at:expr) => {
        diesel::insert_into(revalidations::table)
            .values((
                revalidations::schema_uri.eq($uri),
                revalidations::requested_at.eq($at),
            ))
            .on_conflict(revalidations::schema_uri)
            .do_update()
            .set((
                revalidations::requested_at.eq($at),
                revalidations::after_card.eq(0),
                revalidations::attempts.eq(0),
            ))
            .execute($conn)
            .await?
    };
}

pub(super) use revalidate;

pub async fn count(db: &Db, filter: SchemaFilter) -> Result<i64, DbError> {
    db.run(
        "schemas.count",
        query!(conn: Backend => filtered!(Backend, filter).count().get_result(conn).await),
    )
    .await
}

/// A page of them, by id.
pub async fn list(
    db: &Db,
    filter: SchemaFilter,
    offset: i64,
    limit: i64,
) -> Result<Vec<Schema>, DbError> {
    db.run(
        "schemas.list",
        query!(conn: Backend => {
            filtered!(Backend, filter)
                .select(Schema::as_select())
                .order(schemas::id.asc())
                .offset(offset)
                .limit(limit)
                .load(conn)
                .await
        }),
    )
    .await
}

pub async fn find(db: &Db, id: i64) -> Result<Option<Schema>, DbError> {
    db.run(
        "schemas.find",
        query!(conn => {
            schemas::table.find(id).select(Schema::as_select()).first(conn).await.optional()
        }),
    )
    .await
}

/// What an active schema demands of the extension of this URI, for each that has one.
pub async fn of_extensions(
    db: &Db,
    uris: Vec<String>,
    limit: i64,
) -> Result<Vec<(String, JsonText)>, DbError> {
    db.run(
        "schemas.of_extensions",
        query!(conn => {
            schemas::table
                .filter(schemas::schema_uri.eq_any(uris))
                .filter(schemas::is_active.eq(true))
                .select((schemas::schema_uri, schemas::schema))
                .limit(limit)
                .load(conn)
                .await
        }),
    )
    .await
}

/// All active ones by type, and how many cards use each.
pub async fn catalog(db: &Db) -> Result<Vec<(Schema, i64)>, DbError> {
    db.run(
        "schemas.catalog",
        query!(conn => {
            let found: Vec<Schema> = schemas::table
                .filter(schemas::is_active.eq(true))
                .select(Schema::as_select())
                .order((schemas::schema_type.asc(), schemas::version.asc(), schemas::id.asc()))
                .load(conn)
                .await?;
            let uris: Vec<String> = found.iter().map(|schema| schema.schema_uri.clone()).collect();
            let uses: Vec<(String, i64)> = agent_card_terms::table
                .filter(agent_card_terms::kind.eq(EXTENSION))
                .filter(agent_card_terms::term.eq_any(uris))
                .group_by(agent_card_terms::term)
                .select((agent_card_terms::term, dsl::count_star()))
                .load(conn)
                .await?;
            let used = |uri: &str| {
                uses.iter().find(|(used, _)| used == uri).map_or(0, |(_, count)| *count)
            };
            Ok(found
                .into_iter()
                .map(|schema| {
                    let count = used(&schema.schema_uri);
                    (schema, count)
                })
                .collect())
        }),
    )
    .await
}

/// Returns its id. A taken URI, or type and version, is a unique violation.
pub async fn create(
    db: &Db,
    schema: NewSchema,
    trace: Trace,
    detail: String,
) -> Result<i64, DbError> {
    db.transaction(
        "schemas.create",
        query!(conn => {
            let uri = schema.schema_uri.clone();
            let at = schema.created_at;
            let id: i64 = diesel::insert_into(schemas::table)
                .values(schema)
                .returning(schemas::id)
                .get_result(conn)
                .await?;
            revalidate!(conn, uri, at);
            let entry = trace.entry("create", "schema", id, detail);
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(id)
        }),
    )
    .await
}

/// Makes `changed` what follows revision `revision` of schema `id`; false if that is no more the
/// latest. When it was made stays as it was.
pub async fn update(
    db: &Db,
    (id, revision): (i64, i64),
    changed: NewSchema,
    trace: Trace,
    detail: String,
) -> Result<bool, DbError> {
    let entry = trace.entry("update", "schema", id, detail);
    db.transaction(
        "schemas.update",
        query!(conn => {
            let read = schemas::table
                .filter(schemas::id.eq(id))
                .filter(schemas::revision.eq(revision));
            let before: Option<String> =
                read.select(schemas::schema_uri).first(conn).await.optional()?;
            let updated = diesel::update(read)
                .set((
                    schemas::schema_uri.eq(&changed.schema_uri),
                    schemas::schema_type.eq(&changed.schema_type),
                    schemas::version.eq(&changed.version),
                    schemas::description.eq(&changed.description),
                    schemas::schema.eq(&changed.schema),
                    schemas::example.eq(&changed.example),
                    schemas::is_active.eq(changed.is_active),
                    schemas::updated_at.eq(changed.updated_at),
                    schemas::revision.eq(revision + 1),
                ))
                .execute(conn)
                .await?;
            let Some(before) = before.filter(|_| updated == 1) else {
                return Ok(false);
            };
            for uri in [before, changed.schema_uri.clone()] {
                revalidate!(conn, uri, changed.updated_at);
            }
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(true)
        }),
    )
    .await
}

/// Deletes it, if it is of `revision` where one is given, and no card uses it: `Err(uses)` then.
pub async fn delete(
    db: &Db,
    id: i64,
    revision: Option<i64>,
    trace: Trace,
    detail: String,
) -> Result<Result<Deletion, i64>, DbError> {
    db.transaction(
        "schemas.delete",
        query!(conn => {
            let uri: Option<String> = schemas::table
                .find(id)
                .select(schemas::schema_uri)
                .first(conn)
                .await
                .optional()?;
            let Some(uri) = uri else {
                return Ok(Ok(Deletion::Missing));
            };
            let uses: i64 = agent_card_terms::table
                .filter(agent_card_terms::kind.eq(EXTENSION))
                .filter(agent_card_terms::term.eq(&uri))
                .count()
                .get_result(conn)
                .await?;
            if uses > 0 {
                return Ok(Err(uses));
            }
            let entry = trace.entry("delete", "schema", id, detail);
            Ok(Ok(delete_row!(conn, schemas, id, revision, entry)))
        }),
    )
    .await
}
