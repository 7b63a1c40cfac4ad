//! A PostgreSQL server of a test's own: real, quick to start, and to be stopped, frozen and brought
//! back as the test likes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::port::Port;
use super::postgres_programs::{self, hand_over, programs, unprivileged};
use super::postgres_template::{self, PASSWORD, USER};
use super::process::Process;
use super::sql::Sql;
use super::temporary_directory;
use super::wait::{SOON, eventually};

const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=16MB",
    // Nobody needs these data after a power cut.
    "fsync=off",
    "full_page_writes=off",
    // A test reads in the server's output what reached it.
    "log_statement=all",
    "log_line_prefix=",
];

pub struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: Port,
    /// Such as `ssl=on`, besides those of every test.
    settings: Vec<String>,
    server: Option<Process>,
}

impl Postgres {
    pub async fn start() -> Self {
        let mut postgres = Self::down();
        postgres.come_up().await;
        postgres
    }

    /// One of the version that `pg_dump` and `pg_restore` of this machine have.
    pub async fn start_with_tools() -> Self {
        let mut postgres = Self::down_of(postgres_programs::tools());
        postgres.come_up().await;
        postgres
    }

    /// One that is not running yet, but has its address.
    pub fn down() -> Self {
        Self::down_of(programs())
    }

    fn down_of(programs: PathBuf) -> Self {
        let directory = temporary_directory();
        hand_over(directory.path());
        postgres_template::copy_to(&programs, &directory.path().join("data"));
        Self {
            programs,
            directory,
            port: Port::reserve(),
            settings: Vec::new(),
            server: None,
        }
    }

    /// From the next start on.
    pub fn set(&mut self, setting: &str) {
        self.settings.push(setting.to_owned());
    }

    pub fn port(&self) -> u16 {
        self.port.number
    }

    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Writes a file into the data directory, as the server's own.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.data().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        hand_over(&path);
    }

    /// Reads its configuration files again.
    pub fn reload(&self) {
        kill_process(self.postmaster(), Signal::HUP).unwrap();
    }

    /// Where its programs are.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    pub fn url(&self, database: &str) -> String {
        self.url_with_password(PASSWORD, database)
    }

    pub fn url_with_password(&self, password: &str, database: &str) -> String {
        let port = self.port.number;
        format!("postgres://{USER}:{password}@127.0.0.1:{port}/{database}")
    }

    pub fn sql(&self, database: &str) -> Sql {
        Sql::Postgres(self.url(database))
    }

    /// Starts the server, and returns once it answers.
    pub async fn come_up(&mut self) {
        let mut command = unprivileged(&self.programs.join("postgres"));
        command.current_dir(self.directory.path()).args([
            "-D",
            "data",
            "-p",
            &self.port.number.to_string(),
        ]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let mut server = Process::spawn(command);
        let sql = self.sql("registry");
        eventually("PostgreSQL answers", SOON, async || {
            assert!(
                server.is_running(),
                "PostgreSQL ended: {:?}",
                server.stderr()
            );
            sql.try_lines("SELECT '1'").await.ok()
        })
        .await;
        self.server = Some(server);
    }

    /// Stops the server as `pg_ctl stop --mode=fast` does: connections are cut, and from then on
    /// refused.
    pub async fn stop(&mut self) {
        let server = self.server.take().expect("a running PostgreSQL");
        server.signal(Signal::INT);
        server.finish(SOON).await;
    }

    /// Every process of the server stops where it is: the kernel goes on accepting connections, and
    /// nobody answers.
    pub fn freeze(&self) {
        // The postmaster first, or it would make more processes meanwhile.
        kill_process(self.postmaster(), Signal::STOP).unwrap();
        self.signal_backends(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal_backends(Signal::CONT);
        kill_process(self.postmaster(), Signal::CONT).unwrap();
    }

    /// What the running server has logged: every statement, among other things.
    pub fn log(&self) -> Vec<String> {
        self.server
            .as_ref()
            .map(Process::stderr)
            .unwrap_or_default()
    }

    fn postmaster(&self) -> Pid {
        self.server.as_ref().expect("a running PostgreSQL").pid()
    }

    /// Each backend is a session, and so a process group, of its own: they are found by their
    /// parent.
    fn signal_backends(&self, signal: Signal) {
        for backend in children_of(self.postmaster()) {
            // One may have ended since.
            _ = kill_process(backend, signal);
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(server) = &self.server else { return };
        // Frozen backends would outlive a killed postmaster; told to leave at once they do.
        let backends = children_of(server.pid());
        server.signal(Signal::QUIT);
        server.signal(Signal::CONT);
        for backend in backends {
            _ = kill_process(backend, Signal::QUIT);
            _ = kill_process(backend, Signal::CONT);
        }
    }
}

fn children_of(parent: Pid) -> Vec<Pid> {
    let parent = parent.as_raw_nonzero().to_string();
    let is_child = |pid: &i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // `pid (name) state ppid …`, and a name may hold anything.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        fields.split_whitespace().nth(1) == Some(&parent)
    };
    fs::read_dir("/proc")
        .expect("the tests that freeze PostgreSQL need Linux's /proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(is_child)
        .filter_map(Pid::from_raw)
        .collect()
}
