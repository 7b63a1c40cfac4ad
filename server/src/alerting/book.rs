//! [`Book`]: the engine's state as this process knows it, as the store has it, and what the store still
//! lacks.
//!
//! Every change goes the same way: it is made on the state that was read last, and written together with
//! what came of it, naming the revision that was read. If another process wrote meanwhile, its state is
//! read and the change is made anew. If the store is away, the change stays here and is written once the
//! store is back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use app::dto;
use ops::alerts::State;
use ops::alerts::incident::Incident;
use ops::alerts::stored::{DocumentKind, Documents, documents, state};

use super::merge::merged;
use crate::db::Db;
use crate::db::queries::alerts::{self, Change, Document, EntryRow, IncidentRow, Vacancy};
use crate::db::queries::notices::NoticeRow;
use crate::ops_store::{OpsStore, failed};
use crate::traffic::code;

/// Who evaluates what all see together is known by its name for so long without a word.
const LEASE: Duration = Duration::from_secs(15);

/// What all see together is evaluated by everybody for itself once the store has been away for so long.
const BLIND_AFTER: Duration = Duration::from_secs(60);

/// Others write at the same time: one of them gets through each time.
const MOST_TRIES: usize = 5;

#[derive(Default)]
pub struct Book {
    pub state: State,
    /// What the store has, as far as this process has read or written it.
    stored: Documents,
    /// `None` before the store was first read.
    revision: Option<i64>,
    /// When this process last heard that it holds the lease.
    held_at: Option<Instant>,
    /// Of the lease that it took last, until somebody has heard of it.
    vacancy: Option<Vacancy>,
    away: Option<Away>,
    unsaved: Made,
    /// What was known when an incident of the state opened, as JSON.
    evidence: BTreeMap<String, String>,
}

#[derive(Clone, Copy)]
struct Away {
    since: Instant,
    code: dto::Code,
}

/// What came of a change, beside the new state.
#[derive(Clone, Debug, Default)]
pub struct Made {
    pub entries: Vec<EntryRow>,
    pub notices: Vec<NoticeRow>,
    /// By incident, as JSON.
    pub evidence: BTreeMap<String, String>,
    /// Those that are no longer part of the state.
    pub settled: Vec<Incident>,
}

impl Made {
    fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.notices.is_empty()
            && self.evidence.is_empty()
            && self.settled.is_empty()
    }

    fn append(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.notices.extend(other.notices);
        self.evidence.extend(other.evidence);
        self.settled.extend(other.settled);
    }
}

/// Where a change ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Stored,
    /// The store is away.
    InMemory,
    /// It counted only for who holds the lease, and that is somebody else by now.
    Nowhere,
}

impl Book {
    /// Since when, and why, the store can't be reached.
    pub fn away(&self, now: Instant) -> Option<(Duration, dto::Code)> {
        let away = self.away?;
        Some((now.saturating_duration_since(away.since), away.code))
    }

    /// Whether this process evaluates what all see together.
    pub fn leads(&self, is_alone: bool, now: Instant) -> bool {
        let holds = self
            .held_at
            .is_some_and(|at| now.saturating_duration_since(at) < LEASE);
        match self.away(now) {
            None => holds,
            Some((away, _)) => is_alone || holds || away >= BLIND_AFTER,
        }
    }

    /// Whether it tells what others may tell as well, since the store is away.
    pub fn is_blind(&self, is_alone: bool, now: Instant) -> bool {
        let away = self.away(now).is_some_and(|(away, _)| away >= BLIND_AFTER);
        away && !is_alone
    }

    /// Notices that no store has.
    pub fn unsaved_notices(&mut self) -> &mut Vec<NoticeRow> {
        &mut self.unsaved.notices
    }

    /// By incident, as JSON.
    pub fn evidence(&self) -> &BTreeMap<String, String> {
        &self.evidence
    }

    pub fn unsaved_entries(&self) -> &[EntryRow] {
        &self.unsaved.entries
    }

    /// Renews the lease, and reads what others wrote. Whether it took a lease that nobody held.
    pub async fn exchange(
        &mut self,
        store: &OpsStore,
        own_name: &str,
        now: Instant,
    ) -> Option<Vacancy> {
        let found = match store.ops() {
            Ok(ops) => self.exchange_with(ops, own_name, now).await.map_err(failed),
            Err(error) => Err(error),
        };
        self.note(found.as_ref().err().map(code), now);
        found.ok().and_then(|()| self.vacancy.take())
    }

    async fn exchange_with(
        &mut self,
        ops: &Db,
        own_name: &str,
        now: Instant,
    ) -> Result<(), crate::db::DbError> {
        let lease = alerts::hold_lease(ops, own_name.to_owned(), LEASE).await?;
        // Kept until all went well: the next time the lease is this process's own.
        self.vacancy = lease.vacancy.or(self.vacancy);
        // Counted from before it was asked.
        self.held_at = (lease.holder == own_name).then_some(now);
        if self.revision != Some(lease.revision) {
            self.read(ops).await?;
        }
        Ok(())
    }

    /// The lease is somebody else's from now on.
    pub async fn release(&mut self, store: &OpsStore, own_name: &str) {
        self.held_at = None;
        if let Ok(ops) = store.ops() {
            // Without an answer it runs out.
            _ = alerts::release_lease(ops, own_name.to_owned()).await;
        }
    }

    async fn read(&mut self, ops: &Db) -> Result<(), crate::db::DbError> {
        let found = alerts::read(ops).await?;
        let documents = found.documents.into_iter();
        let documents = documents.filter_map(|(kind, key, document)| {
            Some(((DocumentKind::from_name(&kind)?, key), document))
        });
        let mut incidents = Vec::new();
        for (id, document, evidence) in found.incidents {
            if let Some(evidence) = evidence {
                self.evidence.insert(id.clone(), evidence);
            }
            incidents.push(((DocumentKind::Incident, id), document));
        }
        let theirs: Documents = documents.chain(incidents).collect();
        let mine = ops::alerts::stored::documents(&self.state);
        let (state, unread) = state(&merged(&self.stored, mine, &theirs));
        for name in unread {
            tracing::warn!(
                document = name,
                "an alert's state can't be read and begins anew: {name}"
            );
        }
        self.state = state;
        self.stored = theirs;
        self.revision = Some(found.revision);
        Ok(())
    }

    /// Makes a change and writes it. `act` may be called several times, each time on a state as it is
    /// stored by then, and its last outcome counts. `holder`: it counts only while this process holds
    /// the lease.
    pub async fn change<T>(
        &mut self,
        store: &OpsStore,
        holder: Option<&str>,
        now: Instant,
        mut act: impl FnMut(&mut State) -> (T, Made),
    ) -> (T, Kept) {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut state = self.state.clone();
            let (answer, made) = act(&mut state);
            let found = match store.ops() {
                Ok(ops) if self.revision.is_some() => {
                    self.write(ops, holder, &state, &made).await.map_err(failed)
                }
                Ok(_) => Ok(false),
                Err(error) => Err(error),
            };
            match found {
                Ok(true) => {
                    self.note(None, now);
                    self.know(&state, &made);
                    self.state = state;
                    return (answer, Kept::Stored);
                }
                Ok(false) if tries < MOST_TRIES => {
                    let read = match store.ops() {
                        Ok(ops) => self.read(ops).await.map_err(failed),
                        Err(error) => Err(error),
                    };
                    match read {
                        Ok(()) => {}
                        Err(error) => {
                            self.note(Some(code(&error)), now);
                            self.keep(state, made);
                            return (answer, Kept::InMemory);
                        }
                    }
                }
                Ok(false) if holder.is_some() => {
                    self.held_at = None;
                    return (answer, Kept::Nowhere);
                }
                // Somebody else is always faster: the next round will do.
                Ok(false) => {
                    self.keep(state, made);
                    return (answer, Kept::InMemory);
                }
                Err(error) => {
                    self.note(Some(code(&error)), now);
                    self.keep(state, made);
                    return (answer, Kept::InMemory);
                }
            }
        }
    }

    fn know(&mut self, state: &State, made: &Made) {
        let new = made.evidence.iter();
        let new = new.map(|(id, evidence)| (id.clone(), evidence.clone()));
        self.evidence.extend(new);
        self.evidence
            .retain(|id, _| state.incidents.iter().any(|incident| incident.id == *id));
    }

    fn keep(&mut self, state: State, made: Made) {
        self.know(&state, &made);
        self.state = state;
        self.unsaved.append(made);
    }

    /// Whether it was written; false if another one wrote meanwhile.
    async fn write(
        &mut self,
        ops: &Db,
        holder: Option<&str>,
        state: &State,
        made: &Made,
    ) -> Result<bool, crate::db::DbError> {
        let documents = documents(state);
        let mut all = self.unsaved.clone();
        all.append(made.clone());
        if documents == self.stored && all.is_empty() {
            return Ok(true);
        }
        let change = self.difference(holder, &documents, state, all);
        let Some(revision) = alerts::write(ops, change).await? else {
            return Ok(false);
        };
        self.stored = documents;
        self.revision = Some(revision);
        self.unsaved = Made::default();
        Ok(true)
    }

    fn difference(
        &self,
        holder: Option<&str>,
        documents: &Documents,
        state: &State,
        made: Made,
    ) -> Change {
        let is_new = |key: &(DocumentKind, String), document: &String| {
            self.stored.get(key) != Some(document)
        };
        let is_incident = |kind: DocumentKind| kind == DocumentKind::Incident;
        let written = documents.iter();
        let written =
            written.filter(|(key, document)| !is_incident(key.0) && is_new(key, document));
        let written: Vec<Document> = written
            .map(|((kind, key), document)| (kind.name().to_owned(), key.clone(), document.clone()))
            .collect();
        let removed = self.stored.keys();
        let removed = removed.filter(|key| !is_incident(key.0) && !documents.contains_key(key));
        let removed = removed.map(|(kind, key)| (kind.name().to_owned(), key.clone()));
        let changed = state.incidents.iter().filter(|incident| {
            let key = (DocumentKind::Incident, incident.id.clone());
            documents
                .get(&key)
                .is_some_and(|document| is_new(&key, document))
                || made.evidence.contains_key(&incident.id)
        });
        let changed = changed.map(|incident| (incident, false));
        let settled = made.settled.iter().map(|incident| (incident, true));
        Change {
            revision: self.revision.unwrap_or_default(),
            holder: holder.map(str::to_owned),
            written,
            removed: removed.collect(),
            incidents: changed
                .chain(settled)
                .map(|(incident, is_settled)| row(incident, is_settled, &made.evidence))
                .collect(),
            entries: made.entries,
            notices: made.notices,
        }
    }

    fn note(&mut self, error: Option<dto::Code>, now: Instant) {
        self.away = error.map(|code| Away {
            since: self.away.map_or(now, |away| away.since),
            code,
        });
    }
}

pub fn row(
    incident: &Incident,
    is_settled: bool,
    evidence: &BTreeMap<String, String>,
) -> IncidentRow {
    IncidentRow {
        id: incident.id.clone(),
        opened_ms: incident.opened_ms,
        closed_ms: incident.closed_ms,
        is_settled,
        document: serde_json::to_string(incident).unwrap_or_default(),
        evidence: evidence.get(&incident.id).cloned(),
    }
}
