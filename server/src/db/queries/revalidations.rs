//! Cards to be checked again, because the schema of an extension that they use has changed.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::prelude::{Queryable, Selectable};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use super::schemas::EXTENSION;
use crate::db::schema::{agent_card_terms, agent_cards, revalidations};
use crate::db::{Db, DbError, JsonText};
use crate::query;

/// Looked for every minute, whatever state the database is in.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// A card as it is checked again: id, revision, document.
pub type Unchecked = (i64, i64, JsonText);

/// An extension whose cards are still to be checked.
#[derive(Clone, Debug, Queryable, Selectable)]
pub struct Revalidation {
    pub schema_uri: String,
    pub requested_at: NaiveDateTime,
    /// The last card that is done.
    pub after_card: i64,
    /// How often it was begun since.
    pub attempts: i64,
}

/// The next of them.
pub async fn pending(db: &Db) -> Result<Vec<Revalidation>, DbError> {
    db.probe(
        LOOK_LIMIT,
        "revalidations.pending",
        query!(conn => {
            revalidations::table
                .select(Revalidation::as_select())
                .order(revalidations::requested_at.asc())
                .limit(100)
                .load(conn)
                .await
        }),
    )
    .await
}

/// The next cards that use the extension, by id.
pub async fn cards(
    db: &Db,
    uri: String,
    after: i64,
    limit: i64,
) -> Result<Vec<Unchecked>, DbError> {
    db.run(
        "revalidations.cards",
        query!(conn => {
            agent_card_terms::table
                .inner_join(agent_cards::table)
                .filter(agent_card_terms::kind.eq(EXTENSION))
                .filter(agent_card_terms::term.eq(uri))
                .filter(agent_card_terms::card_id.gt(after))
                .order(agent_card_terms::card_id.asc())
                .limit(limit)
                .select((agent_cards::id, agent_cards::revision, agent_cards::card))
                .load(conn)
                .await
        }),
    )
    .await
}

/// What was found in a card; nothing if it has changed meanwhile, and so was checked by that.
pub async fn record(
    db: &Db,
    id: i64,
    revision: i64,
    is_valid: bool,
    errors: JsonText,
) -> Result<(), DbError> {
    db.run(
        "revalidations.record",
        query!(conn => {
            let read = agent_cards::table
                .filter(agent_cards::id.eq(id))
                .filter(agent_cards::revision.eq(revision));
            diesel::update(read)
                .set((
                    agent_cards::is_valid.eq(is_valid),
                    agent_cards::validity_errors.eq(errors),
                    agent_cards::revision.eq(revision + 1),
                ))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// Writes down how far it has come: at the beginning of an attempt, and after each batch.
pub async fn progress(db: &Db, revalidation: Revalidation) -> Result<(), DbError> {
    db.run(
        "revalidations.progress",
        query!(conn => {
            let asked = revalidations::table
                .filter(revalidations::schema_uri.eq(revalidation.schema_uri))
                .filter(revalidations::requested_at.eq(revalidation.requested_at));
            diesel::update(asked)
                .set((
                    revalidations::after_card.eq(revalidation.after_card),
                    revalidations::attempts.eq(revalidation.attempts),
                ))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// Says of all cards from `after` on that use the extension that they are not checked.
pub async fn give_up(db: &Db, uri: String, after: i64, unchecked: JsonText) -> Result<(), DbError> {
    db.run(
        "revalidations.give_up",
        query!(conn => {
            let users = agent_card_terms::table
                .filter(agent_card_terms::kind.eq(EXTENSION))
                .filter(agent_card_terms::term.eq(uri))
                .filter(agent_card_terms::card_id.gt(after))
                .select(agent_card_terms::card_id);
            diesel::update(agent_cards::table.filter(agent_cards::id.eq_any(users)))
                .set((
                    agent_cards::is_valid.eq(false),
                    agent_cards::validity_errors.eq(unchecked),
                    agent_cards::revision.eq(agent_cards::revision + 1),
                ))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// Done, unless it was asked for again meanwhile.
pub async fn done(db: &Db, uri: String, requested_at: NaiveDateTime) -> Result<(), DbError> {
    db.run(
        "revalidations.done",
        query!(conn => {
            let asked = revalidations::table
                .filter(revalidations::schema_uri.eq(uri))
                .filter(revalidations::requested_at.eq(requested_at));
            diesel::delete(asked).execute(conn).await.map(drop)
        }),
    )
    .await
}
