//! `make demo`: the service with the sample cards in it, a little traffic and an accident, so that a
//! newcomer sees a living desk.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::layout::Layout;
use crate::process::{self, say};
use crate::ui::Mode;

const ADDRESS: &str = "127.0.0.1:8000";
const PASSWORD: &str = "look-around-first";
/// Whoever signs in.
pub const ADMIN: [(&str, &str); 2] = [("ADMIN_USERNAME", "admin"), ("ADMIN_PASSWORD", PASSWORD)];

/// One request about every third of a second: enough to see, too little to hear the fan.
const PAUSE: Duration = Duration::from_millis(300);

/// In the service's directory.
const DATABASE: &str = "data/agent-source-db.sqlite3";
/// When the accident comes: somebody has signed in by then.
const ACCIDENT_AFTER: Duration = Duration::from_secs(90);
/// Long enough for some failures in each minute that it touches.
pub const ACCIDENT_LASTS: Duration = Duration::from_secs(20);

/// What people ask for, the usual mistakes among it.
pub const REQUESTS: [(&str, &str); 12] = [
    ("GET", "/api/agentcards/"),
    ("GET", "/api/agentcards/?tag=currency"),
    ("GET", "/api/agentcards/1/"),
    (
        "GET",
        "/samples/Currency%20Conversion%20Agent/.well-known/agent-card.json",
    ),
    ("GET", "/api/namespaces/"),
    ("GET", "/api/agentcards/?name=agent&ordering=-created_at"),
    ("GET", "/api/agentcards/4/standard-json/"),
    ("GET", "/api/schemas/catalog/"),
    ("GET", "/api/agentcards/by-namespace/samples/"),
    ("GET", "/api/agentcards/999/"),
    ("GET", "/api/agentcards/?page=0"),
    ("DELETE", "/api/agentcards/1/"),
];

pub fn run(layout: &Layout) -> Result<()> {
    // From here on a signal ends the demonstration rather than this program alone.
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let server = crate::debug(layout)?;
    let accident = accident(layout, &["--package=server"])?;
    let directory = layout.target.join("demo");
    fs::create_dir_all(&directory)?;
    let have_accident = |lasts| {
        let mut command = accident_at(&accident, &format!("sqlite://{DATABASE}"), lasts);
        command.current_dir(&directory);
        command
    };
    if directory.join(DATABASE).exists() {
        // One that was killed has left it broken.
        process::run_aside(&mut have_accident(Duration::ZERO))?;
    }
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&server);
        command
            .args(arguments)
            .current_dir(&directory)
            .env("LISTEN_ADDR", ADDRESS)
            .envs(ADMIN);
        command
    };
    import(layout, command)?;
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let mut service = command(&["serve"])
        .spawn()
        .context("starting the service")?;
    say(&format!(
        "sign in at http://{ADDRESS}/ as admin, password: {PASSWORD}; \
         in {} s the table of cards is away for {} s: see what the desk makes of it; Ctrl-C ends",
        ACCIDENT_AFTER.as_secs(),
        ACCIDENT_LASTS.as_secs()
    ));
    let mut accident = None;
    let ended = keep_busy(&mut service, &stop, || {
        accident = Some(have_accident(ACCIDENT_LASTS).spawn()?);
        Ok(())
    });
    if let Some(mut accident) = accident {
        // It puts everything back.
        if accident.try_wait()?.is_none() {
            kill_process(Pid::from_child(&accident), Signal::TERM)?;
        }
        accident.wait()?;
    }
    if service.try_wait()?.is_none() {
        // From a terminal the service has had the signal itself; a second one would cut it short.
        if !stop.load(Ordering::Relaxed) || !is_ending(&mut service)? {
            kill_process(Pid::from_child(&service), Signal::TERM)?;
        }
        service.wait()?;
    }
    ended
}

/// The program that takes the table of cards away, built with these packages.
pub fn accident(layout: &Layout, packages: &[&str]) -> Result<PathBuf> {
    let build = ["build", "--example=accident"];
    process::run(layout.cargo().args(build).args(packages))?;
    Ok(layout.home(Mode::Debug).join("examples").join("accident"))
}

/// Takes it away from this database for so long.
pub fn accident_at(program: &Path, database: &str, lasts: Duration) -> Command {
    let mut command = Command::new(program);
    command.args([database, &lasts.as_secs().to_string()]);
    command
}

/// The four cards of one namespace, and the one of the same name and version in another.
pub fn import(layout: &Layout, command: impl Fn(&[&str]) -> Command) -> Result<()> {
    let samples = layout.root.join("samples/agentcards");
    let mut files: Vec<_> = fs::read_dir(&samples)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    for file in files {
        let is_v1 = file.ends_with("skills_agent_v1.json");
        let namespace = if is_v1 { "samples-v1" } else { "samples" };
        let file = file.to_string_lossy();
        process::run_aside(&mut command(&["import", &file, "--namespace", namespace]))?;
    }
    Ok(())
}

/// Until somebody wants it to stop, or the service ends by itself; with the accident in between.
fn keep_busy(
    service: &mut Child,
    stop: &AtomicBool,
    mut have_accident: impl FnMut() -> Result<()>,
) -> Result<()> {
    let mut accident_at = Some(Instant::now() + ACCIDENT_AFTER);
    for (method, path) in REQUESTS.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(status) = service.try_wait()? {
            ensure!(status.success(), "the service ended: {status}");
            return Ok(());
        }
        if accident_at.take_if(|at| *at <= Instant::now()).is_some() {
            have_accident()?;
        }
        // While it starts nobody answers yet.
        _ = ask(method, path);
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn ask(method: &str, path: &str) -> Result<()> {
    let mut stream = TcpStream::connect(ADDRESS)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {ADDRESS}\r\n");
    stream.write_all(format!("{head}User-Agent: demo\r\nConnection: close\r\n\r\n").as_bytes())?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Whether it ends by itself within a moment.
fn is_ending(service: &mut Child) -> Result<bool> {
    for _ in 0..20 {
        if service.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(false)
}
