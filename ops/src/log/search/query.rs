//! What is looked for.

use super::position::Position;
use crate::log::file_kind::LogFile;

/// A line's level, the most verbose first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Debug,
    Info,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// As it stands in a line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name().as_bytes() == name)
    }
}

/// A status, or all hundred of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFilter {
    Exactly(u16),
    /// `5` is 500 to 599.
    Class(u16),
}

impl StatusFilter {
    pub(super) fn admits(self, status: u64) -> bool {
        match self {
            Self::Exactly(wanted) => status == u64::from(wanted),
            Self::Class(wanted) => status / 100 == u64::from(wanted),
        }
    }
}

/// All that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// This severity and above.
    pub severity: Option<Severity>,
    /// Milliseconds since the Unix epoch, inclusive. A line without a time is in no range.
    pub since: Option<i64>,
    /// Likewise, exclusive.
    pub until: Option<i64>,
    /// In the line as it stands in the file, or in one of its values or names as a person reads
    /// it; whatever the case of ASCII letters.
    pub text: Option<String>,
    /// Fields by name and by their value as text: strings bare, numbers and truth values as JSON,
    /// `[a, b]`; of a list one item is enough.
    pub fields: Vec<(String, String)>,
    pub status: Option<StatusFilter>,
}

impl Query {
    /// The lines of one request.
    pub fn request(id: &str) -> Self {
        Self {
            fields: vec![("request_id".to_owned(), id.to_owned())],
            ..Self::default()
        }
    }
}

/// Which part of the answer is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub file: LogFile,
    /// Only what is older.
    pub before: Option<Position>,
    pub limit: usize,
    /// Count all matching lines over time, beyond the page, until the budget is spent.
    pub histogram: bool,
}
