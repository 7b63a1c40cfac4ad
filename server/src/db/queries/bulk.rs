//! Cards in bulk: a file at a time, in and out.

use std::collections::HashSet;
use std::time::Duration;

use diesel::result::Error as DieselError;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, dsl};
use diesel_async::RunQueryDsl as _;
use tokio::sync::oneshot;

use super::audit::Trace;
use super::cards::{NewCard, Term, TermRow, clear_default, insert_card, insert_terms};
use crate::db::schema::{agent_card_terms, agent_cards, audit_log, namespaces};
use crate::db::{Db, DbError, JsonText};
use crate::query;

/// For a whole file.
const LIMIT: Duration = Duration::from_secs(3600);

/// A card of a file, ready to be put in.
pub struct Prepared {
    pub line: usize,
    pub card: NewCard,
    pub terms: Vec<Term>,
    /// Whether it becomes the default version if its name has none yet.
    pub default_if_none: bool,
}

/// What a file did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub added: usize,
    /// The very same cards were there already.
    pub skipped: usize,
}

/// Puts in all cards of a file, or none: then the lines come back whose name and version another
/// card has. `done` is called for each card. Namespaces that are missing are made.
pub async fn import(
    db: &Db,
    cards: Vec<Prepared>,
    trace: Trace,
    done: impl Fn() + Send + 'static,
) -> Result<Result<Tally, Vec<usize>>, DbError> {
    // A transaction that is rolled back brings nothing back by itself.
    let (tell, told) = oneshot::channel();
    let vendor = db.vendor();
    let imported = db
        .bulk_transaction(
            LIMIT,
            "bulk.import",
            query!(conn => {
                let mut tally = Tally::default();
                let mut taken = Vec::new();
                let mut known = HashSet::new();
                for Prepared { line, mut card, terms, default_if_none } in cards {
                    if known.insert(card.namespace_id.clone()) {
                        let id = card.namespace_id.clone();
                        let made = diesel::insert_into(namespaces::table)
                            .values((
                                namespaces::id.eq(&id),
                                namespaces::name.eq(&id),
                                namespaces::created_at.eq(card.created_at),
                                namespaces::updated_at.eq(card.created_at),
                            ))
                            .on_conflict_do_nothing()
                            .execute(conn)
                            .await?;
                        if made > 0 {
                            let entry = trace.clone().entry("create", "namespace", &id, id.clone());
                            diesel::insert_into(audit_log::table)
                                .values(entry)
                                .execute(conn)
                                .await?;
                        }
                    }
                    let there: Option<JsonText> = agent_cards::table
                        .filter(agent_cards::namespace_id.eq(&card.namespace_id))
                        .filter(agent_cards::name.eq(&card.name))
                        .filter(agent_cards::version.eq(&card.version))
                        .select(agent_cards::card)
                        .first(conn)
                        .await
                        .optional()?;
                    done();
                    match there {
                        Some(there) if is_same(&there, &card.card) => {
                            tally.skipped += 1;
                            continue;
                        }
                        Some(_) => {
                            taken.push(line);
                            continue;
                        }
                        None => {}
                    }
                    if default_if_none {
                        let others = agent_cards::table
                            .filter(agent_cards::namespace_id.eq(&card.namespace_id))
                            .filter(agent_cards::name.eq(&card.name))
                            .filter(agent_cards::is_default_version.eq(true));
                        let has_default: bool =
                            diesel::select(dsl::exists(others)).get_result(conn).await?;
                        card.is_default_version = !has_default;
                    }
                    let detail = format!("{}/{} {}", card.namespace_id, card.name, card.version);
                    let id = insert_card!(conn, vendor, card, terms);
                    let entry = trace.clone().entry("create", "agent_card", id, detail);
                    diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
                    tally.added += 1;
                }
                if taken.is_empty() {
                    return Ok(tally);
                }
                // Nobody waits any more only if the whole command was given up.
                _ = tell.send(taken);
                Err(DieselError::RollbackTransaction)
            }),
        )
        .await;
    match imported {
        Ok(tally) => Ok(Ok(tally)),
        Err(DbError::Query(DieselError::RollbackTransaction)) => {
            Ok(Err(told.await.unwrap_or_default()))
        }
        Err(error) => Err(error),
    }
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
