//! Where the two databases are. Nothing here connects.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::number::whole;
use super::postgres::PostgresUrl;
use super::settings::Settings;
use super::variables::{self, Variable};

const MAX_POOL: u32 = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub url: DatabaseUrl,
    /// The most connections that its pool opens.
    pub pool_max: u32,
}

/// A database's address; displayed and debugged without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite { path: PathBuf },
    Postgres(PostgresUrl),
}

impl Database {
    pub(super) fn read(settings: &Settings, url: &Variable) -> Result<Self, ConfigError> {
        Ok(Self {
            url: settings.required(url, DatabaseUrl::parse)?,
            pool_max: settings.required(
                &variables::DATABASE_POOL_MAX,
                whole("connections", 1..=MAX_POOL),
            )?,
        })
    }
}

impl DatabaseUrl {
    /// # Errors
    /// What the text should have been.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("sqlite", path)) => sqlite(path),
            Some(("postgres" | "postgresql", _)) => {
                return PostgresUrl::parse(text).map(Self::Postgres);
            }
            _ => None,
        }
        .ok_or_else(malformed)
    }

    /// Whether it is a file that does not exist yet.
    pub fn is_missing_file(&self) -> bool {
        matches!(self, Self::Sqlite { path } if !path.exists())
    }

    /// The directory that has to exist before SQLite can make the file.
    pub fn directory(&self) -> Option<&Path> {
        match self {
            Self::Sqlite { path } => path.parent().filter(|dir| !dir.as_os_str().is_empty()),
            Self::Postgres(_) => None,
        }
    }
}

pub(super) fn malformed() -> String {
    "a database's address (sqlite://path or postgres://user:password@host:port/database)".to_owned()
}

/// `sqlite://` takes a file's path and no parameters.
fn sqlite(path: &str) -> Option<DatabaseUrl> {
    let is_file = !path.is_empty() && !path.ends_with('/') && !path.contains(['?', '#', '\0']);
    is_file.then(|| DatabaseUrl::Sqlite { path: path.into() })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => fmt::Display::fmt(url, f),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Any text, right or wrong, with `***` wherever a database's address may hold a password: between
/// the user's name and the last `@`, and in parameters. Rather hides too much than too little.
pub(super) fn without_password(text: &str) -> String {
    let (scheme, rest) = text.split_at(text.find("://").map_or(0, |colon| colon + 3));
    let (credentials, rest) = rest.split_at(rest.rfind('@').unwrap_or(0));
    let credentials = match credentials.split_once(':') {
        Some((user, _)) => format!("{user}:***"),
        // Without a scheme there is no telling the user's name from the password.
        None if scheme.is_empty() && !credentials.is_empty() => "***".to_owned(),
        None => credentials.to_owned(),
    };
    format!("{scheme}{credentials}{}", without_password_parameters(rest))
}

fn without_password_parameters(text: &str) -> String {
    let is_separator =
        |character: char| matches!(character, '?' | '&') || character.is_whitespace();
    text.split_inclusive(is_separator)
        .map(|part| {
            let (pair, separator) = part.split_at(part.trim_end_matches(is_separator).len());
            match pair.split_once('=') {
                Some((key, _)) if is_secret_parameter(key) => format!("{key}=***{separator}"),
                _ => part.to_owned(),
            }
        })
        .collect()
}

/// A name may be percent-encoded; no harmless one needs to be.
fn is_secret_parameter(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let looks_secret = |part| key.contains(part);
    ["%", "pass", "token", "secret", "key", "auth"]
        .into_iter()
        .any(looks_secret)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_slashes_make_a_relative_path_and_three_an_absolute_one() {
        for (text, path) in [("sqlite://data/x", "data/x"), ("sqlite:///var/x", "/var/x")] {
            let path = path.into();
            assert_eq!(
                DatabaseUrl::parse(text).unwrap(),
                DatabaseUrl::Sqlite { path }
            );
        }
    }

    #[test]
    fn the_directory_is_the_one_that_sqlite_needs() {
        let directory = |text| {
            let url = DatabaseUrl::parse(text).unwrap();
            url.directory().map(Path::to_owned)
        };
        assert_eq!(directory("sqlite://data/x"), Some("data".into()));
        assert_eq!(directory("sqlite://x"), None);
        assert_eq!(directory("postgres://db/x"), None);
    }

    #[test]
    fn a_socket_directory_is_a_host() {
        assert!(DatabaseUrl::parse("postgres:///db?host=/run/postgresql").is_ok());
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for bad in [
            "mysql://h/db",
            "data/x",
            "sqlite://",
            "sqlite://data/",
            "sqlite://data/x?mode=ro",
            "sqlite::memory:",
            "postgres://",
            "postgres:///db",
            "postgres://u:p@h:port/db",
            "postgres://h/db?no_such_option=1",
            "postgres://u:p@ss@h/db",
            "host=h password=p",
        ] {
            assert!(DatabaseUrl::parse(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn the_password_alone_is_hidden() {
        for (text, shown) in [
            (
                "postgres://u:p@h:5432/db?sslmode=require",
                "postgres://u:***@h:5432/db?sslmode=require",
            ),
            ("postgres://u@h/db", "postgres://u@h/db"),
            (
                "postgres://h/db?password=p&user=u",
                "postgres://h/db?password=***&user=u",
            ),
            (
                "postgres://h/db?%70assword=p",
                "postgres://h/db?%70assword=***",
            ),
            ("sqlite://data/x", "sqlite://data/x"),
            // Wrong ones are shown in error messages.
            ("postgres://u:p@ss/w?rd@h/db", "postgres://u:***@h/db"),
            ("host=h password=p user=u", "host=h password=*** user=u"),
            ("u:p@h", "u:***@h"),
            ("p@h", "***@h"),
            ("lots", "lots"),
        ] {
            assert_eq!(without_password(text), shown);
        }
    }

    proptest! {
        #[test]
        fn no_accepted_address_shows_its_password(password in "[a-z0-9:/?#&=%!$@ ]{0,12}") {
            let text = format!("postgres://user:{password}PASS@host:5432/db");
            if let Ok(url) = DatabaseUrl::parse(&text) {
                prop_assert_eq!(url.to_string(), "postgres://user:***@host:5432/db");
                prop_assert_eq!(format!("{url:?}"), "postgres://user:***@host:5432/db");
            }
        }
    }
}
