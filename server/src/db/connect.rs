//! Making connections and pooling them, with every setting that keeps a broken database from hanging
//! the service.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bb8::{ErrorSink, ManageConnection, Pool};
use diesel_async::AsyncConnection;
use diesel_async::pooled_connection::PoolableConnection;
use ops::health::Code;
use tokio::sync::watch;
use tokio::time::timeout;

use super::address::Address;
use super::connection::{CONNECT_LIMIT, ConnectFailure, Lifetime, PgConn, SqliteConn};
use super::query_log::LastSql;
use super::row_count::{Counted, Rows};
use super::{Conn, postgres, sqlite};

const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// What differs between the two databases when connecting.
pub(super) trait Dialect:
    AsyncConnection + PoolableConnection + Send + Sized + 'static
{
    /// How a transaction begins.
    fn begin(address: &Address) -> &'static str;

    fn as_conn(&mut self) -> Conn<'_>;

    fn rows(&self) -> Rows;

    fn open(
        address: &Address,
    ) -> impl Future<Output = Result<(Self, Lifetime), ConnectFailure>> + Send;

    /// A frozen server accepts connections, by its kernel, and says no word: so everything
    /// together is under one limit.
    fn open_in_time(
        address: &Address,
    ) -> impl Future<Output = Result<(Self, Lifetime), ConnectFailure>> + Send {
        async {
            let opened = timeout(CONNECT_LIMIT, Self::open(address)).await;
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
    fn begin(_: &Address) -> &'static str {
        "BEGIN IMMEDIATE"
    }

    fn as_conn(&mut self) -> Conn<'_> {
        Conn::Sqlite(self)
    }

    fn rows(&self) -> Rows {
        Counted::rows(self)
    }

    async fn open(address: &Address) -> Result<(Self, Lifetime), ConnectFailure> {
        sqlite::open(address.url()).await
    }
}

impl Dialect for PgConn {
    fn begin(address: &Address) -> &'static str {
        if address.keeps_no_sessions() {
            postgres::BEGIN_WITH_SETTINGS
        } else {
            "BEGIN"
        }
    }

    fn as_conn(&mut self) -> Conn<'_> {
        Conn::Postgres(self)
    }

    fn rows(&self) -> Rows {
        Counted::rows(self)
    }

    async fn open(address: &Address) -> Result<(Self, Lifetime), ConnectFailure> {
        Ok((postgres::open(address).await?, Lifetime::Pooled))
    }
}

/// A pooled connection that knows whether an operation was abandoned on it.
pub(super) struct Tracked<C> {
    pub conn: C,
    in_use: bool,
    sql: LastSql,
    rows: Rows,
    epoch: u64,
    lifetime: Lifetime,
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
    pub fn executed(&self) -> (LastSql, Rows) {
        (self.sql.clone(), self.rows.clone())
    }
}

pub(super) struct Manager<C> {
    address: Arc<Address>,
    dialect: PhantomData<fn() -> C>,
}

impl<C: Dialect> ManageConnection for Manager<C> {
    type Connection = Tracked<C>;
    type Error = ConnectFailure;

    async fn connect(&self) -> Result<Tracked<C>, ConnectFailure> {
        // Before opening, so that one that is overtaken by a new epoch is not taken for its own.
        let epoch = self.address.epoch();
        let (mut conn, lifetime) = C::open_in_time(&self.address).await?;
        let sql = LastSql::default();
        conn.set_instrumentation(sql.instrumentation());
        let rows = conn.rows();
        Ok(Tracked {
            conn,
            in_use: false,
            sql,
            rows,
            epoch,
            lifetime,
        })
    }

    /// Costs no query: a connection that the server closed is known as closed already, and one to
    /// a frozen server is found out by the deadline of the work itself.
    async fn is_valid(&self, connection: &mut Tracked<C>) -> Result<(), ConnectFailure> {
        if connection.conn.is_broken() {
            return Err(ConnectFailure::of_idle("the server closed the connection"));
        }
        if connection.epoch != self.address.epoch() {
            return Err(ConnectFailure::of_idle(
                "the database may be another one by now",
            ));
        }
        Ok(())
    }

    fn has_broken(&self, connection: &mut Tracked<C>) -> bool {
        connection.in_use
            || connection.lifetime == Lifetime::OneUse
            || connection.conn.is_broken()
            || connection.epoch != self.address.epoch()
    }
}

pub(super) fn pool<C: Dialect>(
    address: &Arc<Address>,
    max: u32,
    failures: &ConnectFailures,
) -> Pool<Manager<C>> {
    let manager = Manager {
        address: Arc::clone(address),
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
