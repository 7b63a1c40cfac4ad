//! The one way to the log files: off the workers, a few searches at a time, each within its budget.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::dto::{BadQuery, Code, LogLine, LogPage, LogQuery, RequestStory};
use ops::clock::{Clock, rfc3339_millis, unix_millis};
use ops::log::LogFile;
use ops::log::search::{self, Budget, Found, Page, Query, Story};
use tokio::sync::Semaphore;

use super::from_wire::Terms;
use super::to_wire;
use crate::db::milliseconds;
use crate::traces::TraceUrl;

/// How long a page or a story may be searched for.
pub const READ_LIMIT: Duration = Duration::from_secs(2);

/// More at once would be held in memory for nothing.
const SEARCHED_AT_ONCE: usize = 500;

/// More would take the cores from those who are served.
const SEARCHES_AT_ONCE: usize = 2;

pub struct LogReader {
    dir: PathBuf,
    clock: Arc<dyn Clock>,
    trace_url: Option<TraceUrl>,
    searches: Semaphore,
}

impl LogReader {
    pub fn new(dir: &Path, clock: Arc<dyn Clock>, trace_url: Option<TraceUrl>) -> Self {
        Self {
            dir: dir.to_owned(),
            clock,
            trace_url,
            searches: Semaphore::new(SEARCHES_AT_ONCE),
        }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn terms(&self, query: &LogQuery) -> Result<Terms, BadQuery> {
        Terms::of(query, unix_millis(self.clock.now()))
    }

    /// A page of lines. Dropped, the search ends.
    ///
    /// # Errors
    /// If a field of the query can't be understood.
    pub async fn page(&self, query: LogQuery) -> Result<LogPage, BadQuery> {
        let terms = self.terms(&query)?;
        let started = self.clock.monotonic();
        let found = self.search(terms).await;
        let took_ms = milliseconds(self.clock.monotonic() - started);
        let now = rfc3339_millis(self.clock.now());
        Ok(match found {
            Ok(found) => to_wire::page(query, found, took_ms, now),
            Err(error) => LogPage {
                error: Some(unreadable(&error)),
                ..to_wire::page(query, Found::default(), took_ms, now)
            },
        })
    }

    /// The story of a request, or of the one that ended in an error. Dropped, the search ends.
    pub async fn story(&self, id: String) -> RequestStory {
        let wanted = id.clone();
        let told = self
            .read(move |dir, budget| search::story(dir, &wanted, budget))
            .await;
        let now = rfc3339_millis(self.clock.now());
        let trace_url = self.trace_url.as_ref();
        match told {
            Ok(story) => to_wire::story(id, story, trace_url, now),
            Err(error) => RequestStory {
                error: Some(unreadable(&error)),
                ..to_wire::story(id, Story::default(), trace_url, now)
            },
        }
    }

    /// The last lines that match, newest first, and whether the time for it was over before all was
    /// searched. For pages that are about something else.
    ///
    /// # Errors
    /// If the files can't be read, or a field of the query can't be understood.
    pub async fn latest(
        &self,
        query: &LogQuery,
        limit: Duration,
    ) -> Result<(Vec<LogLine>, bool), Code> {
        let mut terms = self.terms(query).map_err(|_| Code::Query)?;
        // To count them all would take until the time is over.
        terms.page.histogram = false;
        let found = self
            .read_within(limit, move |dir, budget| {
                search::search(dir, &terms.query, &terms.page, budget)
            })
            .await
            .map_err(|error| unreadable(&error))?;
        let lines = found.hits.iter().map(|hit| search::parse_line(&hit.line));
        Ok((lines.collect(), found.stopped_early))
    }

    /// The newest lines that match and that `keep` keeps, newest first, at most `most`; and whether there
    /// may be more of them. For pages that are about something else.
    ///
    /// # Errors
    /// If the files can't be read.
    pub async fn newest(
        &self,
        (file, query): (LogFile, Query),
        (most, limit): (usize, Duration),
        keep: impl Fn(&[u8]) -> bool + Send + 'static,
    ) -> Result<(Vec<LogLine>, bool), Code> {
        let mut page = Page {
            file,
            before: None,
            limit: SEARCHED_AT_ONCE,
            histogram: false,
        };
        let found = self.read_within(limit, move |dir, budget| {
            let mut kept = Vec::new();
            loop {
                let found = search::search(dir, &query, &page, budget)?;
                let hits = found.hits.iter().filter(|hit| keep(&hit.line));
                kept.extend(hits.map(|hit| search::parse_line(&hit.line)));
                let is_full = kept.len() > most;
                if is_full || found.stopped_early || found.older.is_none() {
                    kept.truncate(most);
                    return Ok((kept, is_full || found.stopped_early));
                }
                page.before = found.older;
            }
        });
        found.await.map_err(|error| unreadable(&error))
    }

    pub async fn search(&self, terms: Terms) -> io::Result<Found> {
        self.read(move |dir, budget| search::search(dir, &terms.query, &terms.page, budget))
            .await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Path, &Budget) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.read_within(READ_LIMIT, read).await
    }

    async fn read_within<T: Send + 'static>(
        &self,
        limit: Duration,
        read: impl FnOnce(&Path, &Budget) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let _turn = self.searches.acquire().await.map_err(io::Error::other)?;
        let budget = Budget::new(Arc::clone(&self.clock), Some(limit));
        let _cancel = budget.cancel_on_drop();
        let dir = self.dir.clone();
        let task = tokio::task::spawn_blocking(move || read(&dir, &budget));
        task.await.map_err(io::Error::other)?
    }
}

fn unreadable(error: &io::Error) -> Code {
    tracing::debug!(
        error = error as &dyn std::error::Error,
        "can't read the logs"
    );
    Code::Unreachable
}
