//! What the engine asks of persistence, and a [`MemoryStore`] for tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::time::timeout;

use crate::clock::{Minute, Span};
use crate::traffic::{Rows, RunTotals};

/// Minutes are kept this long, in the store and, while it is away, in memory.
pub const RETENTION_MINUTES: u32 = 48 * 60;

/// Hours, and the days made of them, are held in memory for the longest period that is shown.
pub(crate) const SHOWN_MINUTES: u32 = 31 * 24 * 60;

const STORE_LIMIT: Duration = Duration::from_secs(3);

/// How long what is rolled up is kept in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// In days, of the rows for an hour.
    pub hours: u32,
    /// In days, of the rows for a day.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            hours: 90,
            days: 400,
        }
    }
}

impl Retention {
    /// For how many minutes rows of `span` are kept.
    pub(crate) fn minutes(self, span: Span) -> u32 {
        let days = |days: u32| days.saturating_mul(Span::Day.minutes());
        match span {
            Span::Minute => RETENTION_MINUTES,
            Span::Hour => days(self.hours),
            Span::Day => days(self.days),
        }
    }
}

/// Whose rows: an instance, from one start to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    pub instance: String,
    /// Milliseconds since the Unix epoch at its start. One more for each time the clock went back.
    pub number: i64,
}

impl Run {
    pub fn new(instance: String, started_at: SystemTime) -> Self {
        let since = started_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            instance,
            number: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        }
    }

    pub(crate) fn next(&self) -> Self {
        Self {
            instance: self.instance.clone(),
            number: self.number.saturating_add(1),
        }
    }
}

/// Whose figures: those of all instances together, or of one by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Whose {
    #[default]
    All,
    Instance(String),
}

impl Whose {
    pub(crate) fn is(&self, instance: &str) -> bool {
        match self {
            Self::All => true,
            Self::Instance(name) => name == instance,
        }
    }
}

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
    fn is_news(&self) -> bool {
        !matches!(self, Self::NotPrepared)
    }
}

/// Never longer than a store may take.
pub(crate) async fn in_time<T>(
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(STORE_LIMIT, asked)
        .await
        .unwrap_or(Err(StoreError::Timeout))
}

/// How the last exchange with the store went.
#[derive(Default)]
pub(crate) struct Reach(Option<Arc<StoreError>>);

/// What is worth a line in the log: a store that is away for an hour is two of them.
pub(crate) enum Change {
    Lost(Arc<StoreError>),
    Found,
}

impl Change {
    /// `what` waits in memory meanwhile.
    pub fn log(self, what: &str) {
        match self {
            Self::Lost(error) => tracing::warn!(
                error = &*error as &dyn Error,
                "{what} can't be stored now; they wait in memory"
            ),
            Self::Found => tracing::info!("{what} are stored again"),
        }
    }
}

impl Reach {
    pub fn error(&self) -> Option<Arc<StoreError>> {
        self.0.clone()
    }

    pub fn is_away(&self) -> bool {
        self.news().is_some()
    }

    pub fn note(&mut self, error: Option<impl Into<Arc<StoreError>>>) -> Option<Change> {
        let before = mem::replace(&mut self.0, error.map(Into::into));
        let was_away = before.is_some_and(|error| error.is_news());
        match (was_away, self.news()) {
            (false, Some(error)) => Some(Change::Lost(error)),
            (true, None) => Some(Change::Found),
            _ => None,
        }
    }

    pub fn news(&self) -> Option<Arc<StoreError>> {
        self.error().filter(|error| error.is_news())
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
