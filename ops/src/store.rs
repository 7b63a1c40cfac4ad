//! What the engine asks of persistence, and a [`MemoryStore`] for tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::traffic::{Minute, Rows, Run, RunTotals, Span};

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
    /// Writes all of it or nothing. Replaces what is known of the same span, start and run, unless
    /// that counts more requests or covers more: a write that comes late must not undo a later one.
    async fn write(&self, rows: Vec<Rows>) -> Result<(), StoreError>;

    /// The totals of spans that start at `from` or later, in any order.
    async fn totals_since(&self, span: Span, from: Minute) -> Result<Vec<RunTotals>, StoreError>;

    /// All of the spans that start at `from` or later, and before `to`, in any order.
    async fn rows_between(
        &self,
        span: Span,
        from: Minute,
        to: Minute,
    ) -> Result<Vec<Rows>, StoreError>;

    /// Deletes a small part of what starts before `oldest`, the oldest first.
    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError>;
}

/// Keeps everything in memory, and is away when told.
#[derive(Default)]
pub struct MemoryStore(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    is_away: bool,
    rows: BTreeMap<(Span, Minute, String, i64), Rows>,
}

impl Memory {
    fn from(&self, span: Span, from: Minute) -> impl Iterator<Item = &Rows> {
        let first = (span, from, String::new(), i64::MIN);
        let rows = self.rows.range(first..).map(|(_, rows)| rows);
        rows.take_while(move |rows| rows.span == span)
    }
}

impl MemoryStore {
    pub fn set_away(&self, is_away: bool) {
        self.with(|memory| memory.is_away = is_away);
    }

    /// All rows of a kind of span, by their starts.
    pub fn rows(&self, span: Span) -> Vec<Rows> {
        self.with(|memory| {
            let rows = memory.rows.values().filter(|rows| rows.span == span);
            rows.cloned().collect()
        })
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
    async fn write(&self, rows: Vec<Rows>) -> Result<(), StoreError> {
        self.if_there(|memory| {
            for rows in rows {
                let Run { instance, number } = rows.run.clone();
                let known = memory.rows.entry((rows.span, rows.start, instance, number));
                let extent = |rows: &Rows| (rows.totals.by_class.total(), rows.covered);
                known
                    .and_modify(|known| {
                        let (requests, covered) = extent(&rows);
                        if extent(known).0 <= requests && extent(known).1 <= covered {
                            known.clone_from(&rows);
                        }
                    })
                    .or_insert(rows);
            }
        })
    }

    async fn totals_since(&self, span: Span, from: Minute) -> Result<Vec<RunTotals>, StoreError> {
        self.if_there(|memory| {
            let rows = memory.from(span, from);
            rows.map(Rows::without_series).collect()
        })
    }

    async fn rows_between(
        &self,
        span: Span,
        from: Minute,
        to: Minute,
    ) -> Result<Vec<Rows>, StoreError> {
        self.if_there(|memory| {
            let rows = memory.from(span, from);
            rows.take_while(|rows| rows.start < to).cloned().collect()
        })
    }

    async fn trim(&self, span: Span, oldest: Minute) -> Result<(), StoreError> {
        self.if_there(|memory| {
            let all = memory.from(span, Minute::from_number(i64::MIN));
            let old = all.take_while(|rows| rows.start < oldest);
            let old: Vec<_> = old.map(|rows| (rows.start, rows.run.clone())).collect();
            for (start, Run { instance, number }) in old {
                memory.rows.remove(&(span, start, instance, number));
            }
        })
    }
}
