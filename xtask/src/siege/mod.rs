//! `cargo xtask siege`: the release build under honest load and a mixture of attacks at once. It fails
//! unless memory stays flat, liveness stays quick, honest clients meet no error, no attack causes an
//! unhandled one, and every answered request stands in the access log or is counted as lost.

mod access_log;
mod attacks;
mod honest;
mod raw;
mod report;
mod schemas;
mod target;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use crate::bench::postgres::Postgres;
use crate::bench::served::{PASSWORD, Served};
use crate::demo;
use crate::layout::Layout;
use crate::process::{self, say};
use report::Report;
use target::Target;

/// Attacks come from this machine but name addresses of their own, as behind a proxy. The log keeps
/// enough generations for every line of the siege, so that a line that is missing was lost.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("TRUSTED_PROXIES", "127.0.0.0/8"),
    ("LOG_MAX_FILES", "200"),
    ("ADMIN_PASSWORD", PASSWORD),
];

/// How long attackers rest before memory is read for the last time.
const AFTERMATH: Duration = Duration::from_secs(15);

pub fn run(layout: &Layout, duration: Duration, on_postgres: bool) -> Result<()> {
    let server = crate::measured(layout)?;
    let postgres = on_postgres.then(|| Postgres::start(layout)).transpose()?;
    let url = postgres.as_ref().map(Postgres::url);
    let mut environment = ENVIRONMENT.to_vec();
    if let Some(url) = &url {
        environment.push(("DATABASE_URL", url));
    }
    let served = Served::start_with(&server, &environment)?;
    served.wait_until_ready()?;
    let command = |arguments: &[&str]| {
        let mut command = served.command(&server, &environment);
        command.args(arguments);
        command
    };
    demo::import(layout, command)?;
    let token = |scope: &str| {
        let name = format!("siege-{scope}");
        process::capture(&mut command(&[
            "token", "create", "--name", &name, "--scope", scope,
        ]))
    };
    let target = Target::new(
        &served.url(),
        served.signed_in()?,
        token("write")?,
        token("ops")?,
    );
    say(&format!("besieging for {} s", duration.as_secs()));
    let report = besiege(&served, &target, duration)?;
    let counted_lost = lost_lines(&served, &target)?;
    let logged = access_log::honest_lines(&served.directory().join("logs"))?;
    report.tell(&logged, counted_lost)
}

fn besiege(served: &Served, target: &Target, duration: Duration) -> Result<Report> {
    let stop = Arc::new(AtomicBool::new(false));
    let idle_mib = served.resident_mib()?;
    let begun = Instant::now();
    let mut report = thread::scope(|scope| -> Result<Report> {
        let attackers: Vec<_> = attacks::all()
            .into_iter()
            .map(|attack| {
                let stop = Arc::clone(&stop);
                scope.spawn(move || attack.run(target, &stop))
            })
            .collect();
        let honest = {
            let stop = Arc::clone(&stop);
            scope.spawn(move || honest::run(target, &stop))
        };
        let liveness = {
            let stop = Arc::clone(&stop);
            scope.spawn(move || watch::liveness(target, &stop))
        };
        let memory = watch::memory(served, begun, duration);
        stop.store(true, Ordering::Relaxed);
        let joined = |_| anyhow::anyhow!("a thread of the siege panicked");
        Ok(Report {
            idle_mib,
            memory: memory?,
            attacks: attackers
                .into_iter()
                .map(|attacker| attacker.join().map_err(joined))
                .collect::<Result<_>>()?,
            honest: honest.join().map_err(joined)?,
            liveness: liveness.join().map_err(joined)?,
            resident_after_mib: 0.0,
        })
    })?;
    thread::sleep(AFTERMATH);
    report.resident_after_mib = served.resident_mib()?;
    Ok(report)
}

/// What the desk itself says was lost.
fn lost_lines(served: &Served, target: &Target) -> Result<u64> {
    let status: Value = serde_json::from_str(&served.get("/api/ops/status/", &target.ops_token)?)?;
    Ok(status
        .pointer("/logging/dropped_lines")
        .and_then(Value::as_u64)
        .unwrap_or(0))
}
