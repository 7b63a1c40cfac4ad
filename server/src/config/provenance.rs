//! Where each value came from: what the `config` subcommand prints.

use std::fmt;

use super::variables::{Exposure, Variable};
use crate::db::url_text::without_password;

/// Who decided a variable's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Environment,
    Dotenv,
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::Dotenv => ".env",
            Self::Default => "default",
        })
    }
}

/// The effective configuration as text, and what looked odd about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    pub(super) rows: Vec<Row>,
    /// Sentences about what has no effect: names in `.env` that look like misspelt variables of ours,
    /// channels that are left out. Other unknown names are other programs' business and are ignored, as
    /// they are in the environment.
    pub warnings: Vec<String>,
}

impl Provenance {
    /// A variable's value as it may be shown.
    pub fn shown(&self, name: &str) -> Option<&str> {
        let row = self.rows.iter().find(|row| row.name == name);
        row.map(|row| row.shown.as_str())
    }

    /// How many variables have their value from there.
    pub fn count(&self, source: Source) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.source == source).count()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) shown: String,
    pub(super) source: Source,
}

/// A line a variable, `NAME=value  # source`, with secrets as `***`.
impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Row {
            name,
            shown,
            source,
        } in &self.rows
        {
            writeln!(f, "{name}={shown}  # {source}")?;
        }
        Ok(())
    }
}

/// A value with `***` in place of what nobody may see.
pub(super) fn concealed(variable: &Variable, value: &str) -> String {
    match variable.exposure {
        Exposure::Secret if value.is_empty() => String::new(),
        Exposure::Secret => "***".to_owned(),
        Exposure::DatabaseUrl => without_password(value),
        Exposure::UrlList => value
            .split(',')
            .map(without_credentials)
            .collect::<Vec<_>>()
            .join(","),
        Exposure::Plain => value.to_owned(),
    }
}

/// A user's name may be a token as well.
fn without_credentials(url: &str) -> String {
    let url = without_password(url);
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            let (start, end) = (url.get(..scheme), url.get(at..));
            format!(
                "{}://***{}",
                start.unwrap_or_default(),
                end.unwrap_or_default()
            )
        }
        _ => url,
    }
}

/// No line break and no terminal control sequence.
pub(super) fn escape_controls(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        if character.is_control() {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped
}
