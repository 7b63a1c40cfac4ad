//! Agent cards, one at a time.
//!
//! Whoever changes a card says which revision was read, and the statement that changes it checks
//! that. So nothing that somebody else wrote in between is lost, without a lock held while a client
//! thinks.

use chrono::NaiveDateTime;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::result::Error as DieselError;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use super::audit::Trace;
use super::deletion::{Deletion, delete_row};
use crate::db::schema::{agent_card_terms, agent_cards, audit_log, namespaces, users};
use crate::db::{Db, DbError, JsonText};
use crate::query;

/// Held by whoever moves a default version, until the transaction ends: two that move at once would
/// each wait for a row of the other's. Readers, and cards that come in, do not wait for it.
pub(super) const LOCK_MOVES: &str = "SELECT 1 FROM namespaces WHERE id = $1 FOR NO KEY UPDATE";

/// All of a card but the card itself, which a list has no use for.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = agent_cards)]
pub struct CardHead {
    pub id: i64,
    pub namespace_id: String,
    pub name: String,
    pub version: String,
    pub protocol: String,
    pub is_active: bool,
    pub is_default_version: bool,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub revision: i64,
    pub is_valid: bool,
    pub validity_errors: Option<JsonText>,
    pub created_by_token: Option<String>,
}

/// A card as it is read: with the name of the user who made it, and whether its namespace is active.
#[derive(Clone, Debug)]
pub struct FoundCard {
    pub head: CardHead,
    pub card: JsonText,
    pub username: Option<String>,
    pub is_public: bool,
}

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = agent_cards)]
pub struct NewCard {
    pub namespace_id: String,
    pub name: String,
    pub version: String,
    pub protocol: &'static str,
    pub card: JsonText,
    pub is_active: bool,
    pub is_default_version: bool,
    pub created_by: Option<i64>,
    pub created_by_token: Option<String>,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub is_valid: bool,
    pub validity_errors: JsonText,
    pub search_name: String,
}

/// A word that a card is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term {
    pub kind: &'static str,
    pub term: String,
}

#[derive(Insertable)]
#[diesel(table_name = agent_card_terms)]
pub(super) struct TermRow {
    kind: &'static str,
    term: String,
    card_id: i64,
}

impl TermRow {
    pub(super) fn of(card_id: i64, terms: Vec<Term>) -> Vec<Self> {
        let rows = terms.into_iter().map(|Term { kind, term }| Self {
            kind,
            term,
            card_id,
        });
        rows.collect()
    }
}

/// Takes the default away from whichever other version of this name has it; `$id` is the card that
/// is to have it. SQLite lets only one transaction write at a time, and needs no lock.
macro_rules! clear_default {
    ($conn:ident, $vendor:expr, $card:expr, $id:expr) => {
        if $vendor == $crate::db::figures::Vendor::Postgresql {
            diesel::sql_query($crate::db::queries::cards::LOCK_MOVES)
                .bind::<diesel::sql_types::Text, _>(&$card.namespace_id)
                .execute($conn)
                .await?;
        }
        diesel::update(
            agent_cards::table
                .filter(agent_cards::namespace_id.eq(&$card.namespace_id))
                .filter(agent_cards::name.eq(&$card.name))
                .filter(agent_cards::is_default_version.eq(true))
                .filter(agent_cards::id.ne($id)),
        )
        .set((
            agent_cards::is_default_version.eq(false),
            agent_cards::updated_at.eq($card.updated_at),
            agent_cards::revision.eq(agent_cards::revision + 1),
        ))
        .execute($conn)
        .await?;
    };
}

/// No card has it: for one that has no id yet.
pub(super) const NO_ID: i64 = 0;

/// Inserts a card with its terms; gives its id.
macro_rules! insert_card {
    ($conn:ident, $vendor:expr, $card:expr, $terms:expr) => {{
        let card: NewCard = $card;
        if card.is_default_version {
            clear_default!($conn, $vendor, card, $crate::db::queries::cards::NO_ID);
        }
        let id: i64 = diesel::insert_into(agent_cards::table)
            .values(card)
            .returning(agent_cards::id)
            .get_result($conn)
            .await?;
        insert_terms!($conn, id, $terms);
        id
    }};
}

macro_rules! insert_terms {
    ($conn:ident, $id:expr, $terms:expr) => {
        for row in TermRow::of($id, $terms) {
            diesel::insert_into(agent_card_terms::table)
                .values(row)
                .execute($conn)
                .await?;
        }
    };
}

pub(super) use {clear_default, insert_card, insert_terms};

/// The first card that a filter leaves, as it is read.
macro_rules! found {
    ($conn:ident, $filter:expr) => {
        agent_cards::table
            .inner_join(namespaces::table)
            .left_join(users::table)
            .filter($filter)
            .select((
                CardHead::as_select(),
                agent_cards::card,
                users::username.nullable(),
                namespaces::is_active,
            ))
            .first::<FoundRow>($conn)
            .await
            .optional()
    };
}

pub async fn find(db: &Db, id: i64) -> Result<Option<FoundCard>, DbError> {
    let find = db.run(
        "cards.find",
        query!(conn => found!(conn, agent_cards::id.eq(id))),
    );
    Ok(find.await?.map(FoundCard::from))
}

/// The default version of a name, while it and its namespace are active.
pub async fn find_default(
    db: &Db,
    namespace: String,
    name: String,
) -> Result<Option<FoundCard>, DbError> {
    let find = db.run(
        "cards.find_default",
        query!(conn => {
            let is_named = agent_cards::namespace_id.eq(namespace).and(agent_cards::name.eq(name));
            let is_served = agent_cards::is_default_version
                .eq(true)
                .and(agent_cards::is_active.eq(true))
                .and(namespaces::is_active.eq(true));
            found!(conn, is_named.and(is_served))
        }),
    );
    Ok(find.await?.map(FoundCard::from))
}

type FoundRow = (CardHead, JsonText, Option<String>, bool);

impl From<FoundRow> for FoundCard {
    fn from((head, card, username, is_public): FoundRow) -> Self {
        Self {
            head,
            card,
            username,
            is_public,
        }
    }
}

/// Returns its id. A taken namespace, name and version is a unique violation, an unknown namespace a
/// reference violation.
pub async fn create(
    db: &Db,
    card: NewCard,
    terms: Vec<Term>,
    trace: Trace,
    detail: String,
) -> Result<i64, DbError> {
    let vendor = db.vendor();
    db.transaction(
        "cards.create",
        query!(conn => {
            let id = insert_card!(conn, vendor, card, terms);
            let entry = trace.entry("create", "agent_card", id, detail);
            diesel::insert_into(audit_log::table).values(entry).execute(conn).await?;
            Ok(id)
        }),
    )
    .await
}

/// Makes `changed` what follows revision `revision` of card `id`; false if that is no more the
/// latest. Who made it, and when, stay as they were.
pub async fn update(
    db: &Db,
    (id, revision): (i64, i64),
    changed: NewCard,
    terms: Vec<Term>,
    trace: Trace,
    detail: String,
) -> Result<bool, DbError> {
    let vendor = db.vendor();
    let entry = trace.entry("update", "agent_card", id, detail);
    let updated = db
        .transaction(
            "cards.update",
            query!(conn => {
                if changed.is_default_version {
                    clear_default!(conn, vendor, changed, id);
                }
                let read = agent_cards::table
                    .filter(agent_cards::id.eq(id))
                    .filter(agent_cards::revision.eq(revision));
                let updated = diesel::update(read)
                    .set((
                        agent_cards::namespace_id.eq(changed.namespace_id),
                        agent_cards::name.eq(changed.name),
                        agent_cards::version.eq(changed.version),
                        agent_cards::protocol.eq(changed.protocol),
                        agent_cards::card.eq(changed.card),
                        agent_cards::is_active.eq(changed.is_active),
                        agent_cards::is_default_version.eq(changed.is_default_version),
                        agent_cards::updated_at.eq(changed.updated_at),
                        agent_cards::revision.eq(revision + 1),
                        agent_cards::is_valid.eq(changed.is_valid),
                        agent_cards::validity_errors.eq(changed.validity_errors),
                        agent_cards::search_name.eq(changed.search_name),
                    ))
                    .execute(conn)
                    .await?;
                if updated == 0 {
                    // What was done for its sake must go as well.
                    return Err(DieselError::RollbackTransaction);
                }
                diesel::delete(agent_card_terms::table.filter(agent_card_terms::card_id.eq(id)))
                    .execute(conn)
                    .await?;
                insert_terms!(conn, id, terms);
                diesel::insert_into(audit_log::table).values(entry).execute(conn).await.map(drop)
            }),
        )
        .await;
    match updated {
        Ok(()) => Ok(true),
        Err(DbError::Query(DieselError::RollbackTransaction)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Deletes it, if it is of `revision` where one is given.
pub async fn delete(
    db: &Db,
    id: i64,
    revision: Option<i64>,
    trace: Trace,
    detail: String,
) -> Result<Deletion, DbError> {
    let entry = trace.entry("delete", "agent_card", id, detail);
    db.transaction(
        "cards.delete",
        query!(conn => Ok(delete_row!(conn, agent_cards, id, revision, entry))),
    )
    .await
}
