//! Cards in bulk: a file at a time, in and out.

use std::collections::HashSet;
use std::time::Duration;

use diesel::result::Error as DieselError;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _, dsl,
};
use diesel_async::RunQueryDsl as _;
use tokio::sync::oneshot;

use super::audit::Trace;
use super::cards::{NewCard, Term, TermRow, clear_default, insert_card, insert_terms};
use super::namespaces::Namespace;
use super::schemas::{NewSchema, Schema, revalidate};
use crate::db::schema::{
    agent_card_terms, agent_cards, audit_log, namespaces, revalidations, schemas,
};
use crate::db::{Db, DbError, JsonText};
use crate::query;

macro_rules! insert_namespace {
    ($conn:ident, $namespace:expr, $trace:ident) => {
        let namespace: Namespace = $namespace;
        let id = namespace.id.clone();
        let made = diesel::insert_into(namespaces::table)
            .values(namespace)
            .on_conflict_do_nothing()
            .execute($conn)
            .await?;
        if made > 0 {
            let entry = $trace.clone().entry("create", "namespace", &id, id.clone());
            diesel::insert_into(audit_log::table)
                .values(entry)
                .execute($conn)
                .await?;
        }
    };
}

/// For a whole file.
const LIMIT: Duration = Duration::from_secs(3600);

/// What a file holds, ready to be put in; each with its line.
pub struct Prepared {
    pub schemas: Vec<(usize, NewSchema)>,
    pub namespaces: Vec<(usize, Namespace)>,
    pub cards: Vec<PreparedCard>,
}

/// A card of a file.
pub struct PreparedCard {
    pub line: usize,
    pub card: NewCard,
    pub terms: Vec<Term>,
    /// Whether it becomes the default version if its name has none yet.
    pub default_if_none: bool,
}

/// What a file did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cards.
    pub added: usize,
    /// The very same cards were there already.
    pub skipped: usize,
    pub namespaces: usize,
    pub schemas: usize,
}

/// A line of a file that contradicts what is there.
pub type Conflict = (usize, &'static str);

const SCHEMA_TAKEN: &str = "another schema of this schema_uri, or of this schema_type and version, \
     is there already";
const NAMESPACE_ACTIVE: &str = "the namespace is there already and active: cards that were hidden \
     would be public";
const CARD_TAKEN: &str = "another card of this name and version is in the namespace already";

/// What became of a record of a file.
enum Imported {
    Added,
    /// The very same is there already.
    Skipped,
    /// For this reason.
    Contradicts(&'static str),
}

macro_rules! import_schema {
    ($conn:ident, $schema:expr, $trace:ident) => {{
        let schema: NewSchema = $schema;
        let is_of_type = schemas::schema_type
            .eq(&schema.schema_type)
            .and(schemas::version.eq(&schema.version));
        let there: Vec<Schema> = schemas::table
            .filter(schemas::schema_uri.eq(&schema.schema_uri).or(is_of_type))
            .select(Schema::as_select())
            .load($conn)
            .await?;
        if there.iter().any(|there| !is_same_schema(there, &schema)) {
            Imported::Contradicts(SCHEMA_TAKEN)
        } else {
            // Cards are checked with the new ones of the file; which of those that were there are
            // active was not looked at.
            revalidate!($conn, &schema.schema_uri, schema.created_at);
            if there.is_empty() {
                let uri = schema.schema_uri.clone();
                let id: i64 = diesel::insert_into(schemas::table)
                    .values(schema)
                    .returning(schemas::id)
                    .get_result($conn)
                    .await?;
                let entry = $trace.clone().entry("create", "schema", id, uri);
                diesel::insert_into(audit_log::table)
                    .values(entry)
                    .execute($conn)
                    .await?;
                Imported::Added
            } else {
                Imported::Skipped
            }
        }
    }};
}

macro_rules! import_namespace {
    ($conn:ident, $namespace:expr, $trace:ident) => {{
        let namespace: Namespace = $namespace;
        let is_active: Option<bool> = namespaces::table
            .find(&namespace.id)
            .select(namespaces::is_active)
            .first($conn)
            .await
            .optional()?;
        match is_active {
            Some(true) if !namespace.is_active => Imported::Contradicts(NAMESPACE_ACTIVE),
            Some(_) => Imported::Skipped,
            None => {
                insert_namespace!($conn, namespace, $trace);
                Imported::Added
            }
        }
    }};
}

macro_rules! import_card {
    ($conn:ident, $vendor:expr, $card:expr, $trace:ident) => {{
        let PreparedCard {
            mut card,
            terms,
            default_if_none,
            ..
        } = $card;
        let of_name = agent_cards::table
            .filter(agent_cards::namespace_id.eq(card.namespace_id.clone()))
            .filter(agent_cards::name.eq(card.name.clone()));
        let there: Option<JsonText> = of_name
            .clone()
            .filter(agent_cards::version.eq(&card.version))
            .select(agent_cards::card)
            .first($conn)
            .await
            .optional()?;
        match there {
            Some(there) if is_same(&there, &card.card) => Imported::Skipped,
            Some(_) => Imported::Contradicts(CARD_TAKEN),
            None => {
                if default_if_none {
                    let others = of_name.filter(agent_cards::is_default_version.eq(true));
                    let has_default: bool = diesel::select(dsl::exists(others))
                        .get_result($conn)
                        .await?;
                    card.is_default_version = !has_default;
                }
                let detail = format!("{}/{} {}", card.namespace_id, card.name, card.version);
                let id = insert_card!($conn, $vendor, card, terms);
                let entry = $trace.clone().entry("create", "agent_card", id, detail);
                diesel::insert_into(audit_log::table)
                    .values(entry)
                    .execute($conn)
                    .await?;
                Imported::Added
            }
        }
    }};
}

/// Puts in all that a file holds, or nothing: then what contradicts comes back. What is there already
/// is left alone. `done` is called for each card. Namespaces that are missing are made.
pub async fn import(
    db: &Db,
    file: Prepared,
    trace: Trace,
    done: impl Fn() + Send + 'static,
) -> Result<Result<Tally, Vec<Conflict>>, DbError> {
    // A transaction that is rolled back brings nothing back by itself.
    let (tell, told) = oneshot::channel();
    let vendor = db.vendor();
    let imported = db
        .bulk_transaction(
            LIMIT,
            "bulk.import",
            query!(conn => {
                let mut tally = Tally::default();
                let mut conflicts: Vec<Conflict> = Vec::new();
                for (line, schema) in file.schemas {
                    match import_schema!(conn, schema, trace) {
                        Imported::Added => tally.schemas += 1,
                        Imported::Skipped => {}
                        Imported::Contradicts(reason) => conflicts.push((line, reason)),
                    }
                }
                let mut known = HashSet::new();
                for (line, namespace) in file.namespaces {
                    known.insert(namespace.id.clone());
                    match import_namespace!(conn, namespace, trace) {
                        Imported::Added => tally.namespaces += 1,
                        Imported::Skipped => {}
                        Imported::Contradicts(reason) => conflicts.push((line, reason)),
                    }
                }
                for card in file.cards {
                    let (line, id) = (card.line, card.card.namespace_id.clone());
                    if known.insert(id.clone()) {
                        insert_namespace!(conn, Namespace::new(id, card.card.created_at), trace);
                    }
                    match import_card!(conn, vendor, card, trace) {
                        Imported::Added => tally.added += 1,
                        Imported::Skipped => tally.skipped += 1,
                        Imported::Contradicts(reason) => conflicts.push((line, reason)),
                    }
                    done();
                }
                if conflicts.is_empty() {
                    return Ok(tally);
                }
                // Nobody waits any more only if the whole command was given up.
                _ = tell.send(conflicts);
                Err(DieselError::RollbackTransaction)
            }),
        )
        .await;
    match imported {
        Err(DbError::Query(DieselError::RollbackTransaction)) => {
            Ok(Err(told.await.unwrap_or_default()))
        }
        imported => imported.map(Ok),
    }
}

/// Whether a schema that is there demands the same, under the same names.
fn is_same_schema(there: &Schema, new: &NewSchema) -> bool {
    let example = match (&there.example, &new.example) {
        (Some(there), Some(new)) => is_same(there, new),
        (there, new) => there.is_none() && new.is_none(),
    };
    there.schema_uri == new.schema_uri
        && there.schema_type == new.schema_type
        && there.version == new.version
        && is_same(&there.schema, &new.schema)
        && example
}

/// Whether two documents say the same, however they are written.
fn is_same(one: &JsonText, other: &JsonText) -> bool {
    let value = |text: &JsonText| serde_json::from_str::<serde_json::Value>(text.text()).ok();
    one.text() == other.text() || value(one) == value(other)
}

/// A card as it is written out: id, namespace, card, active, default.
pub type Exported = (i64, String, JsonText, bool, bool);

/// The next cards by id, of one namespace or of all.
pub async fn export(
    db: &Db,
    namespace: Option<String>,
    after: i64,
    limit: i64,
) -> Result<Vec<Exported>, DbError> {
    db.run(
        "bulk.export",
        query!(conn: Backend => {
            let mut query = agent_cards::table.into_boxed::<Backend>();
            if let Some(namespace) = namespace {
                query = query.filter(agent_cards::namespace_id.eq(namespace));
            }
            query
                .filter(agent_cards::id.gt(after))
                .order(agent_cards::id.asc())
                .limit(limit)
                .select((
                    agent_cards::id,
                    agent_cards::namespace_id,
                    agent_cards::card,
                    agent_cards::is_active,
                    agent_cards::is_default_version,
                ))
                .load(conn)
                .await
        }),
    )
    .await
}

/// All namespaces, or one, each with whether it has cards.
pub async fn namespaces(db: &Db, only: Option<String>) -> Result<Vec<(Namespace, bool)>, DbError> {
    db.run(
        "bulk.namespaces",
        query!(conn: Backend => {
            let mut query = namespaces::table
                .select(Namespace::as_select())
                .order(namespaces::id.asc())
                .into_boxed::<Backend>();
            if let Some(only) = only {
                query = query.filter(namespaces::id.eq(only));
            }
            let found: Vec<Namespace> = query.load(conn).await?;
            let used: HashSet<String> = agent_cards::table
                .select(agent_cards::namespace_id)
                .distinct()
                .load::<String>(conn)
                .await?
                .into_iter()
                .collect();
            Ok(found
                .into_iter()
                .map(|namespace| {
                    let is_used = used.contains(&namespace.id);
                    (namespace, is_used)
                })
                .collect())
        }),
    )
    .await
}

/// The next schemas by id.
pub async fn schemas(db: &Db, after: i64, limit: i64) -> Result<Vec<Schema>, DbError> {
    db.run(
        "bulk.schemas",
        query!(conn => {
            schemas::table
                .filter(schemas::id.gt(after))
                .order(schemas::id.asc())
                .limit(limit)
                .select(Schema::as_select())
                .load(conn)
                .await
        }),
    )
    .await
}
