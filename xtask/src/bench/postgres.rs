//! A PostgreSQL server for the benchmark, nearly with its defaults, in a directory of its own.

use std::fs;
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
    programs: PathBuf,
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
        let port = process::free_port()?;
        let server = launch(&programs, &directory, port)?;
        let postgres = Self {
            server,
            programs,
            directory,
            port,
        };
        postgres.wait()?;
        Ok(postgres)
    }

    /// A fast shutdown, after which nobody answers until [`Self::start_again`].
    pub fn stop(&mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.server), Signal::INT)?;
        self.server.wait()?;
        Ok(())
    }

    /// At the same address, with what it had.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = launch(&self.programs, &self.directory, self.port)?;
        self.wait()
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

fn launch(programs: &Path, directory: &Path, port: u16) -> Result<Child> {
    unprivileged(&programs.join("postgres"))
        .current_dir(directory)
        .arg("-D")
        .arg(directory.join("data"))
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories="])
        // What is written is looked after at once, rather than within a minute or never.
        .args(["-c", "autovacuum_naptime=1s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting PostgreSQL")
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
