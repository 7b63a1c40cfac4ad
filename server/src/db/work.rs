//! One operation from checkout to answer: deadline, transaction, classification, report.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bb8::{Pool, RunError};
use diesel::QueryResult;
use ops::health::Code;
use tokio::sync::{Mutex, MutexGuard, Notify, oneshot};
use tokio::time::{sleep_until, timeout_at};

use super::address::Address;
use super::connect::{Dialect, Manager, Tracked};
use super::error::DbError;
use super::lane::{Lane, Mode, Reports};
use super::query_log::{self, Executed};
use super::query_stats::{Named, Outcome};
use super::{Body, corruption};
use crate::traces::{Operation, Parent};

/// How long an operation waits for a free connection.
const CHECKOUT_LIMIT: Duration = Duration::from_secs(2);

pub(super) struct Work<'a> {
    pub name: &'static str,
    pub mode: Mode,
    pub limit: Duration,
    pub slow: Duration,
    pub address: &'a Address,
    pub lane: &'a Lane,
    /// Holds back reports of what the desk asks on a reserved connection.
    pub reports: Option<&'a Reports>,
    pub damaged: &'a Notify,
    /// Held by the one transaction at a time that SQLite lets write.
    pub turn: Option<&'a Mutex<()>>,
    pub named: &'a Named,
    /// Of the request that asks, if that is recorded.
    pub trace: Option<Parent>,
}

impl Work<'_> {
    pub async fn perform<C, T, F>(
        self,
        pool: &Pool<Manager<C>>,
        body: F,
        mut answer: oneshot::Sender<Result<T, DbError>>,
    ) where
        C: Dialect,
        F: Body<T>,
    {
        let started = Instant::now();
        let deadline = tokio::time::Instant::from_std(started + self.limit);
        // What has begun is brought to its end, but nobody's work does not begin: under more searches
        // than there are connections, those of clients who have left would be most of the queue.
        let begun = tokio::select! {
            biased;
            () = answer.closed() => return,
            begun = self.begin(pool, deadline) => begun,
        };
        let (_turn, mut connection, waited) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                let refused = Err(error);
                self.conclude(started.elapsed(), None, &refused, || Executed {
                    sql: None,
                    rows: 0,
                    elapsed: started.elapsed(),
                });
                _ = answer.send(refused);
                return;
            }
        };
        let connection = &mut *connection;
        connection.begin_use();
        let (sql, rows) = connection.executed();
        let executed = || Executed {
            sql: sql.take(),
            rows: rows.take(),
            elapsed: started.elapsed(),
        };
        let ran = || Some(started.elapsed() - waited);
        let mut run = Box::pin(run_body(
            &mut connection.conn,
            self.address,
            self.mode,
            body,
        ));
        let Ok(ended) = timeout_at(deadline, &mut run).await else {
            let abandoned = Err(self.no_answer());
            self.conclude(waited, ran(), &abandoned, executed);
            _ = answer.send(abandoned);
            // Still marked in use, so the pool throws the connection away.
            return;
        };
        drop(run);
        let outcome = self.settled(connection, ended);
        self.conclude(waited, ran(), &outcome, executed);
        _ = answer.send(outcome);
    }

    fn no_answer(&self) -> DbError {
        DbError::Unavailable {
            code: Code::Timeout,
            cause: format!("no answer within {} ms", self.limit.as_millis()),
        }
    }

    /// What a body came to, its connection marked as free where others can use it.
    fn settled<C: Dialect, T>(
        &self,
        connection: &mut Tracked<C>,
        ended: QueryResult<T>,
    ) -> Result<T, DbError> {
        let lost = ended.is_err() && connection.conn.is_broken();
        let outcome = ended.map_err(|error| DbError::from_diesel(error, lost));
        if let Err(error) = &outcome {
            self.address.learn_from(error);
        }
        // A body that failed half-way leaves a connection in a state that nobody knows, unless the
        // database itself refused a statement.
        let is_file = self.turn.is_some();
        let error = outcome.as_ref().err();
        if error.is_none_or(|error| error.leaves_connection_usable(is_file)) {
            connection.end_use();
        }
        outcome
    }

    /// Counts what has ended, and reports it if it failed or was slow.
    fn conclude<T>(
        &self,
        waited: Duration,
        ran: Option<Duration>,
        outcome: &Result<T, DbError>,
        executed: impl FnOnce() -> Executed,
    ) {
        let failure = outcome.as_ref().err().filter(|error| error.is_failure());
        self.note(waited, ran, failure.is_some());
        let took = waited + ran.unwrap_or_default();
        let is_slow = outcome.is_ok() && took >= self.slow && self.is_to_be_reported();
        if failure.is_none() && !is_slow && self.trace.is_none() {
            return;
        }
        let executed = executed();
        if let Some(trace) = &self.trace {
            trace.operation(Operation {
                name: self.name,
                system: self.lane.vendor().name(),
                sql: executed.sql.clone(),
                waited,
                took,
                rows: executed.rows,
                failure: failure.map(|error| error.code().as_str()),
            });
        }
        match failure {
            Some(error) => self.report_failure(executed, error),
            None if is_slow => query_log::slow(self.name, executed),
            None => {}
        }
    }

    /// Its turn, if it takes turns; a connection; and how long it waited for that.
    ///
    /// Without turns those who want to write would each hold a connection while SQLite lets them try
    /// again and again, the last to come as likely to be next as the first, and readers would wait for
    /// connections that do nothing.
    async fn begin<'p, C: Dialect>(
        &self,
        pool: &'p Pool<Manager<C>>,
        deadline: tokio::time::Instant,
    ) -> Result<
        (
            Option<MutexGuard<'_, ()>>,
            bb8::PooledConnection<'p, Manager<C>>,
            Duration,
        ),
        DbError,
    > {
        let _waiting = Waiting::among(&self.lane.waiting);
        let takes_turns = matches!(self.mode, Mode::Transaction | Mode::ProbeTransaction);
        let turn = match self.turn.filter(|_| takes_turns) {
            None => None,
            Some(turn) => {
                let turn = timeout_at(deadline, turn.lock()).await;
                Some(turn.map_err(|_| DbError::Unavailable {
                    code: Code::Timeout,
                    cause: format!("others wrote for {} ms", self.limit.as_millis()),
                })?)
            }
        };
        let asked = Instant::now();
        let connection = self.check_out(pool, asked, deadline).await?;
        Ok((turn, connection, asked.elapsed()))
    }

    /// A connection, or why there is none: as soon as connecting fails while the pool has nothing
    /// that could come back, not only when the time is up.
    async fn check_out<'p, C: Dialect>(
        &self,
        pool: &'p Pool<Manager<C>>,
        asked: Instant,
        deadline: tokio::time::Instant,
    ) -> Result<bb8::PooledConnection<'p, Manager<C>>, DbError> {
        let limit = deadline.min((asked + CHECKOUT_LIMIT).into());
        let mut failures = self.lane.failures.subscribe();
        let get = pool.get();
        tokio::pin!(get);
        loop {
            tokio::select! {
                biased;
                got = &mut get => return got.map_err(|error| match error {
                    RunError::User(failure) => failure.into(),
                    RunError::TimedOut => self.starved(pool),
                }),
                failure = failures.next() => {
                    if pool.state().connections == 0 {
                        return Err(failure.into());
                    }
                }
                () = sleep_until(limit) => return Err(self.starved(pool)),
            }
        }
    }

    fn note(&self, waited: Duration, ran: Option<Duration>, is_failure: bool) {
        let outcome = Outcome {
            // Waits for a reserved connection say nothing of the pool that requests wait for.
            waited: self.reports.is_none().then_some(waited),
            ran,
            is_failure,
        };
        self.named.note(self.name, &outcome);
    }

    fn report_failure(&self, executed: Executed, error: &DbError) {
        if corruption::is_told_by(error) {
            self.damaged.notify_one();
        }
        let is_told_elsewhere = matches!(self.mode, Mode::Probe | Mode::ProbeTransaction);
        if !is_told_elsewhere && self.is_to_be_reported() {
            query_log::failed(self.name, executed, error);
        }
    }

    fn is_to_be_reported(&self) -> bool {
        self.reports.is_none_or(|reports| reports.is_due(self.name))
    }

    fn starved<C: Dialect>(&self, pool: &Pool<Manager<C>>) -> DbError {
        let state = pool.state();
        let max = self.lane.max;
        let (code, cause) = if state.connections >= max {
            let cause = format!("all {max} connections are in use");
            (Code::PoolExhausted, cause)
        } else {
            (Code::Timeout, "no connection in time".to_owned())
        };
        DbError::Unavailable { code, cause }
    }
}

/// One of those that wait, until it is dropped.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn among(all: &'a AtomicU32) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(all)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn run_body<C, T, F>(conn: &mut C, address: &Address, mode: Mode, body: F) -> QueryResult<T>
where
    C: Dialect,
    F: Body<T>,
{
    match mode {
        // Where sessions are not kept, whatever is to hold for two messages takes a transaction.
        Mode::Statements | Mode::Probe if !address.keeps_no_sessions() => {
            body(conn.as_conn()).await
        }
        _ => {
            conn.batch_execute(C::begin(address)).await?;
            match body(conn.as_conn()).await {
                Ok(value) => {
                    conn.batch_execute("COMMIT").await?;
                    Ok(value)
                }
                Err(error) => {
                    // The first error is the one to tell. Where even this fails the connection is
                    // broken, and closing it rolls back.
                    _ = conn.batch_execute("ROLLBACK").await;
                    Err(error)
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
