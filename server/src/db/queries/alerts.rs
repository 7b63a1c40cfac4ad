//! What the alert engine keeps, in the desk's own store: its state, incidents and their entries.
//!
//! Whoever writes names the revision that it has read; if another one wrote meanwhile, nothing is
//! written. So no process holds a lock while it thinks, and one that was frozen writes nothing when it
//! wakes.

use std::time::Duration;

use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::query_dsl::methods::FilterDsl;
use diesel::upsert::excluded;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl,
    SelectableHelper as _, dsl, sql_types,
};
use diesel_async::RunQueryDsl as _;

use super::notices::NoticeRow;
use crate::db::figures::Vendor;
use crate::db::queries::STORE_LIMIT;
use crate::db::schema::{alert_documents, alert_engine, incident_entries, incidents, notices};
use crate::db::{Db, DbError};
use crate::query;

/// Settled incidents, and what belongs to them, are deleted so many at once.
const TRIM_INCIDENTS: i64 = 100;

/// Who evaluates what all see together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// Counts the writes, and the holders.
    pub revision: i64,
    pub holder: String,
    /// If it was just taken, or renewed too late.
    pub vacancy: Option<Vacancy>,
}

/// When nobody held the lease: in milliseconds since the Unix epoch, by the database's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vacancy {
    pub from_ms: i64,
    pub now_ms: i64,
}

/// Keeps the lease that is `holder`'s own, or takes it if nobody has it.
pub async fn hold_lease(ops: &Db, holder: String, lasts: Duration) -> Result<Lease, DbError> {
    let (now_ms, own) = (now_ms(ops), holder.clone());
    let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    let found = ops.recurring_transaction(
        STORE_LIMIT,
        "alerts.hold_lease",
        query!(conn => {
            use alert_engine::dsl as e;
            let now = || dsl::sql::<sql_types::BigInt>(now_ms);
            let before: (String, i64, i64) = e::alert_engine
                .select((e::holder, e::until_ms, now()))
                .first(conn)
                .await?;
            let kept = diesel::update(QueryDsl::filter(e::alert_engine, e::holder.eq(holder.clone())))
                .set(e::until_ms.eq(now() + lasts_ms))
                .execute(conn)
                .await?;
            if kept == 0 {
                diesel::update(QueryDsl::filter(e::alert_engine, e::until_ms.le(now())))
                    .set((
                        e::until_ms.eq(now() + lasts_ms),
                        e::revision.eq(e::revision + 1),
                        e::holder.eq(holder),
                    ))
                    .execute(conn)
                    .await?;
            }
            let (revision, holder) = e::alert_engine
                .select((e::revision, e::holder))
                .first(conn)
                .await?;
            Ok((before, revision, holder))
        }),
    );
    let ((last_holder, until_ms, now_ms), revision, holder): (_, _, String) = found.await?;
    // What was released ran until then; what ran out was renewed last when it began.
    let from_ms = if last_holder.is_empty() {
        until_ms
    } else {
        until_ms - lasts_ms
    };
    let is_taken = holder == own && until_ms > 0 && until_ms <= now_ms;
    Ok(Lease {
        revision,
        vacancy: is_taken.then_some(Vacancy { from_ms, now_ms }),
        holder,
    })
}

/// By the database's clock: those of replicas may differ.
fn now_ms(ops: &Db) -> &'static str {
    match ops.vendor() {
        Vendor::Sqlite => "CAST(unixepoch('subsec') * 1000 AS BIGINT)",
        Vendor::Postgresql => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    }
}

/// The lease is free from now on.
pub async fn release_lease(ops: &Db, holder: String) -> Result<(), DbError> {
    let now_ms = now_ms(ops);
    ops.recurring_transaction(
        STORE_LIMIT,
        "alerts.release_lease",
        query!(conn => {
            use alert_engine::dsl as e;
            diesel::update(QueryDsl::filter(e::alert_engine, e::holder.eq(holder)))
                .set((e::until_ms.eq(dsl::sql::<sql_types::BigInt>(now_ms)), e::holder.eq("")))
                .execute(conn)
                .await
                .map(drop)
        }),
    )
    .await
}

/// A document of the engine's state: kind, key and JSON.
pub type Document = (String, String, String);

/// The state as a whole.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub revision: i64,
    pub documents: Vec<Document>,
    /// Those that are not settled: id, JSON, and what was known when it opened, as JSON.
    pub incidents: Vec<(String, String, Option<String>)>,
}

pub async fn read(ops: &Db) -> Result<Stored, DbError> {
    // In a transaction, so that no write lies between the parts.
    ops.recurring_transaction(
        STORE_LIMIT,
        "alerts.read",
        query!(conn => {
            let revision = alert_engine::table
                .select(alert_engine::revision)
                .first(conn)
                .await?;
            let documents = {
                use alert_documents as d;
                d::table.select((d::kind, d::key, d::document)).load(conn).await?
            };
            use incidents as i;
            let unsettled = QueryDsl::filter(i::table, i::is_settled.eq(false))
                .select((i::id, i::document, i::evidence))
                .load(conn)
                .await?;
            Ok(Stored { revision, documents, incidents: unsettled })
        }),
    )
    .await
}

/// An incident as it is stored; times in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = incidents)]
pub struct IncidentRow {
    pub id: String,
    pub opened_ms: i64,
    pub closed_ms: Option<i64>,
    pub is_settled: bool,
    /// JSON.
    pub document: String,
    /// JSON of what was known when it opened; kept once it is there.
    pub evidence: Option<String>,
}

/// Something that happened in an incident.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = incident_entries)]
pub struct EntryRow {
    /// The same however often it is written; ids sort by time.
    pub id: String,
    pub incident_id: String,
    pub at_ms: i64,
    pub kind: String,
    pub actor: Option<String>,
    /// JSON.
    pub detail: String,
}

/// All of it is written, or nothing.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Which was read before.
    pub revision: i64,
    /// Who must still hold the lease, where what is written depends on that.
    pub holder: Option<String>,
    pub written: Vec<Document>,
    /// Kind and key.
    pub removed: Vec<(String, String)>,
    pub incidents: Vec<IncidentRow>,
    pub entries: Vec<EntryRow>,
    pub notices: Vec<NoticeRow>,
}

/// What is there already stays as it is.
macro_rules! insert_new {
    ($conn:ident, $table:path, $rows:expr) => {
        for row in $rows {
            diesel::insert_into($table)
                .values(row)
                .on_conflict_do_nothing()
                .execute($conn)
                .await?;
        }
    };
}

/// The new revision; `None` if another one wrote, or took the lease, meanwhile.
pub async fn write(ops: &Db, change: Change) -> Result<Option<i64>, DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "alerts.write",
        query!(conn => {
            let Change { revision, holder, written, removed, incidents: of_incidents, entries, notices: of_outbox } = change;
            use alert_engine::dsl as e;
            let is_known = e::revision.eq(revision);
            let next = e::revision.eq(e::revision + 1);
            let changed = match holder {
                Some(holder) => {
                    let row = QueryDsl::filter(e::alert_engine, is_known.and(e::holder.eq(holder)));
                    diesel::update(row).set(next).execute(conn).await?
                }
                None => {
                    let row = QueryDsl::filter(e::alert_engine, is_known);
                    diesel::update(row).set(next).execute(conn).await?
                }
            };
            if changed == 0 {
                return Ok(None);
            }
            use alert_documents as d;
            for (kind, key, document) in written {
                diesel::insert_into(d::table)
                    .values((d::kind.eq(kind), d::key.eq(key), d::document.eq(document)))
                    .on_conflict((d::kind, d::key))
                    .do_update()
                    .set(d::document.eq(excluded(d::document)))
                    .execute(conn)
                    .await?;
            }
            for (kind, key) in removed {
                let row = QueryDsl::filter(d::table, d::kind.eq(kind).and(d::key.eq(key)));
                diesel::delete(row).execute(conn).await?;
            }
            for incident in of_incidents {
                use incidents as i;
                diesel::insert_into(i::table)
                    .values(incident)
                    .on_conflict(i::id)
                    .do_update()
                    .set((
                        i::closed_ms.eq(excluded(i::closed_ms)),
                        i::is_settled.eq(excluded(i::is_settled)),
                        i::document.eq(excluded(i::document)),
                        i::evidence.eq(dsl::sql::<sql_types::Nullable<sql_types::Text>>(
                            "COALESCE(incidents.evidence, excluded.evidence)",
                        )),
                    ))
                    .execute(conn)
                    .await?;
            }
            insert_new!(conn, incident_entries::table, entries);
            insert_new!(conn, notices::table, of_outbox);
            Ok(Some(revision + 1))
        }),
    )
    .await
}

/// An entry that changes nothing else, such as that a notice was sent.
pub async fn add_entries(ops: &Db, entries: Vec<EntryRow>) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "alerts.add_entries",
        query!(conn => {
            insert_new!(conn, incident_entries::table, entries);
            Ok(())
        }),
    )
    .await
}

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub is_open: Option<bool>,
    /// An id: only those that were opened before it.
    pub before: Option<String>,
    pub limit: i64,
}

/// The newest first.
pub async fn list(ops: &Db, asked: Asked) -> Result<Vec<IncidentRow>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "incidents.list",
        query!(conn: Backend => {
            use incidents as i;
            let mut found = i::table.select(IncidentRow::as_select()).into_boxed::<Backend>();
            found = match asked.is_open {
                Some(true) => FilterDsl::filter(found, i::closed_ms.is_null()),
                Some(false) => FilterDsl::filter(found, i::closed_ms.is_not_null()),
                None => found,
            };
            if let Some(before) = asked.before {
                found = FilterDsl::filter(found, i::id.lt(before));
            }
            QueryDsl::limit(QueryDsl::order(found, i::id.desc()), asked.limit)
                .load(conn)
                .await
        }),
    )
    .await
}

/// An incident and its entries, the oldest first.
pub async fn find(
    ops: &Db,
    id: String,
) -> Result<Option<(IncidentRow, Vec<EntryRow>, Vec<NoticeRow>)>, DbError> {
    ops.probe(
        STORE_LIMIT,
        "incidents.find",
        query!(conn => {
            let found = {
                use incidents as i;
                QueryDsl::filter(i::table, i::id.eq(id.clone()))
                    .select(IncidentRow::as_select())
                    .first(conn)
                    .await
                    .optional()?
            };
            let Some(incident) = found else { return Ok(None) };
            let entries = {
                use incident_entries as e;
                QueryDsl::filter(e::table, e::incident_id.eq(id.clone()))
                    .order((e::at_ms, e::id))
                    .select(EntryRow::as_select())
                    .load(conn)
                    .await?
            };
            use notices as n;
            let of_incident = QueryDsl::filter(n::table, n::incident_id.eq(id))
                .order((n::created_ms, n::id))
                .select(NoticeRow::as_select())
                .load(conn)
                .await?;
            Ok(Some((incident, entries, of_incident)))
        }),
    )
    .await
}

/// Deletes a few of the incidents that were settled before then, with all that belongs to them.
pub async fn trim(ops: &Db, before_ms: i64) -> Result<(), DbError> {
    ops.recurring_transaction(
        STORE_LIMIT,
        "incidents.trim",
        query!(conn => {
            use incidents as i;
            let is_old = i::is_settled.eq(true).and(i::closed_ms.lt(before_ms));
            let ids: Vec<String> = QueryDsl::filter(i::table, is_old)
                .select(i::id)
                .limit(TRIM_INCIDENTS)
                .load(conn)
                .await?;
            if ids.is_empty() {
                return Ok(());
            }
            let of_them = incident_entries::incident_id.eq_any(ids.clone());
            diesel::delete(QueryDsl::filter(incident_entries::table, of_them)).execute(conn).await?;
            let of_them = notices::incident_id.eq_any(ids.clone());
            diesel::delete(QueryDsl::filter(notices::table, of_them)).execute(conn).await?;
            diesel::delete(QueryDsl::filter(i::table, i::id.eq_any(ids))).execute(conn).await?;
            Ok(())
        }),
    )
    .await
}
