//! Why an operation on a database failed: a coarse code for clients, a chain for the log.

use std::error::Error;
use std::io;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use ops::health::Code;
use tokio_postgres::error::SqlState;

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database can't be reached, or not in time. Worth trying again.
    #[error("the database is unavailable ({cause})")]
    Unavailable { code: Code, cause: String },
    /// The database answered, with an error.
    #[error("the query failed")]
    Query(#[source] DieselError),
    /// The work panicked; the panic itself is in the log.
    #[error("the work on the database was interrupted")]
    Interrupted,
}

impl DbError {
    pub(super) fn from_diesel(error: DieselError, connection_lost: bool) -> Self {
        match code_of(&error) {
            Some(code) => Self::Unavailable {
                code,
                cause: error.to_string(),
            },
            None if connection_lost => Self::Unavailable {
                code: Code::Unreachable,
                cause: error.to_string(),
            },
            None => Self::Query(error),
        }
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Unavailable { code, .. } => *code,
            Self::Query(_) | Self::Interrupted => Code::Query,
        }
    }

    /// Whether a unique constraint was violated: for callers to whom that is an answer.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }

    /// Whether a row is missing that another refers to, or stays because another refers to it.
    pub fn is_reference_violation(&self) -> bool {
        let Self::Query(DieselError::DatabaseError(kind, information)) = self else {
            return false;
        };
        match kind {
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => true,
            // What RESTRICT refuses, SQLite reports as a trigger's doing, which Diesel has no kind for.
            DatabaseErrorKind::Unknown => information.message() == "FOREIGN KEY constraint failed",
            _ => false,
        }
    }

    /// Violated constraints and missing rows are answers, not failures of the database.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Self::Query(DieselError::NotFound | DieselError::RollbackTransaction) => false,
            _ if self.is_reference_violation() => false,
            Self::Query(DieselError::DatabaseError(kind, _)) => !matches!(
                kind,
                DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::RestrictViolation
                    | DatabaseErrorKind::CheckViolation
                    | DatabaseErrorKind::NotNullViolation
            ),
            _ => true,
        }
    }

    pub(super) fn leaves_connection_usable(&self) -> bool {
        matches!(self, Self::Query(_))
    }
}

/// The code of an error that means "not now" rather than "not like that".
pub(super) fn code_of(error: &DieselError) -> Option<Code> {
    let DieselError::DatabaseError(kind, information) = error else {
        return None;
    };
    match kind {
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            Some(Code::Unreachable)
        }
        // Diesel drops the SQLSTATE; the texts are PostgreSQL's for statement_timeout and
        // lock_timeout, and SQLite's for a busy time-out.
        DatabaseErrorKind::Unknown => {
            let message = information.message();
            let timed_out = message.contains("due to statement timeout")
                || message.contains("due to lock timeout")
                || message.contains("database is locked");
            if timed_out {
                return Some(Code::Timeout);
            }
            let unreadable = message.contains("unable to open database file")
                || message.contains("disk I/O error");
            unreadable.then_some(Code::Unreachable)
        }
        _ => None,
    }
}

/// The code of a failed attempt to connect to PostgreSQL.
pub(super) fn code_of_connecting(error: &tokio_postgres::Error) -> Code {
    if let Some(state) = error.code() {
        return match *state {
            SqlState::INVALID_PASSWORD
            | SqlState::INVALID_AUTHORIZATION_SPECIFICATION
            | SqlState::INSUFFICIENT_PRIVILEGE => Code::Auth,
            SqlState::TOO_MANY_CONNECTIONS => Code::PoolExhausted,
            _ => Code::Unreachable,
        };
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return match io.kind() {
                io::ErrorKind::ConnectionRefused => Code::Refused,
                io::ErrorKind::TimedOut => Code::Timeout,
                _ => Code::Unreachable,
            };
        }
        source = cause.source();
    }
    // The driver asks for a password that the URL lacks before any server could refuse it.
    if error.to_string().contains("password") {
        return Code::Auth;
    }
    if error.to_string().contains("timed out") {
        return Code::Timeout;
    }
    Code::Unreachable
}
