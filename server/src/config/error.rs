//! What can be wrong with a configuration. Each message is exactly one line and shows no secret.

use std::path::Path;

use super::provenance::{Source, concealed, escape_controls};
use super::variables::{Exposure, Variable};

/// The longest bad value that a message repeats, in characters.
const SHOWN_MAX_CHARS: usize = 120;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// `value` is quoted, escaped and free of secrets.
    #[error("{name}: {value} is not {expected}; try {example}")]
    BadValue {
        name: &'static str,
        value: String,
        expected: String,
        example: &'static str,
    },
    #[error("{name}: unset, but {reason}; try {example}")]
    Missing {
        name: &'static str,
        reason: &'static str,
        example: &'static str,
    },
    #[error("{name}: the value is not valid UTF-8; try {example}")]
    NotUtf8 {
        name: &'static str,
        example: &'static str,
    },
    // The line itself stays out of the message: it may hold a secret.
    #[error(
        ".env line {line}: not NAME=value; quote values that hold spaces, quotes or $ in single quotes"
    )]
    DotenvSyntax { line: usize },
    #[error(".env line {line}: not valid UTF-8; save the file as UTF-8")]
    DotenvNotUtf8 { line: usize },
    #[error(".env: can't be read ({0}); make it readable or remove it")]
    DotenvUnreadable(std::io::ErrorKind),
    /// `what` says where in the file, and shows no secret.
    #[error("ALERTS_FILE: {path}: {what}")]
    AlertsFile { path: String, what: String },
}

impl ConfigError {
    /// The variable that is wrong; `None` if the file of variables is.
    pub fn variable(&self) -> Option<&'static str> {
        match self {
            Self::BadValue { name, .. }
            | Self::Missing { name, .. }
            | Self::NotUtf8 { name, .. } => Some(*name),
            Self::AlertsFile { .. } => Some("ALERTS_FILE"),
            Self::DotenvSyntax { .. } | Self::DotenvNotUtf8 { .. } | Self::DotenvUnreadable(_) => {
                None
            }
        }
    }

    pub(super) fn bad_value(
        variable: &Variable,
        value: &str,
        source: Source,
        expected: String,
    ) -> Self {
        let value = match variable.exposure {
            Exposure::Secret => "the value (not shown)".to_owned(),
            Exposure::Plain | Exposure::DatabaseUrl | Exposure::UrlList => {
                quoted(&concealed(variable, value))
            }
        };
        Self::BadValue {
            name: variable.name,
            value: match source {
                Source::Dotenv => format!("{value} (from .env)"),
                Source::Environment | Source::Default => value,
            },
            expected: escape_controls(&expected),
            example: variable.example,
        }
    }

    pub(super) fn missing(variable: &Variable, reason: &'static str) -> Self {
        Self::Missing {
            name: variable.name,
            reason,
            example: variable.example,
        }
    }

    pub(super) fn alerts_file(path: &Path, what: impl ToString) -> Self {
        Self::AlertsFile {
            path: escape_controls(&path.display().to_string()),
            what: escape_controls(&what.to_string()),
        }
    }

    pub(super) fn not_utf8(variable: &Variable) -> Self {
        Self::NotUtf8 {
            name: variable.name,
            example: variable.example,
        }
    }
}

/// In double quotes with control characters escaped, so that a message stays one line.
fn quoted(value: &str) -> String {
    match value.char_indices().nth(SHOWN_MAX_CHARS) {
        Some((end, _)) => format!("{:?}…", value.get(..end).unwrap_or_default()),
        None => format!("{value:?}"),
    }
}
