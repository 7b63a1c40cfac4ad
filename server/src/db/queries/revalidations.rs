//! Cards to be checked again, because the schema of an extension that they use has changed.

use std::time::Duration;

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;

use super::schemas::EXTENSION;
use crate::db::schema::{agent_card_terms, agent_cards, revalidations};
use crate::db::{Db, DbError, JsonText};
use crate::query;

/// Looked for every minute, whatever state the database is in.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// A card as it is checked again: id, revision, document.
pub type Unchecked = (i64, i64, JsonText);

/// The extensions whose cards are still to be checked, and since when.
pub async fn pending(db: &Db) -> Result<Vec<(String, NaiveDateTime)>, DbError> {
    db.probe(
        LOOK_LIMIT,
        "revalidations.pending",
        query!(conn => {
            revalidations::table
                .select((revalidations::schema_uri, revalidations::requested_at))
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
