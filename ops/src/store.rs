//! What the engine asks of persistence, and a [`MemoryStore`] for tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::traffic::{Minute, MinuteRows, Run, RunMinute};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not made ready yet. Whoever does that reports it.
    #[error("the store is not prepared yet")]
    NotPrepared,
    #[error("the store did not answer in time")]
    Timeout,
    #[error("the store failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Whether nobody else tells of it.
    pub(crate) fn is_news(&self) -> bool {
        !matches!(self, Self::NotPrepared)
    }
}

#[async_trait]
pub trait Store: Send + Sync {
    /// Writes all of it or nothing. Replaces what is known of the same minute and run, unless that
    /// counts more requests: a write that comes late must not undo a later one.
    async fn write_minutes(&self, minutes: Vec<MinuteRows>) -> Result<(), StoreError>;

    /// The totals of `from` and later minutes, in any order.
    async fn minutes_since(&self, from: Minute) -> Result<Vec<RunMinute>, StoreError>;

    /// Deletes a small part of what is older than `oldest`, the oldest first.
    async fn trim_minutes(&self, oldest: Minute) -> Result<(), StoreError>;
}

/// Keeps everything in memory, and is away when told.
#[derive(Default)]
pub struct MemoryStore(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    is_away: bool,
    minutes: BTreeMap<(Minute, String, i64), MinuteRows>,
}

impl MemoryStore {
    pub fn set_away(&self, is_away: bool) {
        self.with(|memory| memory.is_away = is_away);
    }

    /// All rows, by minute.
    pub fn minutes(&self) -> Vec<MinuteRows> {
        self.with(|memory| memory.minutes.values().cloned().collect())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn if_there<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> Result<T, StoreError> {
        self.with(|memory| {
            if memory.is_away {
                Err(StoreError::Failed("away".into()))
            } else {
                Ok(act(memory))
            }
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn write_minutes(&self, minutes: Vec<MinuteRows>) -> Result<(), StoreError> {
        self.if_there(|memory| {
            for rows in minutes {
                let Run { instance, number } = rows.run.clone();
                let known = memory.minutes.entry((rows.minute, instance, number));
                let requests = |rows: &MinuteRows| rows.totals.by_class.total();
                known
                    .and_modify(|known| {
                        if requests(known) <= requests(&rows) {
                            known.clone_from(&rows);
                        }
                    })
                    .or_insert(rows);
            }
        })
    }

    async fn minutes_since(&self, from: Minute) -> Result<Vec<RunMinute>, StoreError> {
        self.if_there(|memory| {
            let found = memory.minutes.values().filter(|rows| rows.minute >= from);
            found
                .map(|rows| RunMinute {
                    minute: rows.minute,
                    run: rows.run.clone(),
                    totals: rows.totals.clone(),
                })
                .collect()
        })
    }

    async fn trim_minutes(&self, oldest: Minute) -> Result<(), StoreError> {
        self.if_there(|memory| memory.minutes.retain(|(minute, ..), _| *minute >= oldest))
    }
}
