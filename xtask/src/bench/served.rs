//! A server that runs for as long as it is held, in a directory of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const PATIENCE: Duration = Duration::from_secs(20);

pub struct Served {
    child: Child,
    address: String,
    directory: PathBuf,
    started: Instant,
}

impl Served {
    /// Starts it with nothing but defaults, on a free port.
    pub fn start(program: &Path) -> Result<Self> {
        Self::start_with(program, &[])
    }

    /// The same with something in its environment.
    pub fn start_with(program: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let started = Instant::now();
        let name = format!("bench-{}-{}", std::process::id(), started_nanos());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory)?;
        let mut child = Command::new(program)
            .current_dir(&directory)
            .env_clear()
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line = lines.next().context("it ended before it listened")??;
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.trim().to_owned();
            }
        };
        // Whatever else it prints must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            child,
            address,
            directory,
            started,
        })
    }

    /// A subcommand beside it.
    pub fn command(&self, program: &Path, environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.directory)
            .env_clear()
            .envs(environment.iter().copied());
        command
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How long it took from its start until readiness said yes.
    pub fn wait_until_ready(&self) -> Result<Duration> {
        while self.started.elapsed() < PATIENCE {
            if self
                .status("/health/ready/")
                .is_ok_and(|status| status == 200)
            {
                return Ok(self.started.elapsed());
            }
            thread::sleep(Duration::from_millis(2));
        }
        bail!("not ready within {} s", PATIENCE.as_secs())
    }

    fn status(&self, path: &str) -> Result<u16> {
        let mut stream = TcpStream::connect(&self.address)?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer
            .split_ascii_whitespace()
            .nth(1)
            .context("no status")?;
        Ok(status.parse()?)
    }

    /// Resident memory, as the kernel counts it.
    pub fn resident_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib: f64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|figure| figure.trim().strip_suffix(" kB"))
            .context("no VmRSS")?
            .trim()
            .parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; its directory goes either way.
        _ = self.child.kill();
        _ = self.child.wait();
        _ = fs::remove_dir_all(&self.directory);
    }
}

/// Tells directories of one run apart.
fn started_nanos() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}
