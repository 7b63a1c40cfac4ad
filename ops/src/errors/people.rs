//! One group with all that is known of it, and what people say of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::engine::Errors;
use super::group::{Group, minutes_of};
use super::standing::Change;
use super::store::{Entry, EntryKind, StoredErrors};
use super::window::Window;
use crate::clock::unix_millis;
use crate::series::{InstanceFilter, Run, StoreError, in_time};

/// A group, and what is told of it alone.
#[derive(Clone, Debug)]
pub struct Told {
    /// Of places where nothing happened within the window, too.
    pub group: Group,
    /// Which runs of which instances counted how many within the window.
    pub runs: Vec<(Run, u64)>,
    /// The newest first.
    pub entries: Vec<Entry>,
    /// Why the store is out of reach, if it is: there is then only what this process counted.
    pub store_error: Option<Arc<StoreError>>,
}

/// Why nothing was said.
#[derive(Clone, Debug)]
pub enum Unchanged {
    /// There is no such group.
    Unknown,
    Away(Arc<StoreError>),
}

impl Errors {
    /// The group of this cause; `None`: there is none.
    ///
    /// # Errors
    /// If neither the store nor this process can say whether there is one.
    pub async fn told(
        &self,
        cause: &str,
        window: Window,
        filter: &InstanceFilter,
    ) -> Result<Option<Told>, Arc<StoreError>> {
        let asked = self.asked(self.stored(cause, window)).await;
        let (stored, entries, store_error) = match asked {
            Ok(Some((stored, entries))) => (stored, entries, None),
            Ok(None) => return Ok(None),
            Err(error) => {
                let mut held = self.held(i64::MIN);
                held.groups
                    .retain(|row| row.key.cause().fingerprint() == cause);
                if held.groups.is_empty() {
                    return Err(error);
                }
                (held, Vec::new(), Some(error))
            }
        };
        let StoredErrors {
            groups,
            mut hours,
            states,
            ..
        } = stored;
        let keys: HashSet<String> = groups.iter().map(|row| row.fingerprint.clone()).collect();
        hours.retain(|row| keys.contains(&*row.key) && filter.matches(&row.run.instance));
        let mut runs: BTreeMap<(String, i64), u64> = BTreeMap::new();
        for row in &hours {
            let within = minutes_of(row).into_iter();
            let within = within.filter(|(minute, _)| window.step(*minute).is_some());
            let count: u64 = within.map(|(_, count)| count).sum();
            if count > 0 {
                let run = (row.run.instance.clone(), row.run.number);
                *runs.entry(run).or_default() += count;
            }
        }
        let runs = runs
            .into_iter()
            .map(|((instance, number), count)| (Run { instance, number }, count));
        let runs = runs.collect();
        let group = self.grouped(groups, &hours, &states, window);
        Ok(group.into_iter().next().map(|group| Told {
            group,
            runs,
            entries,
            store_error,
        }))
    }

    async fn stored(
        &self,
        cause: &str,
        window: Window,
    ) -> Result<Option<(StoredErrors, Vec<Entry>)>, StoreError> {
        let groups = self.groups.of_cause(cause.to_owned()).await?;
        if groups.is_empty() {
            return Ok(None);
        }
        let stored = StoredErrors {
            groups,
            hours: self.hours(window.hours()).await?,
            states: self.groups.states(vec![cause.to_owned()]).await?,
            ..StoredErrors::default()
        };
        Ok(Some((stored, self.groups.entries(cause.to_owned()).await?)))
    }

    /// Somebody resolves a group, mutes it, or takes that back. `reason` may be empty, but for a mute.
    ///
    /// # Errors
    /// If there is no such group, or the store can't take it.
    pub async fn change(
        &self,
        cause: &str,
        change: Change,
        by: &str,
        reason: &str,
    ) -> Result<(), Unchanged> {
        let entry = self.entry(EntryKind::from(change), by, reason);
        self.known(cause).await?;
        let changed = in_time(self.groups.change(cause.to_owned(), change, entry)).await;
        self.done(changed).await
    }

    /// Somebody writes something down.
    ///
    /// # Errors
    /// As of [`Errors::change`].
    pub async fn add_note(&self, cause: &str, by: &str, text: &str) -> Result<(), Unchanged> {
        let entry = self.entry(EntryKind::Note, by, text);
        self.known(cause).await?;
        let added = in_time(self.groups.add_entry(cause.to_owned(), entry)).await;
        self.done(added).await
    }

    fn entry(&self, kind: EntryKind, by: &str, text: &str) -> Entry {
        Entry {
            at_ms: unix_millis(self.clock.now()),
            kind,
            by: Some(by.to_owned()),
            text: text.to_owned(),
        }
    }

    /// Whether there is such a group, or may be: the store can't say.
    pub async fn knows(&self, cause: &str) -> bool {
        !matches!(self.known(cause).await, Err(Unchanged::Unknown))
    }

    async fn known(&self, cause: &str) -> Result<(), Unchanged> {
        let places = self.asked(self.groups.of_cause(cause.to_owned())).await;
        match places {
            Ok(places) if places.is_empty() => Err(Unchanged::Unknown),
            Ok(_) => Ok(()),
            Err(error) => Err(Unchanged::Away(error)),
        }
    }

    /// Whoever looks now sees it.
    async fn done(&self, done: Result<(), StoreError>) -> Result<(), Unchanged> {
        self.cache.lock().await.clear();
        done.map_err(|error| Unchanged::Away(Arc::new(error)))
    }
}
