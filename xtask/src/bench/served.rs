//! A server that runs for as long as it is held, in a directory of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Of the admin, where a service is given one.
pub const PASSWORD: &str = "one-of-several-words";
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
        Self::launch(program, new_directory()?, environment)
    }

    /// Starts it over a copy of what another, which was stopped, has in its databases.
    pub fn start_over(
        program: &Path,
        stopped: &Self,
        rules: &str,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let directory = new_directory()?;
        fs::write(directory.join("alerts.toml"), rules)?;
        let (from, to) = (stopped.directory.join("data"), directory.join("data"));
        fs::create_dir(&to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Self::launch(program, directory, environment)
    }

    /// Ends it; what it left stays for as long as it is held.
    pub fn stop(&mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it, and starts it anew over what it left.
    pub fn restart(&mut self, program: &Path, environment: &[(&str, &str)]) -> Result<()> {
        self.stop()?;
        let directory = std::mem::take(&mut self.directory);
        *self = Self::launch(program, directory, environment)?;
        Ok(())
    }

    fn launch(program: &Path, directory: PathBuf, environment: &[(&str, &str)]) -> Result<Self> {
        let started = Instant::now();
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

    /// `host:port`
    pub fn address(&self) -> &str {
        &self.address
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

    /// What clients have left behind is done: a query that has begun is brought to its end, whoever
    /// has hung up.
    pub fn wait_until_idle(&self) -> Result<()> {
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            let health: Value = serde_json::from_str(&self.body("/health/db/", "")?)?;
            let active = health.pointer("/database/pool/active");
            // Who asks may have one.
            if active.and_then(Value::as_u64).context("no pool")? <= 1 {
                return Ok(());
            }
            // An answer is the same for a second.
            thread::sleep(Duration::from_millis(1100));
        }
        bail!("not idle within {} s", PATIENCE.as_secs())
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn status(&self, path: &str) -> Result<u16> {
        let answer = self.ask(&request(path, ""))?;
        let status = answer
            .split_ascii_whitespace()
            .nth(1)
            .context("no status")?;
        Ok(status.parse()?)
    }

    /// The body that the bearer of the token gets.
    pub fn get(&self, path: &str, token: &str) -> Result<String> {
        self.body(path, &format!("Authorization: Bearer {token}\r\n"))
    }

    /// The page that whoever has signed in gets.
    pub fn page(&self, path: &str, cookie: &str) -> Result<String> {
        self.body(path, &format!("Cookie: {cookie}\r\n"))
    }

    /// The cookie of a session of the admin's.
    pub fn signed_in(&self) -> Result<String> {
        let form = format!("username=admin&password={PASSWORD}");
        let length = form.len();
        let answer = self.ask(&format!(
            "POST /admin/login/ HTTP/1.1\r\nHost: bench\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        ))?;
        let mut cookies = answer
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookies.next().context("no cookie")?;
        let (cookie, _) = cookie
            .split_once(';')
            .context("a cookie without attributes")?;
        Ok(cookie.to_owned())
    }

    fn body(&self, path: &str, headers: &str) -> Result<String> {
        let answer = self.ask(&request(path, headers))?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no body")?;
        ensure!(head.contains(" 200 "), "{path}: {answer}");
        Ok(body.to_owned())
    }

    fn ask(&self, request: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// What the process has had of the processors since its start.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Its name, which may have spaces, stands in brackets.
        let (_, figures) = stat.rsplit_once(')').context("no name")?;
        let ticks = figures.split_ascii_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_secs_f64(
            ticks as f64 / rustix::param::clock_ticks_per_second() as f64,
        ))
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
        // One that was taken over by another is empty here.
        if !self.directory.as_os_str().is_empty() {
            _ = fs::remove_dir_all(&self.directory);
        }
    }
}

fn request(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}Connection: close\r\n\r\n")
}

fn new_directory() -> Result<PathBuf> {
    let name = format!("bench-{}-{}", std::process::id(), started_nanos());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

/// Tells directories of one run apart.
fn started_nanos() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}
