//! Embedded migrations: applied under a lock, so that several replicas may start at once, and
//! counted without one.

use std::collections::HashSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::query_builder::SqlQuery;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, QueryResult, QueryableByName, sql_query, sql_types};
use diesel_async::methods::LoadQuery;
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, RunQueryDsl as _, SimpleAsyncConnection as _,
    TransactionManager as _,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use ops::health::Code;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::address::Address;
use super::connect::Dialect as _;
use super::connection::{PgConn, SqliteConn};
use super::url::DatabaseUrl;
use super::{Db, DbError, error, sqlite};
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
            Self::Lock { source, .. } => match source.kind() {
                ErrorKind::PermissionDenied
                | ErrorKind::ReadOnlyFilesystem
                | ErrorKind::StorageFull => Code::ReadOnly,
                _ => Code::Unreachable,
            },
            // The user may connect, but not make tables.
            Self::Failed(said) if said.contains("permission denied") => Code::Auth,
            Self::Failed(said) => error::code_of_text(said).unwrap_or(Code::Query),
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
        let named = self.named(url)?.into_iter();
        Ok(named.map(|(version, _)| version).collect())
    }

    /// The same with their names, such as `2026-11-24-000001_users`.
    pub fn named(self, url: &DatabaseUrl) -> Result<Vec<(String, String)>, MigrateError> {
        let migrations: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
            MigrationSource::<diesel::sqlite::Sqlite>::migrations(self.embedded(url))
                .map_err(|error| MigrateError::Failed(error.to_string()))?;
        let mut named: Vec<(String, String)> = migrations
            .iter()
            .map(|migration| {
                let name = migration.name();
                (name.version().to_string(), name.to_string())
            })
            .collect();
        named.sort();
        Ok(named)
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
    let (mut opened, _) = SqliteConn::open_in_time(&Address::new(url.clone()))
        .await
        .map_err(DbError::from)?;
    // Usually there is nothing to do, and a file that can only be read is good enough for that.
    if let Ok(applied) = applied_by(&mut opened).await
        && count_missing(&schema.versions(url)?, &applied) == 0
    {
        return Ok(Vec::new());
    }
    drop(opened);
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
        // Others open the file meanwhile, write to it, and tidy up as they close it.
        conn.batch_execute(sqlite::WAIT_FOR_LOCKS)
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

/// All or nothing, in one transaction that also holds the lock: with that it ends, however it ends. A
/// lock of the session would stay behind in a pooler's, and keep out everybody for good.
async fn apply_postgres(schema: Schema, url: &DatabaseUrl) -> Result<Vec<String>, MigrateError> {
    let failed = |error: diesel::result::Error| DbError::from_diesel(error, false);
    let (mut conn, _) = PgConn::open_in_time(&Address::new(url.clone()))
        .await
        .map_err(DbError::from)?;
    Transactions::begin_transaction(&mut conn)
        .await
        .map_err(failed)?;
    conn.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = 0; DEALLOCATE ALL",
    )
    .await
    .map_err(failed)?;
    let table: Table =
        sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS is_there")
            .get_result(&mut conn)
            .await
            .map_err(failed)?;
    // Usually there is nothing to do, which a standby can say as well.
    if table.is_there {
        let applied = applied_by(&mut conn).await.map_err(failed)?;
        if count_missing(&schema.versions(url)?, &applied) == 0 {
            // Not left to the connection's end, which a pooler would take for an accident.
            Transactions::rollback_transaction(&mut conn)
                .await
                .map_err(failed)?;
            return Ok(Vec::new());
        }
    }
    sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<sql_types::BigInt, _>(ADVISORY_LOCK)
        .execute(&mut conn)
        .await
        .map_err(failed)?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let applied = harness
        .run_pending_migrations(MigrationsRef(schema.embedded(url)))
        .map_err(|error| MigrateError::Failed(error.to_string()))?
        .iter()
        .map(ToString::to_string)
        .collect();
    Transactions::commit_transaction(&mut harness.into_inner())
        .await
        .map_err(failed)?;
    Ok(applied)
}

type Transactions = <PgConn as AsyncConnection>::TransactionManager;

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = sql_types::Bool)]
    is_there: bool,
}

const VERSIONS: &str = "SELECT version FROM __diesel_schema_migrations";

/// The versions that the database has, where it has the table of them.
async fn applied_by<C>(conn: &mut C) -> QueryResult<HashSet<String>>
where
    C: AsyncConnection,
    SqlQuery: LoadQuery<'static, C, Version>,
{
    let rows: Vec<Version> = sql_query(VERSIONS).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// How many of this binary's migrations the database lacks.
pub async fn unapplied(schema: Schema, db: &Db) -> Result<u32, MigrateError> {
    let found = db
        .run(
            "migrations.versions",
            query!(conn => {
                applied_by(conn).await
            }),
        )
        .await;
    let applied = match found {
        Ok(applied) => applied,
        // A database that answers, but has no such table, has had no migration at all.
        Err(DbError::Query(_)) => HashSet::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(count_missing(&schema.versions(db.url())?, &applied))
}

/// Those of `wanted` that are not in `applied`, oldest first.
pub fn missing(wanted: &[String], applied: &HashSet<String>) -> Vec<String> {
    let missing = wanted.iter().filter(|version| !applied.contains(*version));
    missing.cloned().collect()
}

fn count_missing(wanted: &[String], applied: &HashSet<String>) -> u32 {
    u32::try_from(missing(wanted, applied).len()).unwrap_or(u32::MAX)
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
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::pin::pin;

    use super::*;

    #[test]
    fn counts_what_is_missing_whatever_else_is_there() {
        let wanted = ["1", "2", "3"].map(str::to_owned);
        let applied = HashSet::from(["2", "9"].map(str::to_owned));
        assert_eq!(count_missing(&wanted, &applied), 2);
        assert_eq!(count_missing(&wanted, &HashSet::new()), 3);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_migration_waits_for_another_writer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ops.sqlite3");
        let url = DatabaseUrl::Sqlite { path };
        let (mut other, _) = SqliteConn::open_in_time(&Address::new(url.clone()))
            .await
            .unwrap();
        other.batch_execute("BEGIN IMMEDIATE").await.unwrap();
        let runtime = Handle::current();
        let mut migration = pin!(apply(Schema::Ops, &url, &runtime));
        let ended = timeout(Duration::from_millis(300), &mut migration).await;
        assert!(ended.is_err(), "it did not wait: {ended:?}");
        other.batch_execute("COMMIT").await.unwrap();
        let applied = migration.await.unwrap();
        assert_eq!(applied, Schema::Ops.versions(&url).unwrap());
    }
}
