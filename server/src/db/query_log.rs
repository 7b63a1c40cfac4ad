//! What `db.log` hears: operations that were slow or failed, by name, with their SQL.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::error::DbError;

/// SQL longer than this is cut: generated lists of placeholders teach nobody anything.
const MAX_SQL_BYTES: usize = 4096;

/// The statement that a connection ran last, with placeholders, never with values.
#[derive(Clone, Default)]
pub(super) struct LastSql(Arc<Mutex<String>>);

impl LastSql {
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub fn take(&self) -> Option<String> {
        let sql = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        (!sql.is_empty()).then_some(sql)
    }

    /// Hears each statement as it starts: one that never finishes is the one to know about.
    pub fn instrumentation(&self) -> impl Instrumentation + use<> {
        let last = self.clone();
        move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let mut sql = last.0.lock().unwrap_or_else(PoisonError::into_inner);
                record_sql(&mut sql, query);
            }
        }
    }
}

fn record_sql(into: &mut String, query: &dyn fmt::Display) {
    let mut statement = UpToBinds(String::new());
    // An error is how the adapter stops the rendering early.
    _ = write!(statement, "{query}");
    let control = ["BEGIN", "COMMIT", "ROLLBACK"];
    if !control.iter().any(|word| statement.0.starts_with(word)) {
        *into = statement.0;
    }
}

/// Takes a query's text up to the comment in which Diesel shows the values, and renders none of
/// them: they may be secret, and they may be large.
struct UpToBinds(String);

impl Write for UpToBinds {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (text, ends) = match text.find(" -- binds") {
            Some(at) => (text.get(..at).unwrap_or_default(), true),
            None => (text, false),
        };
        let room = MAX_SQL_BYTES.saturating_sub(self.0.len());
        let cut = text.floor_char_boundary(room);
        self.0.push_str(text.get(..cut).unwrap_or_default());
        if ends || cut < text.len() {
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// What is known of an operation when it is over.
pub(super) struct Executed {
    pub sql: Option<String>,
    /// Returned or changed, by all its statements.
    pub rows: u64,
    pub elapsed: Duration,
}

pub(super) fn slow(name: &str, executed: Executed) {
    tracing::warn!(
        target: "db",
        name,
        query = executed.sql,
        rows = executed.rows,
        duration_ms = milliseconds(executed.elapsed),
        "slow query {name}"
    );
}

/// It may have failed before it reached a database.
pub(super) fn failed(name: &str, executed: Executed, error: &DbError) {
    tracing::warn!(
        target: "db",
        name,
        query = executed.sql,
        rows = executed.rows,
        duration_ms = milliseconds(executed.elapsed),
        error = error as &dyn std::error::Error,
        "{name} failed: {}", cause(error)
    );
}

fn cause(error: &DbError) -> &dyn std::error::Error {
    let error = error as &dyn std::error::Error;
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().unwrap_or(error)
}

/// With at most two decimals.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_recorded_without_its_values() {
        let mut sql = String::new();
        record_sql(&mut sql, &"SELECT 1 WHERE a = ? -- binds: [\"secret\"]");
        assert_eq!(sql, "SELECT 1 WHERE a = ?");
    }

    #[test]
    fn transaction_control_does_not_hide_the_statement() {
        let mut sql = String::new();
        record_sql(&mut sql, &"INSERT INTO a VALUES (?) -- binds: [1]");
        record_sql(&mut sql, &"COMMIT");
        assert_eq!(sql, "INSERT INTO a VALUES (?)");
    }

    #[test]
    fn long_sql_is_cut_at_a_character() {
        let mut sql = String::new();
        record_sql(&mut sql, &"é".repeat(MAX_SQL_BYTES));
        assert!(sql.len() <= MAX_SQL_BYTES && sql.len() > MAX_SQL_BYTES - 2);
    }
}
