//! SQL by the test's own hand, past the service.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use tokio_postgres::{NoTls, SimpleQueryMessage};

pub enum Sql {
    Sqlite(PathBuf),
    Postgres(String),
}

/// A transaction that is open, with all its locks, until this value is dropped.
pub struct Held {
    _connection: Box<dyn Any + Send>,
}

impl Held {
    fn by(connection: impl Any + Send) -> Self {
        Self {
            _connection: Box::new(connection),
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

impl Sql {
    pub async fn execute(&self, statements: &str) {
        match self {
            Self::Sqlite(_) => self.sqlite().unwrap().batch_execute(statements).unwrap(),
            Self::Postgres(_) => {
                let client = self.postgres().await.unwrap();
                client.batch_execute(statements).await.unwrap();
            }
        }
    }

    /// The rows of a query for one column of text, which has to be called `line`.
    pub async fn lines(&self, query: &str) -> Vec<String> {
        self.try_lines(query).await.unwrap()
    }

    pub async fn try_lines(&self, query: &str) -> Result<Vec<String>, Box<dyn Error>> {
        match self {
            Self::Sqlite(_) => {
                let rows: Vec<Line> = sql_query(query).load(&mut self.sqlite()?)?;
                Ok(rows.into_iter().map(|row| row.line).collect())
            }
            Self::Postgres(_) => {
                let messages = self.postgres().await?.simple_query(query).await?;
                let text = |message: &SimpleQueryMessage| match message {
                    SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                Ok(messages.iter().filter_map(text).collect())
            }
        }
    }

    /// How many rows there are in `table`.
    pub async fn count(&self, table: &str) -> usize {
        let query = format!("SELECT CAST(COUNT(*) AS TEXT) AS line FROM {table}");
        self.lines(&query).await[0].parse().unwrap()
    }

    /// Each table with all its rows as text, in an order that depends on nothing else.
    pub async fn content(&self) -> BTreeMap<String, Vec<String>> {
        let tables = match self {
            Self::Sqlite(_) => {
                "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            }
            Self::Postgres(_) => {
                "SELECT tablename AS line FROM pg_tables WHERE schemaname = 'public'"
            }
        };
        let mut content = BTreeMap::new();
        for table in self.lines(tables).await {
            let row = match self {
                Self::Sqlite(_) => {
                    let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                    let columns = self.lines(&columns).await;
                    let quoted: Vec<String> = columns
                        .iter()
                        .map(|column| format!("quote({column})"))
                        .collect();
                    quoted.join(" || ',' || ")
                }
                Self::Postgres(_) => format!("CAST({table} AS TEXT)"),
            };
            let rows = self
                .lines(&format!("SELECT {row} AS line FROM {table} ORDER BY 1"))
                .await;
            content.insert(table, rows);
        }
        content
    }

    /// Nobody else can write to `table` while the returned value lives; on PostgreSQL nobody can
    /// read it either. On SQLite it is the whole database.
    pub async fn lock(&self, table: &str) -> Held {
        match self {
            Self::Sqlite(_) => {
                let mut connection = self.sqlite().unwrap();
                connection.batch_execute("BEGIN EXCLUSIVE").unwrap();
                Held::by(connection)
            }
            Self::Postgres(_) => {
                let client = self.postgres().await.unwrap();
                let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
                client.batch_execute(&lock).await.unwrap();
                Held::by(client)
            }
        }
    }

    /// Nobody can apply migrations while the returned value lives.
    pub async fn lock_migrations(&self) -> Held {
        match self {
            Self::Sqlite(path) => {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                let file = File::create(path.with_added_extension("migrate.lock")).unwrap();
                file.lock().unwrap();
                Held::by(file)
            }
            Self::Postgres(_) => {
                let client = self.postgres().await.unwrap();
                // The bytes of `agentdb!`.
                let lock = "BEGIN; SELECT pg_advisory_xact_lock(x'6167656e74646221'::bigint)";
                client.batch_execute(lock).await.unwrap();
                Held::by(client)
            }
        }
    }

    fn sqlite(&self) -> Result<SqliteConnection, Box<dyn Error>> {
        let Self::Sqlite(path) = self else {
            unreachable!("asked for a connection of the other database");
        };
        let mut connection = SqliteConnection::establish(path.to_str().unwrap())?;
        connection.batch_execute("PRAGMA busy_timeout = 5000")?;
        Ok(connection)
    }

    async fn postgres(&self) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        let Self::Postgres(url) = self else {
            unreachable!("asked for a connection of the other database");
        };
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}
