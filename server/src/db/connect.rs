//! Making connections, with every setting that keeps a broken database from hanging the service,
//! and telling why one could not be made.

use std::fmt;
use std::fs;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bb8::{ErrorSink, ManageConnection, Pool};
use diesel::sqlite::SqliteConnection;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use ops::health::Code;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Conn;
use super::counted::{Counted, Rows};
use super::error::{self, DbError};
use super::observe::LastSql;
use crate::config::DatabaseUrl;

pub type SqliteConn = Counted<SyncConnectionWrapper<SqliteConnection>>;
pub type PgConn = Counted<AsyncPgConnection>;

/// Enough for a distant server and a TLS handshake, short enough for a probe's patience.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// What differs between the two databases when connecting.
pub(super) trait Dialect:
    AsyncConnection + PoolableConnection + Send + Sized + 'static
{
    const BEGIN: &'static str;

    fn as_conn(&mut self) -> Conn<'_>;

    fn rows(&self) -> Rows;

    fn open(url: &DatabaseUrl) -> impl Future<Output = Result<Self, ConnectFailure>> + Send;

    /// A frozen server accepts connections, by its kernel, and says no word: so everything
    /// together is under one limit.
    fn open_in_time(
        url: &DatabaseUrl,
    ) -> impl Future<Output = Result<Self, ConnectFailure>> + Send {
        async {
            let opened = timeout(CONNECT_LIMIT, Self::open(url)).await;
            opened.unwrap_or_else(|_| {
                Err(ConnectFailure::new(
                    Code::Timeout,
                    format!("no connection within {} s", CONNECT_LIMIT.as_secs()),
                ))
            })
        }
    }
}

impl Dialect for SqliteConn {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";

    fn as_conn(&mut self) -> Conn<'_> {
        Conn::Sqlite(self)
    }

    fn rows(&self) -> Rows {
        Counted::rows(self)
    }

    async fn open(url: &DatabaseUrl) -> Result<Self, ConnectFailure> {
        let DatabaseUrl::Sqlite { path } = url else {
            return Err(ConnectFailure::wrong_url());
        };
        if let Some(directory) = url.directory() {
            fs::create_dir_all(directory).map_err(|error| {
                ConnectFailure::new(
                    Code::Unreachable,
                    format!("{}: {error}", directory.display()),
                )
            })?;
        }
        let mut conn = Self::establish(&path.to_string_lossy())
            .await
            .map_err(|error| {
                ConnectFailure::new(Code::Unreachable, format!("{}: {error}", path.display()))
            })?;
        // The order matters: switching the journal mode takes a lock, and waits for it only once
        // there is a busy time-out.
        conn.batch_execute(
            "PRAGMA busy_timeout = 4000; \
             PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = NORMAL; \
             PRAGMA foreign_keys = ON;",
        )
        .await
        .map_err(|error| {
            ConnectFailure::new(
                error::code_of(&error).unwrap_or(Code::Query),
                format!("{}: {error}", path.display()),
            )
        })?;
        Ok(conn)
    }
}

impl Dialect for PgConn {
    const BEGIN: &'static str = "BEGIN";

    fn as_conn(&mut self) -> Conn<'_> {
        Conn::Postgres(self)
    }

    fn rows(&self) -> Rows {
        Counted::rows(self)
    }

    async fn open(url: &DatabaseUrl) -> Result<Self, ConnectFailure> {
        let DatabaseUrl::Postgres(url) = url else {
            return Err(ConnectFailure::wrong_url());
        };
        let config = postgres_settings(url.connect_config().clone());
        let wants_tls = config.get_ssl_mode() == tokio_postgres::config::SslMode::Require;
        if wants_tls {
            let roots =
                rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            let tls = rustls::ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth();
            let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
            let (client, connection) = config.connect(tls).await.map_err(ConnectFailure::from)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        } else {
            let (client, connection) = config
                .connect(tokio_postgres::NoTls)
                .await
                .map_err(ConnectFailure::from)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
        .map(Self::new)
        .map_err(|error| ConnectFailure::new(Code::Unreachable, error.to_string()))
    }
}

/// A server that is gone, frozen or cut off must cost seconds, not the kernel's quarter of an hour.
fn postgres_settings(mut config: tokio_postgres::Config) -> tokio_postgres::Config {
    let own = config.get_options().unwrap_or_default();
    // The server gives up a little before the client does, so that it keeps no orphans.
    let options = format!(
        "-c statement_timeout=4500 -c lock_timeout=4000 \
         -c idle_in_transaction_session_timeout=10000 {own}"
    );
    config
        .options(options.trim_end())
        .application_name("agent-source-db")
        .connect_timeout(CONNECT_LIMIT)
        .tcp_user_timeout(Duration::from_secs(5))
        .keepalives_idle(Duration::from_secs(5))
        .keepalives_interval(Duration::from_secs(2))
        .keepalives_retries(3);
    config
}

/// A pooled connection that knows whether an operation was abandoned on it.
pub(super) struct Tracked<C> {
    pub conn: C,
    in_use: bool,
    sql: LastSql,
    rows: Rows,
    epoch: u64,
}

impl<C> Tracked<C> {
    pub fn begin_use(&mut self) {
        self.in_use = true;
        self.sql.clear();
        self.rows.take();
    }

    pub fn end_use(&mut self) {
        self.in_use = false;
    }

    /// What is heard of the use: its last statement, and the rows of all.
    pub fn heard(&self) -> (LastSql, Rows) {
        (self.sql.clone(), self.rows.clone())
    }
}

pub(super) struct Manager<C> {
    url: DatabaseUrl,
    epoch: Arc<AtomicU64>,
    dialect: PhantomData<fn() -> C>,
}

impl<C> Manager<C> {
    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }
}

impl<C: Dialect> ManageConnection for Manager<C> {
    type Connection = Tracked<C>;
    type Error = ConnectFailure;

    async fn connect(&self) -> Result<Tracked<C>, ConnectFailure> {
        // Before opening, so that one that is overtaken by a new epoch is not taken for its own.
        let epoch = self.epoch();
        let mut conn = C::open_in_time(&self.url).await?;
        let sql = LastSql::default();
        conn.set_instrumentation(sql.instrumentation());
        let rows = conn.rows();
        Ok(Tracked {
            conn,
            in_use: false,
            sql,
            rows,
            epoch,
        })
    }

    /// Costs no query: a connection that the server closed is known as closed already, and one to
    /// a frozen server is found out by the deadline of the work itself.
    async fn is_valid(&self, connection: &mut Tracked<C>) -> Result<(), ConnectFailure> {
        if connection.conn.is_broken() {
            return Err(ConnectFailure::of_idle("the server closed the connection"));
        }
        if connection.epoch != self.epoch() {
            return Err(ConnectFailure::of_idle("the file has been replaced"));
        }
        Ok(())
    }

    fn has_broken(&self, connection: &mut Tracked<C>) -> bool {
        connection.in_use || connection.conn.is_broken() || connection.epoch != self.epoch()
    }
}

pub(super) fn pool<C: Dialect>(
    url: &DatabaseUrl,
    max: u32,
    failures: &ConnectFailures,
    epoch: &Arc<AtomicU64>,
) -> Pool<Manager<C>> {
    let manager = Manager {
        url: url.clone(),
        epoch: Arc::clone(epoch),
        dialect: PhantomData,
    };
    Pool::builder()
        .max_size(max)
        .max_lifetime(MAX_LIFETIME)
        .test_on_check_out(true)
        // Whoever waits is told at once and tries again when it likes.
        .retry_connection(false)
        .error_sink(Box::new(failures.clone()))
        .build_unchecked(manager)
}

/// Why no connection could be made.
#[derive(Clone, Debug)]
pub(super) struct ConnectFailure {
    pub code: Code,
    /// For the log only: it may name hosts and paths.
    pub cause: String,
    /// No attempt to connect failed, but a pooled connection was found to be closed.
    pub was_idle: bool,
}

impl ConnectFailure {
    fn new(code: Code, cause: String) -> Self {
        Self {
            code,
            cause,
            was_idle: false,
        }
    }

    fn of_idle(cause: &str) -> Self {
        Self {
            was_idle: true,
            ..Self::new(Code::Unreachable, cause.to_owned())
        }
    }

    fn wrong_url() -> Self {
        let cause = "the URL is of the other database".to_owned();
        Self::new(Code::Unreachable, cause)
    }
}

impl From<tokio_postgres::Error> for ConnectFailure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::new(
            error::code_of_connecting(&error),
            crate::error::chain(&error),
        )
    }
}

impl From<ConnectFailure> for DbError {
    fn from(failure: ConnectFailure) -> Self {
        Self::Unavailable {
            code: failure.code,
            cause: failure.cause,
        }
    }
}

/// Where the pool reports each failed attempt to connect. bb8 lets those who wait for a connection
/// wait until their time is up; through this they learn at once.
#[derive(Clone)]
pub(super) struct ConnectFailures {
    latest: Arc<watch::Sender<Option<ConnectFailure>>>,
}

impl Default for ConnectFailures {
    fn default() -> Self {
        Self {
            latest: Arc::new(watch::Sender::new(None)),
        }
    }
}

impl ConnectFailures {
    pub fn subscribe(&self) -> FailureWaiter {
        FailureWaiter(self.latest.subscribe())
    }
}

impl fmt::Debug for ConnectFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectFailures")
    }
}

impl ErrorSink<ConnectFailure> for ConnectFailures {
    fn sink(&self, failure: ConnectFailure) {
        // A connection that died while idle says nothing about the next one, which the pool makes
        // right away.
        if !failure.was_idle {
            self.latest.send_replace(Some(failure));
        }
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<ConnectFailure>> {
        Box::new(self.clone())
    }
}

pub(super) struct FailureWaiter(watch::Receiver<Option<ConnectFailure>>);

impl FailureWaiter {
    /// The next failure after the subscription; never, if the pool is gone.
    pub async fn next(&mut self) -> ConnectFailure {
        loop {
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            let latest = self.0.borrow_and_update().clone();
            if let Some(failure) = latest {
                return failure;
            }
        }
    }
}
