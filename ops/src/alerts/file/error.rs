//! [`FileError`]: the one line that says what is wrong with a file, and where.

use std::fmt;

/// Lines, and characters within a line, count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    pub place: Place,
    /// Such as "rule `disk`"; empty for what belongs to none.
    pub owner: String,
    /// What is wrong and what would be right. It repeats no value that may be a secret.
    pub message: String,
}

impl FileError {
    pub(super) fn new(place: Place, owner: &str, message: impl Into<String>) -> Self {
        Self {
            place,
            owner: owner.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "line {line}, column {column}: ")?;
        if !self.owner.is_empty() {
            write!(f, "{}: ", self.owner)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for FileError {}
