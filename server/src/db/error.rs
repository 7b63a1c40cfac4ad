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

    /// A pooler gave the session that had it to somebody else, or the server was replaced. Also one
    /// that fits no longer, because its tables were changed.
    pub(super) fn lost_prepared_statement(&self) -> bool {
        matches!(self, Self::Unavailable { cause, .. } if is_lost_statement(cause))
    }

    /// An error of a kind that has no name leaves nothing known about the session, in whatever language
    /// the server tells it: a new connection costs less than one that fails from now on.
    pub(super) fn leaves_connection_usable(&self, is_file: bool) -> bool {
        match self {
            Self::Query(DieselError::DatabaseError(DatabaseErrorKind::Unknown, _)) => {
                is_file || !self.is_failure()
            }
            Self::Query(_) => true,
            // A full disk is no fault of the connection, and the last one to be closed would have to
            // write.
            Self::Unavailable { code, .. } => is_file && *code == Code::ReadOnly,
            Self::Interrupted => false,
        }
    }
}

/// What servers, poolers and SQLite say when it means "not now". Diesel drops the SQLSTATE.
const NOT_NOW: [(&str, Code); 19] = [
    ("due to statement timeout", Code::Timeout),
    ("due to lock timeout", Code::Timeout),
    ("database is locked", Code::Timeout),
    ("due to conflict with recovery", Code::Timeout),
    ("query_wait_timeout", Code::Timeout),
    // Killed sessions, and servers that come and go.
    ("terminating connection due to", Code::Unreachable),
    ("the database system is", Code::Unreachable),
    ("server conn crashed", Code::Unreachable),
    ("server_login_retry", Code::Unreachable),
    ("pgbouncer cannot connect to server", Code::Unreachable),
    ("unable to open database file", Code::Unreachable),
    ("disk I/O error", Code::Unreachable),
    ("read-only transaction", Code::ReadOnly),
    ("attempt to write a readonly database", Code::ReadOnly),
    ("database or disk is full", Code::ReadOnly),
    ("No space left on device", Code::ReadOnly),
    ("Disk quota exceeded", Code::ReadOnly),
    ("prepared statement", Code::Query),
    ("cached plan must not change result type", Code::Query),
];

pub(super) fn is_lost_statement(text: &str) -> bool {
    text.contains("prepared statement") || text.contains("cached plan must not change")
}

pub(super) fn code_of_text(text: &str) -> Option<Code> {
    let (_, code) = NOT_NOW.iter().find(|(said, _)| text.contains(said))?;
    Some(*code)
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
        DatabaseErrorKind::ReadOnlyTransaction => Some(Code::ReadOnly),
        // Above all a standby's, whose rows were needed no longer by the primary.
        DatabaseErrorKind::SerializationFailure => Some(Code::Timeout),
        DatabaseErrorKind::Unknown => code_of_text(information.message()),
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

/// An error and its causes, outermost first, in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Many errors repeat their cause's text.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
