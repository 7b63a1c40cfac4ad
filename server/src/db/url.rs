//! A database's address. Nothing here connects.

use std::fmt;
use std::path::{Path, PathBuf};

use super::postgres_url::PostgresUrl;
use super::url_text::malformed;

/// A database's address; displayed and debugged without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite { path: PathBuf },
    Postgres(PostgresUrl),
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
