//! The load generator: wrk, on this machine only.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::layout::on_path;
use crate::need;
use crate::process;

/// Kept alive.
const CONNECTIONS: u32 = 32;

pub fn generator() -> Result<PathBuf> {
    if on_path(&["wrk"]).is_none() {
        need::debian::install("wrk", "to make load for the benchmark")?;
    }
    on_path(&["wrk"]).context("wrk makes the load: install it (apt install wrk, brew install wrk)")
}

/// Requests per second over 32 connections kept alive.
pub fn run(wrk: &Path, url: &str, duration: Duration) -> Result<f64> {
    let report = report(wrk, url, duration.as_secs(), CONNECTIONS, None)?;
    rate(&report)
}

/// Requests per second, and what all but one in a hundred stay below, as wrk writes it; the script
/// says what to send.
pub fn run_with_p99(
    wrk: &Path,
    url: &str,
    duration: Duration,
    script: Option<&Path>,
) -> Result<(f64, String)> {
    let report = report(wrk, url, duration.as_secs(), CONNECTIONS, script)?;
    let p99 = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("99%"))
        .with_context(|| format!("wrk reported no percentile:\n{report}"))?;
    Ok((rate(&report)?, p99.trim().to_owned()))
}

/// What wrk writes at its end.
pub fn report(
    wrk: &Path,
    url: &str,
    seconds: u64,
    connections: u32,
    script: Option<&Path>,
) -> Result<String> {
    let mut command = Command::new(wrk);
    command.args(["--threads=1", "--latency"]);
    command.arg(format!("--connections={connections}"));
    command.arg(format!("--duration={seconds}s"));
    if let Some(script) = script {
        command.arg("--script").arg(script);
    }
    let report = process::capture(command.arg(url))?;
    ensure!(
        !report.contains("Non-2xx"),
        "{url} did not answer well:\n{report}"
    );
    Ok(report)
}

fn rate(report: &str) -> Result<f64> {
    report
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"))
        .and_then(|figure| figure.trim().parse().ok())
        .with_context(|| format!("wrk reported no figure:\n{report}"))
}
