//! The connections of both dialects, and why one could not be made.

use std::time::Duration;

use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use futures_util::future::BoxFuture;
use ops::health::Code;

use super::error::{self, DbError};
use super::row_count::Counted;

pub type SqliteConn = Counted<SyncConnectionWrapper<SqliteConnection>>;
pub type PgConn = Counted<AsyncPgConnection>;

/// Enough for a distant server and a TLS handshake, short enough for a probe's patience.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// A borrowed connection of either dialect, as a body made by [`query!`] takes it apart.
pub enum Conn<'c> {
    Sqlite(&'c mut SqliteConn),
    Postgres(&'c mut PgConn),
}

/// What is done with a connection, see [`query!`](crate::query).
pub trait Body<T>:
    for<'c> FnOnce(Conn<'c>) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

impl<T, F> Body<T> for F where
    F: for<'c> FnOnce(Conn<'c>) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

/// How long a connection may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifetime {
    Pooled,
    /// It holds only while nothing is written, so each use begins with looking anew.
    OneUse,
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
    pub fn new(code: Code, cause: String) -> Self {
        Self {
            code,
            cause,
            was_idle: false,
        }
    }

    /// With what other hosts failed for.
    pub fn after(mut self, earlier: Option<Self>) -> Self {
        if let Some(earlier) = earlier {
            self.cause = format!("{}; {}", earlier.cause, self.cause);
        }
        self
    }

    pub fn of_idle(cause: &str) -> Self {
        Self {
            was_idle: true,
            ..Self::new(Code::Unreachable, cause.to_owned())
        }
    }

    pub fn wrong_url() -> Self {
        let cause = "the URL is of the other database".to_owned();
        Self::new(Code::Unreachable, cause)
    }
}

impl From<tokio_postgres::Error> for ConnectFailure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::new(error::code_of_connecting(&error), error::chain(&error))
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
