//! A real pgbouncer in front of a test's PostgreSQL.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::port::Port;
use super::postgres::Postgres;
use super::postgres_programs::{hand_over, unprivileged};
use super::postgres_template::{PASSWORD, USER};
use super::process::Process;
use super::temporary_directory;
use super::wait::{SOON, eventually};

pub struct Pgbouncer {
    _process: Process,
    _directory: TempDir,
    port: Port,
}

/// The versions to test with: `TEST_PGBOUNCER` lists programs as `PATH` lists directories.
pub fn programs() -> Vec<PathBuf> {
    env::var_os("TEST_PGBOUNCER")
        .filter(|value| !value.is_empty())
        .map_or_else(
            || vec![PathBuf::from("/usr/sbin/pgbouncer")],
            |listed| env::split_paths(&listed).collect(),
        )
}

/// The setting by which a pooler that could follow prepared statements (1.21 and later) doesn't.
pub fn without_following_statements(program: &Path) -> Option<&'static str> {
    let output = Command::new(program).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let version = text.lines().next().unwrap().rsplit(' ').next().unwrap();
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap());
    let version = (numbers.next().unwrap(), numbers.next().unwrap());
    (version >= (1, 21)).then_some("max_prepared_statements = 0")
}

impl Pgbouncer {
    /// `settings` are lines of its configuration, such as `pool_mode = transaction`.
    pub async fn before(program: &Path, postgres: &Postgres, settings: &[&str]) -> Self {
        let (directory, port) = (temporary_directory(), Port::reserve());
        let configuration = directory.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={} user={USER} password={PASSWORD}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\n\
             auth_type = any\ndefault_pool_size = 4\n{}\n",
            postgres.port(),
            port.number,
            settings.join("\n")
        );
        fs::write(&configuration, text).unwrap();
        hand_over(directory.path());
        hand_over(&configuration);
        let mut command = unprivileged(program);
        command.arg(&configuration);
        let mut process = Process::spawn(command);
        eventually("pgbouncer listens", SOON, async || {
            let said = process.stderr();
            assert!(process.is_running(), "pgbouncer ended: {said:?}");
            TcpStream::connect(("127.0.0.1", port.number)).await.ok()
        })
        .await;
        Self {
            _process: process,
            _directory: directory,
            port,
        }
    }

    pub fn url(&self, database: &str) -> String {
        let port = self.port.number;
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/{database}")
    }
}
