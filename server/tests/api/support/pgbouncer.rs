//! A real pgbouncer in front of a test's PostgreSQL.

use std::env;
use std::fs;
use std::path::PathBuf;

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

impl Pgbouncer {
    /// `settings` are lines of its configuration, such as `pool_mode = transaction`.
    pub async fn before(postgres: &Postgres, settings: &[&str]) -> Self {
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
        let named = env::var_os("TEST_PGBOUNCER").filter(|value| !value.is_empty());
        let program = named.map_or_else(|| PathBuf::from("/usr/sbin/pgbouncer"), PathBuf::from);
        let mut command = unprivileged(&program);
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
