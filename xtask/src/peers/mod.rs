//! `make peers`: the service against the real programs that it speaks to. Each part prints its figures,
//! and fails with what was expected.

mod alerts;
mod collector;
mod dashboards;
mod expressions;
pub mod http;
mod jaeger;
mod logs;
mod mail;
mod metrics;
mod nginx;
mod prometheus;
mod running;
mod sink;
mod traces;
mod victoria_logs;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, bail, ensure};

use crate::bench::served::Served;
use crate::layout::Layout;
use crate::process::{self, say};

type Part = fn(&Peers) -> Result<()>;

const PARTS: [(&str, Part); 6] = [
    ("metrics", metrics::run),
    ("alerts", alerts::run),
    ("traces", traces::run),
    ("logs", logs::run),
    ("dashboards", dashboards::run),
    ("mail", mail::run),
];

/// How much is counted.
pub struct Amounts {
    pub requests: u64,
    pub lines: u64,
}

/// What every part is given.
struct Peers<'a> {
    layout: &'a Layout,
    server: PathBuf,
    amounts: Amounts,
}

/// All parts, or those that are named. All run even if some fail, so that one run tells all.
pub fn run(layout: &Layout, names: &[String], amounts: Amounts) -> Result<()> {
    let is_part = |name: &String| PARTS.iter().any(|(part, _)| part == name);
    if let Some(unknown) = names.iter().find(|name| !is_part(name)) {
        let known = PARTS.map(|(name, _)| name).join(", ");
        bail!("{unknown}: there are {known}");
    }
    let peers = Peers {
        layout,
        server: crate::named_or(|| crate::debug(layout))?,
        amounts,
    };
    let mut failures = Vec::new();
    for (name, part) in PARTS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        say(&format!("peers: {name}"));
        if let Err(error) = part(&peers) {
            say(&format!("{name} failed: {error:#}"));
            failures.push(name);
        }
    }
    ensure!(failures.is_empty(), "failed: {}", failures.join(", "));
    Ok(())
}

impl Peers<'_> {
    /// The service with this in its environment, once it is ready.
    fn serve(&self, environment: &[(&str, &str)]) -> Result<Served> {
        let served = Served::start_with(&self.server, environment)?;
        served.wait_until_ready()?;
        Ok(served)
    }

    /// A token that may see the desk and change it.
    fn token(&self, served: &Served, environment: &[(&str, &str)]) -> Result<String> {
        let mut command = served.command(&self.server, environment);
        process::capture(command.args(["token", "create", "--name=peers", "--scope=ops"]))
    }
}

/// A result.
fn tell(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
