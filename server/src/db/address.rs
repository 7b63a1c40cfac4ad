//! Where a database is, and what was learnt of it while talking to it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ops::health::Code;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::ConnectFailure;
use super::error::DbError;
use super::url::DatabaseUrl;
use super::{sqlite, tls};

/// How long one refused write speaks for the next.
const REFUSAL_LASTS: Duration = Duration::from_secs(3);

/// How often all connections are made anew, at most, while the database takes no writes: a fixed name
/// may lead to another server by now, and recovery has to be seen within five seconds.
const RECONNECT_EVERY: Duration = Duration::from_secs(2);

pub(super) struct Address {
    url: DatabaseUrl,
    tls: Option<Result<MakeRustlsConnect, String>>,
    /// Connections of an earlier epoch are not used any more.
    epoch: AtomicU64,
    /// Nothing that is said to a session may be meant to outlive a transaction: see
    /// [`Self::keeps_no_sessions`].
    keeps_no_sessions: AtomicBool,
    refused_writes_at: Mutex<Option<Instant>>,
    was_read_only: AtomicBool,
    reconnected_at: Mutex<Option<Instant>>,
}

impl Address {
    pub fn new(url: DatabaseUrl) -> Self {
        let (tls, keeps_no_sessions) = match &url {
            DatabaseUrl::Sqlite { .. } => (None, false),
            DatabaseUrl::Postgres(url) => {
                (Some(tls::connector(url.tls())), !url.prepared_statements())
            }
        };
        Self {
            url,
            tls,
            epoch: AtomicU64::new(0),
            keeps_no_sessions: AtomicBool::new(keeps_no_sessions),
            refused_writes_at: Mutex::default(),
            was_read_only: AtomicBool::new(false),
            reconnected_at: Mutex::default(),
        }
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub fn tls(&self) -> Result<MakeRustlsConnect, ConnectFailure> {
        let missing = || Err("no TLS was set up".to_owned());
        let made = self.tls.clone().unwrap_or_else(missing);
        made.map_err(|cause| ConnectFailure::new(Code::Unreachable, cause))
    }

    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// From now on only with new connections.
    pub fn reconnect(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether a pooler may hand each transaction of ours to another session of the server, and that
    /// session to somebody else afterwards. Then settings and prepared statements hold for one
    /// transaction: what a `SET` left behind would slow or break who comes next, and a statement that
    /// was prepared in one session is not there in the other.
    ///
    /// True if the operator said `prepared_statements=false`, and as soon as it shows.
    pub fn keeps_no_sessions(&self) -> bool {
        self.keeps_no_sessions.load(Ordering::Relaxed)
    }

    /// A pooler is in between: it refused what a server takes.
    pub fn found_pooler(&self) {
        if !self.keeps_no_sessions.swap(true, Ordering::Relaxed) {
            tracing::info!(
                "a pooler is between the service and its database: settings and prepared statements \
                 are kept for one transaction each"
            );
        }
    }

    /// What a failed operation says about those to come.
    pub fn learn_from(&self, error: &DbError) {
        if error.lost_prepared_statement() {
            self.lost_prepared_statement();
        }
        if error.code() == Code::ReadOnly {
            self.refuses_writes();
        }
    }

    pub fn lost_prepared_statement(&self) {
        if !self.keeps_no_sessions.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "prepared statements get lost between the service and its database, as in poolers that \
                 pool transactions: they are kept for one transaction from now on; \
                 `prepared_statements=false` in the database's URL does so from the start"
            );
            self.reconnect();
        }
    }

    /// The database said, or showed, that it takes no writes.
    pub fn refuses_writes(&self) {
        *lock(&self.refused_writes_at) = Some(Instant::now());
        // A file does not become another one, and closing its last connection takes a write.
        if matches!(self.url, DatabaseUrl::Sqlite { .. }) {
            return;
        }
        let mut at = lock(&self.reconnected_at);
        if at.is_none_or(|at| at.elapsed() >= RECONNECT_EVERY) {
            *at = Some(Instant::now());
            self.reconnect();
        }
    }

    /// Whether writes are refused at present, as far as that shows without writing.
    pub async fn is_read_only(&self) -> bool {
        let refused = *lock(&self.refused_writes_at);
        let is_read_only = refused.is_some_and(|at| at.elapsed() < REFUSAL_LASTS)
            || match &self.url {
                DatabaseUrl::Postgres(_) => false,
                DatabaseUrl::Sqlite { .. } => sqlite::takes_no_writes(&self.url).await,
            };
        // What was opened meanwhile may be good for reading only.
        if self.was_read_only.swap(is_read_only, Ordering::Relaxed) && !is_read_only {
            self.reconnect();
        }
        is_read_only
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
