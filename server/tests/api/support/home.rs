//! A directory to run in, and a database: what a service, or several, and commands share.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::postgres::Postgres;
use super::process::{Finished, Process};
use super::service::Service;
use super::sql::Sql;
use super::wait::SOON;
use super::{Database, temporary_directory};

/// The first admin, unless a test says otherwise.
pub const USERNAME: &str = "admin";
pub const PASSWORD: &str = "Correct-h0rse-battery-staple";

pub struct Home {
    /// Taken only when dropped.
    directory: Option<TempDir>,
    pub postgres: Option<Postgres>,
}

impl Home {
    pub async fn new(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::on(None),
            Database::Postgres => Self::on(Some(Postgres::start().await)),
        }
    }

    pub fn on(postgres: Option<Postgres>) -> Self {
        Self {
            directory: Some(temporary_directory()),
            postgres,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    fn directory(&self) -> &Path {
        self.directory.as_ref().expect("kept until dropped").path()
    }

    pub fn postgres(&mut self) -> &mut Postgres {
        self.postgres.as_mut().expect("a test on PostgreSQL")
    }

    /// The binary, in this directory, with nothing in its environment but what a test needs.
    pub fn command(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent-source-db"));
        command
            .args(arguments)
            .current_dir(self.directory())
            .env_clear()
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .env("ADMIN_PASSWORD", PASSWORD);
        if let Some(postgres) = &self.postgres {
            command.env("DATABASE_URL", postgres.url("registry"));
        }
        command.envs(environment.iter().copied());
        command
    }

    /// Runs a subcommand to its end.
    pub async fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Finished {
        Process::spawn(self.command(arguments, environment))
            .finish(SOON)
            .await
    }

    /// The secret of a new token.
    pub async fn token(&self, name: &str, scope: &str) -> String {
        let create = ["token", "create", "--name", name, "--scope", scope];
        let made = self.run(&create, &[]).await;
        assert_eq!(made.code(), 0, "{:?}", made.stderr);
        let [secret] = &made.stdout[..] else {
            panic!("{:?}", made.stdout)
        };
        secret.clone()
    }

    /// A service that listens, ready or not.
    pub async fn serve_with(&self, environment: &[(&str, &str)]) -> Service {
        let logs = environment.iter().find(|(name, _)| *name == "LOG_DIR");
        let logs = self.path(logs.map_or("logs", |(_, directory)| directory));
        Service::start(self.command(&[], environment), logs).await
    }

    /// A service that is ready.
    pub async fn serve(&self) -> Service {
        let service = self.serve_with(&[]).await;
        service.until_ready().await;
        service
    }

    /// The registry's database.
    pub fn sql(&self) -> Sql {
        match &self.postgres {
            None => Sql::Sqlite(self.path("data/agent-source-db.sqlite3")),
            Some(postgres) => postgres.sql("registry"),
        }
    }

    /// The desk's own store, where it is by default.
    pub fn ops_sql(&self) -> Sql {
        Sql::Sqlite(self.path("data/ops.sqlite3"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(directory) = self.directory.take()
        {
            eprintln!(
                "the service's directory is kept: {}",
                directory.keep().display()
            );
        }
    }
}
