//! The four files and what belongs into each.

use tracing::Level;

/// Events with this target are finished requests.
pub const ACCESS_TARGET: &str = "access";

/// Events with this target are queries that were slow or failed.
pub const DB_TARGET: &str = "db";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogFile {
    App,
    Access,
    Error,
    Db,
}

impl LogFile {
    pub const ALL: [Self; 4] = [Self::App, Self::Access, Self::Error, Self::Db];

    /// The file's name in the log directory; its generations add `.1`, `.2`, …
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app.log",
            Self::Access => "access.log",
            Self::Error => "error.log",
            Self::Db => "db.log",
        }
    }

    /// The name without its ending.
    pub fn stem(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Access => "access",
            Self::Error => "error",
            Self::Db => "db",
        }
    }

    /// The files for an event. `verbose_enough`: `LOG_LEVEL` lets it through.
    pub(super) fn of_event(
        level: Level,
        target: &str,
        verbose_enough: bool,
    ) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |file| match file {
            Self::App => verbose_enough,
            Self::Access => target == ACCESS_TARGET,
            Self::Error => level <= Level::WARN,
            Self::Db => target == DB_TARGET,
        })
    }
}
