//! A PostgreSQL server for the benchmark, nearly with its defaults, in a directory of its own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::layout::Layout;
use crate::need;
use crate::process;

/// PostgreSQL refuses to run as root: then it runs as this user, `nobody` nearly everywhere.
const UNPRIVILEGED: u32 = 65_534;

pub struct Postgres {
    server: Child,
    directory: PathBuf,
    port: u16,
}

impl Postgres {
    pub fn start(layout: &Layout) -> Result<Self> {
        let programs = need::postgres::bin_dir(layout)?;
        let directory = std::env::temp_dir().join(format!("bench-pg-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        if process::is_root() {
            chown(&directory, Some(UNPRIVILEGED), Some(UNPRIVILEGED))?;
        }
        let data = directory.join("data");
        process::run_aside(
            unprivileged(&programs.join("initdb"))
                .current_dir(&directory)
                .args(["--no-instructions", "--encoding=UTF8", "--locale=C"])
                .args(["--auth=trust", "--username=bench", "--pgdata"])
                .arg(&data),
        )?;
        // Free now; nobody else is likely to take it within the next moment.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = unprivileged(&programs.join("postgres"))
            .current_dir(&directory)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            // What is written is looked after at once, rather than within a minute or never.
            .args(["-c", "autovacuum_naptime=1s"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting PostgreSQL")?;
        let postgres = Self {
            server,
            directory,
            port,
        };
        postgres.wait()?;
        Ok(postgres)
    }

    pub fn url(&self) -> String {
        format!("postgres://bench@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&self) -> Result<()> {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL does not listen")
    }
}

fn unprivileged(program: &Path) -> Command {
    if !process::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={UNPRIVILEGED}"))
        .arg(format!("--regid={UNPRIVILEGED}"))
        .args(["--clear-groups", "--"])
        .arg(program);
    command
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A fast shutdown; its directory goes either way.
        _ = kill_process(Pid::from_child(&self.server), Signal::INT);
        _ = self.server.wait();
        _ = fs::remove_dir_all(&self.directory);
    }
}
