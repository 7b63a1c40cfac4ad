//! What people change: they take incidents, write notes, close, silence, and ask for quiet.

use std::time::Duration;

use ops::alerts::incident::{Acknowledged, Entry, EntryDetail, EntryKind, Incident, Title};
use ops::alerts::suppress::{Quiet, Silence};
use ops::alerts::{State, close_incident};

use super::alerting::{Alerting, engine_setup, entry_row, recipients};
use super::book::{Kept, Made};
use crate::db::queries::alerts;

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// There is none of this id.
    Unknown,
    /// The incident is over.
    Over,
    /// The store can't say whether there is one.
    Away,
}

impl Alerting {
    /// Somebody takes an incident, or gives it back.
    ///
    /// # Errors
    /// If there is no such incident that is open.
    pub async fn acknowledge(
        &self,
        id: &str,
        by: &str,
        reason: Option<&str>,
    ) -> Result<Title, Unchanged> {
        let at_ms = self.now_ms();
        let kind = match reason {
            Some(_) => EntryKind::Acknowledged,
            None => EntryKind::Unacknowledged,
        };
        let acknowledged = reason.map(|reason| Acknowledged {
            by: by.to_owned(),
            reason: reason.to_owned(),
            at_ms,
        });
        self.change_incident(id, by, (kind, reason), |state, index| {
            if let Some(incident) = state.incidents.get_mut(index) {
                incident.acknowledged.clone_from(&acknowledged);
            }
        })
        .await
    }

    /// Somebody closes an incident: its alerts stay closed until they were good once.
    ///
    /// # Errors
    /// If there is no such incident that is open.
    pub async fn close(&self, id: &str, by: &str, reason: &str) -> Result<Title, Unchanged> {
        let setup = self.setup();
        let recipients = recipients(&setup);
        let tick = self.tick(false);
        self.change_incident(id, by, (EntryKind::ClosedBy, Some(reason)), |state, _| {
            close_incident(state, engine_setup(&setup, &recipients), id, &tick);
        })
        .await
    }

    async fn change_incident(
        &self,
        id: &str,
        by: &str,
        (kind, text): (EntryKind, Option<&str>),
        act: impl Fn(&mut State, usize),
    ) -> Result<Title, Unchanged> {
        let at_ms = self.now_ms();
        let now = self.clock.monotonic();
        let mut book = self.book().await;
        let (found, _) = book
            .change(&self.store, None, now, |state| {
                let mut incidents = state.incidents.iter();
                let Some(index) = incidents.position(|it| it.id == id) else {
                    return (Err(Unchanged::Unknown), Made::default());
                };
                let known = state.incidents.get(index);
                let Some(title) = known.filter(|it| it.is_open()).map(Title::of) else {
                    return (Err(Unchanged::Over), Made::default());
                };
                act(state, index);
                let entry = entry(id, at_ms, kind, by, text);
                let made = Made {
                    entries: vec![entry_row(entry)],
                    ..Made::default()
                };
                (Ok(title), made)
            })
            .await;
        self.publish(&mut book, |_| {});
        drop(book);
        self.to_send.notify_one();
        match found {
            Ok(title) => Ok(title),
            Err(Unchanged::Unknown) => Err(self.why_unknown(id).await),
            Err(why) => Err(why),
        }
    }

    /// One that is settled is known to the store alone.
    async fn why_unknown(&self, id: &str) -> Unchanged {
        match self.store.ops() {
            Ok(ops) => match alerts::find(ops, id.to_owned()).await {
                Ok(Some(_)) => Unchanged::Over,
                Ok(None) => Unchanged::Unknown,
                Err(_) => Unchanged::Away,
            },
            Err(_) => Unchanged::Away,
        }
    }

    /// Somebody writes a note; also to an incident that is over.
    ///
    /// # Errors
    /// If there is no such incident.
    pub async fn note(&self, id: &str, by: &str, text: &str) -> Result<(), Unchanged> {
        let entry = entry(id, self.now_ms(), EntryKind::Note, by, Some(text));
        let now = self.clock.monotonic();
        let mut book = self.book().await;
        let is_known = |incident: &Incident| incident.id == id;
        if !book.state.incidents.iter().any(is_known) {
            drop(book);
            if self.why_unknown(id).await != Unchanged::Over {
                return Err(self.why_unknown(id).await);
            }
            let added = match self.store.ops() {
                Ok(ops) => alerts::add_entries(ops, vec![entry_row(entry)]).await.ok(),
                Err(_) => None,
            };
            return added.ok_or(Unchanged::Away);
        }
        let made = Made {
            entries: vec![entry_row(entry)],
            ..Made::default()
        };
        book.change(&self.store, None, now, |_| ((), made.clone()))
            .await;
        Ok(())
    }

    pub async fn silence(&self, silence: Silence) -> Kept {
        self.change_state(|state| state.silences.push(silence.clone()))
            .await
            .1
    }

    /// What was ended.
    ///
    /// # Errors
    /// If there is none of this id in force.
    pub async fn end_silence(&self, id: &str) -> Result<Silence, Unchanged> {
        let at_ms = self.now_ms();
        let (ended, _) = self
            .change_state(|state| {
                let mut silences = state.silences.iter_mut();
                let silence = silences.find(|it| it.id == id && it.ended_ms.is_none())?;
                silence.ended_ms = Some(at_ms);
                Some(silence.clone())
            })
            .await;
        ended.ok_or(Unchanged::Unknown)
    }

    pub async fn quiet(&self, by: &str, reason: &str, lasts: Duration) -> Quiet {
        let from_ms = self.now_ms();
        let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        let quiet = Quiet {
            by: by.to_owned(),
            reason: reason.to_owned(),
            from_ms,
            until_ms: from_ms.saturating_add(lasts_ms),
        };
        self.change_state(|state| state.quiet = Some(quiet.clone()))
            .await;
        quiet
    }

    /// Whether there was any.
    pub async fn end_quiet(&self) -> bool {
        let at_ms = self.now_ms();
        let (was_quiet, _) = self
            .change_state(|state| {
                let quiet = state.quiet.take();
                quiet.is_some_and(|quiet| quiet.is_active(at_ms))
            })
            .await;
        was_quiet
    }

    async fn change_state<T>(&self, mut act: impl FnMut(&mut State) -> T) -> (T, Kept) {
        let now = self.clock.monotonic();
        let mut book = self.book().await;
        let changed = book
            .change(&self.store, None, now, |state| {
                (act(state), Made::default())
            })
            .await;
        self.publish(&mut book, |_| {});
        changed
    }
}

fn entry(id: &str, at_ms: i64, kind: EntryKind, by: &str, text: Option<&str>) -> Entry {
    Entry {
        incident_id: id.to_owned(),
        at_ms,
        kind,
        actor: Some(by.to_owned()),
        detail: EntryDetail {
            text: text.map(str::to_owned),
            ..EntryDetail::default()
        },
    }
}
