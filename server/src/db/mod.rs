//! The one door to a database.
//!
//! [`Db`] is a pool of SQLite or of PostgreSQL connections behind one type. Work goes through
//! [`Db::run`] or [`Db::transaction`] as a body written once with [`query!`]; it runs as a task on
//! the main multi-thread runtime, under a deadline, named and timed. So a client that hangs up
//! cancels nothing half-way, and no Actix worker ever meets the blocking that diesel-async's SQLite
//! wrapper does when a future of its is dropped.
//!
//! What the desk asks of a database that it watches goes through [`Db::look_up`] and
//! [`Db::diagnose`], on connections that requests can't take.
//!
//! Queries live in [`queries`], by noun. Nothing outside this module sees a connection.

mod address;
mod answer;
mod connect;
mod connection;
pub mod corruption;
mod error;
pub mod figures;
mod json;
mod lane;
pub mod migrate;
mod postgres;
pub mod postgres_url;
pub mod probe;
pub mod queries;
mod query_log;
mod query_stats;
mod query_time;
mod row_count;
pub mod schema;
pub mod slow_queries;
mod sqlite;
pub mod time;
mod tls;
pub mod url;
pub mod url_text;
mod work;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ops::traffic::Histogram;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Notify, oneshot};
use tracing::Instrument as _;

pub use connection::{Body, Conn, PgConn, SqliteConn};
pub use error::{DbError, chain};
pub use json::JsonText;
pub use lane::Errand;
pub use query_log::milliseconds;
pub use query_time::timed;

use address::Address;
use figures::{NamedQuery, PoolState, QueryTotal, Timing, Vendor};
use lane::{From, Lane, Mode, Pools, Reserved};
use query_stats::Named;
use slow_queries::SlowQueries;
use url::DatabaseUrl;
use work::Work;

/// How long an operation may take in all, checkout included, unless it says otherwise.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(5);

/// Makes a body for [`Db::run`]: compiled once for each dialect, written once.
///
/// ```ignore
/// db.run("namespaces.count", query!(conn => namespaces::table.count().get_result::<i64>(conn).await))
/// ```
#[macro_export]
macro_rules! query {
    ($conn:ident => $body:expr) => {
        $crate::query!($conn: _Backend => $body)
    };
    // With the backend's type by name, for boxed queries.
    ($conn:ident: $backend:ident => $body:expr) => {
        move |conn: $crate::db::Conn<'_>| {
            Box::pin(async move {
                match conn {
                    $crate::db::Conn::Sqlite($conn) => {
                        type $backend = diesel::sqlite::Sqlite;
                        $body
                    }
                    $crate::db::Conn::Postgres($conn) => {
                        type $backend = diesel::pg::Pg;
                        $body
                    }
                }
            })
        }
    };
}

#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    address: Arc<Address>,
    /// What requests share.
    lane: Lane,
    reserved: Reserved,
    damaged: Notify,
    /// Of transactions, where one at a time may write.
    turn: Option<Mutex<()>>,
    named: Named,
    runtime: Handle,
    slow: SlowQueries,
}

impl Db {
    /// Opens nothing yet: connections are made when asked for, so a service starts with its
    /// database down.
    ///
    /// Operations slower than `slow` are reported in `db.log`. Must be called on `runtime`.
    pub fn new(url: DatabaseUrl, max: u32, slow: impl Into<SlowQueries>, runtime: Handle) -> Self {
        let address = Arc::new(Address::new(url));
        let lane = Lane::new(&address, max);
        // SQLite lets one write at a time.
        let turn = matches!(lane.pools, Pools::Sqlite(_)).then(Mutex::default);
        let inner = Inner {
            reserved: Reserved::new(&address),
            lane,
            address,
            damaged: Notify::new(),
            turn,
            named: Named::default(),
            runtime,
            slow: slow.into(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    pub fn url(&self) -> &DatabaseUrl {
        self.inner.address.url()
    }

    pub fn vendor(&self) -> Vendor {
        self.inner.lane.vendor()
    }

    pub fn pool_state(&self) -> PoolState {
        let lane = &self.inner.lane;
        let state = lane.state();
        PoolState {
            active: state.connections.saturating_sub(state.idle_connections),
            idle: state.idle_connections,
            max: lane.max,
        }
    }

    /// How many operations wait for a connection or for their turn, now.
    pub fn waiting(&self) -> u32 {
        self.inner.lane.waiting.load(Ordering::Relaxed)
    }

    /// What operations cost since the start: their waits for a connection, and each by its name.
    pub fn costs(&self) -> (Timing, Vec<NamedQuery>) {
        self.inner.named.report()
    }

    /// What operations took since the start, by their names.
    pub fn totals(&self) -> Vec<QueryTotal> {
        self.inner.named.totals()
    }

    /// How long operations took since this was asked last. There is one who asks.
    pub fn take_durations(&self) -> Histogram {
        self.inner.named.take_recent()
    }

    /// Resolves when an operation has failed in a way that speaks of a damaged file.
    pub async fn damaged(&self) {
        self.inner.damaged.notified().await;
    }

    /// From now on only with new connections: the file has been replaced.
    pub fn reconnect(&self) {
        self.inner.address.reconnect();
    }

    /// The database has shown that it takes no writes: it is a standby, for example.
    pub fn refuses_writes(&self) {
        self.inner.address.refuses_writes();
    }

    /// Whether writes are refused at present, as far as that shows without writing.
    pub async fn is_read_only(&self) -> bool {
        self.inner.address.is_read_only().await
    }

    /// Runs one body, each statement on its own.
    ///
    /// `name` is `noun.verb`; it stands in `db.log` and never changes with the input.
    pub async fn run<T: Send + 'static>(
        &self,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, DEFAULT_LIMIT, name, Mode::Statements, body)
            .await
    }

    /// [`Db::run`] with a limit of its own, for whoever can do without the answer.
    pub async fn run_within<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, limit, name, Mode::Statements, body)
            .await
    }

    /// [`Db::run`] for health probes: a limit of its own, and no report of failures, because who
    /// probes every second reports changes instead.
    pub async fn probe<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, limit, name, Mode::Probe, body)
            .await
    }

    /// Runs one body in a transaction, rolled back when it fails. On SQLite it is an immediate
    /// one: a deferred transaction that first reads and then writes fails as soon as two meet.
    pub async fn transaction<T: Send + 'static>(
        &self,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, DEFAULT_LIMIT, name, Mode::Transaction, body)
            .await
    }

    /// [`Db::transaction`] for as much as a file may hold, as commands run it.
    pub async fn bulk_transaction<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, limit, name, Mode::Transaction, body)
            .await
    }

    /// [`Db::transaction`] as [`Db::probe`] is to [`Db::run`]: for work that comes again by itself.
    pub async fn recurring_transaction<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Requests, limit, name, Mode::ProbeTransaction, body)
            .await
    }

    async fn spawn<T: Send + 'static>(
        &self,
        from: From,
        limit: Duration,
        name: &'static str,
        mode: Mode,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        // The answer has a channel of its own: after a time-out it is sent before the abandoned
        // future is dropped, and dropping one may block for as long as SQLite takes.
        let asked = Instant::now();
        let (answer, answered) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        let trace = query_time::trace();
        let task = async move {
            let reserved = &inner.reserved;
            let (lane, reports) = match from {
                From::Requests => (&inner.lane, None),
                From::Lookups => (&reserved.lookups, Some(&reserved.reports)),
                From::Diagnosis => (&reserved.diagnosis, Some(&reserved.reports)),
            };
            let work = Work {
                name,
                mode,
                limit,
                slow: inner.slow.threshold(name),
                address: &inner.address,
                lane,
                reports,
                damaged: &inner.damaged,
                turn: inner.turn.as_ref(),
                named: &inner.named,
                trace,
            };
            match &lane.pools {
                Pools::Sqlite(pool) => work.perform(pool, body, answer).await,
                Pools::Postgres(pool) => work.perform(pool, body, answer).await,
            }
        };
        self.inner.runtime.spawn(task.in_current_span());
        // The sender is dropped unsent only if the task panicked.
        let answer = answered.await.unwrap_or(Err(DbError::Interrupted));
        query_time::add(asked.elapsed());
        answer
    }
}
