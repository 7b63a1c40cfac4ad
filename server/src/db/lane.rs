//! A pool of connections, and what belongs to it.
//!
//! Requests share one. Two small ones are kept back from them: for looking up whose session it is
//! and what the desk counts, and for looking at the database from within. So the desk opens, and
//! says who waits for whom, while requests have taken all of theirs; and however many look at it,
//! they take none from a request.

use std::collections::HashMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bb8::{Pool, State};

use super::address::Address;
use super::connect::{self, ConnectFailures, Manager};
use super::figures::Vendor;
use super::url::DatabaseUrl;
use super::{Body, Db, DbError, PgConn, SqliteConn};

/// A table that is locked keeps one of them busy, and leaves one.
const LOOKUPS: u32 = 2;
/// Nothing that it asks waits for a lock on a table.
const DIAGNOSIS: u32 = 1;

pub(super) struct Lane {
    pub pools: Pools,
    pub failures: ConnectFailures,
    /// Operations that wait for a connection, or for their turn.
    pub waiting: AtomicU32,
    pub max: u32,
}

pub(super) enum Pools {
    Sqlite(Pool<Manager<SqliteConn>>),
    Postgres(Pool<Manager<PgConn>>),
}

impl Lane {
    /// Opens nothing yet.
    pub fn new(address: &Arc<Address>, max: u32) -> Self {
        let failures = ConnectFailures::default();
        let pools = match address.url() {
            DatabaseUrl::Sqlite { .. } => Pools::Sqlite(connect::pool(address, max, &failures)),
            DatabaseUrl::Postgres(_) => Pools::Postgres(connect::pool(address, max, &failures)),
        };
        Self {
            pools,
            failures,
            waiting: AtomicU32::new(0),
            max,
        }
    }

    pub fn vendor(&self) -> Vendor {
        match self.pools {
            Pools::Sqlite(_) => Vendor::Sqlite,
            Pools::Postgres(_) => Vendor::Postgresql,
        }
    }

    pub fn state(&self) -> State {
        match &self.pools {
            Pools::Sqlite(pool) => pool.state(),
            Pools::Postgres(pool) => pool.state(),
        }
    }
}

/// The connections that are kept back.
pub(super) struct Reserved {
    pub lookups: Lane,
    pub diagnosis: Lane,
    pub reports: Reports,
}

impl Reserved {
    pub fn new(address: &Arc<Address>) -> Self {
        Self {
            lookups: Lane::new(address, LOOKUPS),
            diagnosis: Lane::new(address, DIAGNOSIS),
            reports: Reports::default(),
        }
    }
}

/// What the desk asks comes again and again, and so do its troubles: of each operation one report a
/// minute, or the log would tell of little else.
#[derive(Default)]
pub(super) struct Reports(Mutex<HashMap<&'static str, Instant>>);

impl Reports {
    const ONE_IN: Duration = Duration::from_secs(60);

    pub fn is_due(&self, name: &'static str) -> bool {
        let now = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last
            .get(name)
            .is_none_or(|last| now.duration_since(*last) >= Self::ONE_IN);
        if is_due {
            last.insert(name, now);
        }
        is_due
    }
}

/// How an operation runs, and who reports its failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Each statement on its own.
    Statements,
    Transaction,
    /// Statements whose failure someone else reports.
    Probe,
    /// A transaction whose failure someone else reports.
    ProbeTransaction,
}

/// What a request comes for, where it asks for the same on either errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// It needs a connection that requests share anyway.
    Registry,
    /// It must cost requests none.
    Desk,
}

/// A database that is slower than this is as good as down for who looks at the desk.
const DESK_LIMIT: Duration = Duration::from_millis(300);

/// Which pool an operation takes its connection from.
#[derive(Clone, Copy)]
pub(super) enum From {
    Requests,
    Lookups,
    Diagnosis,
}

impl Db {
    /// [`Db::run_within`] on a connection that requests can't take: for what every visitor of the
    /// desk asks. Slow and failed ones are reported once a minute.
    pub async fn look_up<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Lookups, limit, name, Mode::Statements, body)
            .await
    }

    /// [`Db::run`] or [`Db::look_up`].
    pub async fn run_for<T: Send + 'static>(
        &self,
        errand: Errand,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        match errand {
            Errand::Registry => self.run(name, body).await,
            Errand::Desk => self.look_up(DESK_LIMIT, name, body).await,
        }
    }

    /// [`Db::look_up`] as [`Db::probe`] is to [`Db::run_within`]: for what comes again by itself.
    pub async fn look_up_again<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Lookups, limit, name, Mode::Probe, body)
            .await
    }

    /// For looking at the database from within, on a connection that nothing else takes. Who asks
    /// shows the failure itself.
    pub async fn diagnose<T: Send + 'static>(
        &self,
        limit: Duration,
        name: &'static str,
        body: impl Body<T>,
    ) -> Result<T, DbError> {
        self.spawn(From::Diagnosis, limit, name, Mode::Probe, body)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_operation_one_report_a_minute() {
        let reports = Reports::default();
        assert!(reports.is_due("statistics.count"));
        assert!(!reports.is_due("statistics.count"));
        assert!(reports.is_due("sessions.find"));
    }
}
