//! Embedded migrations: applied under a lock, so that several replicas may start at once, and
//! counted without one.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl as _, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use ops::health::Code;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::connect::{Dialect as _, PgConn, SqliteConn};
use super::{Db, DbError};
use crate::config::DatabaseUrl;
use crate::query;

const REGISTRY_SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/registry/sqlite");
const REGISTRY_POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/registry/postgres");
const OPS_SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/ops/sqlite");
const OPS_POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/ops/postgres");

/// Any number will do, as long as every replica takes the same.
const ADVISORY_LOCK: i64 = 0x6167_656e_7464_6221;

/// A migration may take its time; a lost server must not hold a start for ever.
const LIMIT: Duration = Duration::from_secs(600);

impl MigrateError {
    pub fn code(&self) -> Code {
        match self {
            Self::Database(error) => error.code(),
            Self::Lock { .. } => Code::Unreachable,
            Self::Failed(_) => Code::Query,
        }
    }
}

/// Which set of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    Registry,
    Ops,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("can't lock {path} for the migration")]
    Lock {
        path: String,
        source: std::io::Error,
    },
    #[error("the migration failed: {0}")]
    Failed(String),
}

impl Schema {
    fn embedded(self, url: &DatabaseUrl) -> &'static EmbeddedMigrations {
        match (self, url) {
            (Self::Registry, DatabaseUrl::Sqlite { .. }) => &REGISTRY_SQLITE,
            (Self::Registry, DatabaseUrl::Postgres { .. }) => &REGISTRY_POSTGRES,
            (Self::Ops, DatabaseUrl::Sqlite { .. }) => &OPS_SQLITE,
            (Self::Ops, DatabaseUrl::Postgres { .. }) => &OPS_POSTGRES,
        }
    }

    /// The versions that this binary carries, oldest first.
    pub fn versions(self, url: &DatabaseUrl) -> Result<Vec<String>, MigrateError> {
        let migrations: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
            MigrationSource::<diesel::sqlite::Sqlite>::migrations(self.embedded(url))
                .map_err(|error| MigrateError::Failed(error.to_string()))?;
        let mut versions: Vec<String> = migrations
            .iter()
            .map(|migration| migration.name().version().to_string())
            .collect();
        versions.sort();
        Ok(versions)
    }
}

/// Applies what is missing and returns the versions applied, oldest first. Runs on the main
/// runtime, whichever thread asks.
pub async fn apply(
    schema: Schema,
    url: &DatabaseUrl,
    runtime: &Handle,
) -> Result<Vec<String>, MigrateError> {
    let owned = url.clone();
    let work = runtime.spawn(async move {
        match &owned {
            DatabaseUrl::Sqlite { path } => apply_sqlite(schema, &owned, path).await,
            DatabaseUrl::Postgres(_) => apply_postgres(schema, &owned).await,
        }
    });
    match timeout(LIMIT, work).await {
        Ok(Ok(applied)) => applied,
        Ok(Err(panicked)) => Err(MigrateError::Failed(panicked.to_string())),
        Err(_) => Err(MigrateError::Failed(format!(
            "not done within {} s",
            LIMIT.as_secs()
        ))),
    }
}

async fn apply_sqlite(
    schema: Schema,
    url: &DatabaseUrl,
    path: &Path,
) -> Result<Vec<String>, MigrateError> {
    // Opening makes the file, its directory and its journal mode; only then can it be locked.
    SqliteConn::open_in_time(url).await.map_err(DbError::from)?;
    let embedded = schema.embedded(url);
    let path = path.to_owned();
    let work = tokio::task::spawn_blocking(move || {
        let lock_path = lock_path(&path);
        let failed = |source| MigrateError::Lock {
            path: lock_path.display().to_string(),
            source,
        };
        let lock = File::create(&lock_path).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut conn = SqliteConnection::establish(&path.to_string_lossy())
            .map_err(|error| MigrateError::Failed(error.to_string()))?;
        conn.exclusive_transaction(|conn| -> Result<_, BoxedError> {
            let applied = conn
                .run_pending_migrations(MigrationsRef(embedded))
                .map_err(BoxedError)?;
            Ok(applied.iter().map(ToString::to_string).collect())
        })
        .map_err(|error| MigrateError::Failed(error.0.to_string()))
    });
    work.await
        .unwrap_or_else(|panicked| Err(MigrateError::Failed(panicked.to_string())))
}

/// Held by the one process that may change the file as a whole.
pub(super) fn lock_path(database: &Path) -> PathBuf {
    database.with_added_extension("migrate.lock")
}

async fn apply_postgres(schema: Schema, url: &DatabaseUrl) -> Result<Vec<String>, MigrateError> {
    let failed = |error: diesel::result::Error| DbError::from_diesel(error, false);
    // The lock has a connection of its own: it is held until that one closes, however the other
    // one ends.
    let mut guard = PgConn::open_in_time(url).await.map_err(DbError::from)?;
    guard
        .batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")
        .await
        .map_err(failed)?;
    sql_query("SELECT pg_advisory_lock($1)")
        .bind::<sql_types::BigInt, _>(ADVISORY_LOCK)
        .execute(&mut guard)
        .await
        .map_err(failed)?;
    let mut conn = PgConn::open_in_time(url).await.map_err(DbError::from)?;
    conn.batch_execute("SET statement_timeout = 0")
        .await
        .map_err(failed)?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let applied = harness
        .run_pending_migrations(MigrationsRef(schema.embedded(url)))
        .map_err(|error| MigrateError::Failed(error.to_string()))?
        .iter()
        .map(ToString::to_string)
        .collect();
    drop(guard);
    Ok(applied)
}

/// How many of this binary's migrations the database lacks.
pub async fn unapplied(schema: Schema, db: &Db) -> Result<u32, MigrateError> {
    let found = db
        .run(
            "migrations.versions",
            query!(conn => {
                sql_query("SELECT version FROM __diesel_schema_migrations")
                    .load::<Version>(conn)
                    .await
            }),
        )
        .await;
    let applied = match found {
        Ok(applied) => applied.into_iter().map(|row| row.version).collect(),
        // A database that answers, but has no such table, has had no migration at all.
        Err(DbError::Query(_)) => HashSet::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(count_missing(&schema.versions(db.url())?, &applied))
}

/// How many of `wanted` are not in `applied`.
pub fn count_missing(wanted: &[String], applied: &HashSet<String>) -> u32 {
    let missing = wanted
        .iter()
        .filter(|version| !applied.contains(*version))
        .count();
    u32::try_from(missing).unwrap_or(u32::MAX)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
}

/// The harness wants to own its source, and the embedded ones can't be copied.
struct MigrationsRef(&'static EmbeddedMigrations);

impl<DB: diesel::backend::Backend> MigrationSource<DB> for MigrationsRef {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        self.0.migrations()
    }
}

/// Lets a transaction carry the harness's error out.
struct BoxedError(Box<dyn std::error::Error + Send + Sync>);

impl From<diesel::result::Error> for BoxedError {
    fn from(error: diesel::result::Error) -> Self {
        Self(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_missing_whatever_else_is_there() {
        let wanted = ["1", "2", "3"].map(str::to_owned);
        let applied = HashSet::from(["2", "9"].map(str::to_owned));
        assert_eq!(count_missing(&wanted, &applied), 2);
        assert_eq!(count_missing(&wanted, &HashSet::new()), 3);
    }
}
