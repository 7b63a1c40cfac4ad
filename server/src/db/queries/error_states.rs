//! What people said of error groups, and what came of it, in the desk's own store.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use ops::errors::{Back, Change, Entry, EntryKind, GroupRow, GroupState, Said, Sight, Word};
use uuid::Uuid;

use crate::db::schema::{error_entries, error_states};
use crate::db::{Db, DbError};
use crate::query;

/// Below what the engine waits for its store.
const LIMIT: Duration = Duration::from_millis(2500);

/// Nobody reads more of what was said of one group.
const MOST_ENTRIES: i64 = 200;

const RESOLVED: &str = "resolved";
const MUTED: &str = "muted";

#[derive(Clone, Debug, Insertable, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = error_states, primary_key(cause), treat_none_as_null = true)]
pub struct StateRow {
    cause: String,
    word: Option<String>,
    said_by: Option<String>,
    said_ms: Option<i64>,
    reason: Option<String>,
    until_ms: Option<i64>,
    back_ms: Option<i64>,
    back_version: Option<String>,
}

#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = error_entries)]
pub struct EntryRow {
    id: String,
    cause: String,
    at_ms: i64,
    kind: String,
    actor: Option<String>,
    text: String,
}

/// What comes back by what is about to be written: the states with that, and an entry for each.
/// `known` is when places of these causes were seen last.
pub fn returns(
    rows: &[GroupRow],
    known: &[(String, i64)],
    states: Vec<StateRow>,
) -> Vec<(StateRow, EntryRow)> {
    let mut last_ms: HashMap<&str, i64> = HashMap::new();
    for (cause, at_ms) in known {
        let last = last_ms.entry(cause).or_insert(*at_ms);
        *last = (*last).max(*at_ms);
    }
    let mut states: HashMap<String, GroupState> = states.into_iter().map(StateRow::parts).collect();
    let mut back: BTreeMap<String, GroupState> = BTreeMap::new();
    for row in rows {
        let cause = row.key.cause().fingerprint();
        let state = states.entry(cause.clone()).or_default();
        let sight = Sight {
            first_ms: row.news_ms,
            last_ms: row.last_ms,
            version: row.last_version.as_deref(),
        };
        if state.saw(sight, last_ms.get(cause.as_str()).copied()) {
            back.insert(cause, state.clone());
        }
    }
    let back = back.into_iter().map(|(cause, state)| {
        let came = state.back.clone();
        let entry = Entry {
            at_ms: came.as_ref().map_or(0, |back| back.at_ms),
            kind: EntryKind::Back,
            by: None,
            text: came.and_then(|back| back.version).unwrap_or_default(),
        };
        let entry = EntryRow::of(cause.clone(), entry);
        (StateRow::of(cause, state), entry)
    });
    back.collect()
}

/// See [`ops::errors::GroupStore::states`].
pub async fn read(ops: &Db, causes: Vec<String>) -> Result<HashMap<String, GroupState>, DbError> {
    let rows: Vec<StateRow> = ops
        .probe(
            LIMIT,
            "errors.states",
            query!(conn => {
                use error_states as s;
                QueryDsl::filter(s::table, s::cause.eq_any(causes))
                    .select(StateRow::as_select())
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().map(StateRow::parts).collect())
}

/// See [`ops::errors::GroupStore::change`].
pub async fn change(ops: &Db, cause: String, change: Change, entry: Entry) -> Result<(), DbError> {
    ops.recurring_transaction(
        LIMIT,
        "errors.change",
        query!(conn => {
            use error_states as s;
            let known: Option<StateRow> = QueryDsl::filter(s::table, s::cause.eq(cause.clone()))
                .select(StateRow::as_select())
                .first(conn)
                .await
                .optional()?;
            let known = known.map(|row| row.parts().1).unwrap_or_default();
            let by = entry.by.as_deref().unwrap_or_default();
            let state = known.changed(change, by, entry.at_ms, &entry.text);
            let row = StateRow::of(cause.clone(), state);
            diesel::insert_into(s::table)
                .values(row.clone())
                .on_conflict(s::cause)
                .do_update()
                .set(row)
                .execute(conn)
                .await?;
            diesel::insert_into(error_entries::table)
                .values(EntryRow::of(cause, entry))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// See [`ops::errors::GroupStore::add_entry`].
pub async fn add_entry(ops: &Db, cause: String, entry: Entry) -> Result<(), DbError> {
    let row = EntryRow::of(cause, entry);
    ops.recurring_transaction(
        LIMIT,
        "errors.add_entry",
        query!(conn => {
            diesel::insert_into(error_entries::table)
                .values(row)
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// See [`ops::errors::GroupStore::entries`].
pub async fn entries(ops: &Db, cause: String) -> Result<Vec<Entry>, DbError> {
    let rows: Vec<EntryRow> = ops
        .probe(
            LIMIT,
            "errors.entries",
            query!(conn => {
                use error_entries as e;
                QueryDsl::filter(e::table, e::cause.eq(cause))
                    .select(EntryRow::as_select())
                    .order((e::at_ms.desc(), e::id.desc()))
                    .limit(MOST_ENTRIES)
                    .load(conn)
                    .await
            }),
        )
        .await?;
    Ok(rows.into_iter().filter_map(EntryRow::entry).collect())
}

impl StateRow {
    fn of(cause: String, state: GroupState) -> Self {
        let (said, back) = (state.said, state.back);
        let word = said.as_ref().map(|said| match said.word {
            Word::Resolved => (RESOLVED, None),
            Word::Muted { until_ms } => (MUTED, until_ms),
        });
        let (said_by, said_ms, reason) = match said {
            Some(said) => (Some(said.by), Some(said.at_ms), Some(said.reason)),
            None => (None, None, None),
        };
        Self {
            cause,
            word: word.map(|(word, _)| word.to_owned()),
            said_by,
            said_ms,
            reason,
            until_ms: word.and_then(|(_, until_ms)| until_ms),
            back_ms: back.as_ref().map(|back| back.at_ms),
            back_version: back.and_then(|back| back.version),
        }
    }

    /// The cause, and how it stands.
    pub fn parts(self) -> (String, GroupState) {
        let word = match self.word.as_deref() {
            Some(RESOLVED) => Some(Word::Resolved),
            Some(MUTED) => Some(Word::Muted {
                until_ms: self.until_ms,
            }),
            _ => None,
        };
        let said = word.map(|word| Said {
            word,
            by: self.said_by.unwrap_or_default(),
            at_ms: self.said_ms.unwrap_or_default(),
            reason: self.reason.unwrap_or_default(),
        });
        let version = self.back_version;
        let back = self.back_ms.map(|at_ms| Back { at_ms, version });
        (self.cause, GroupState { said, back })
    }
}

impl EntryRow {
    fn of(cause: String, entry: Entry) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            cause,
            at_ms: entry.at_ms,
            kind: entry.kind.name().to_owned(),
            actor: entry.by,
            text: entry.text,
        }
    }

    /// `None` of a kind that a later version wrote.
    fn entry(self) -> Option<Entry> {
        Some(Entry {
            at_ms: self.at_ms,
            kind: EntryKind::from_name(&self.kind)?,
            by: self.actor,
            text: self.text,
        })
    }
}
