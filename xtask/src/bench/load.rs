//! The load generator: wrk, on this machine only.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::layout::on_path;
use crate::need;
use crate::process;

pub fn generator() -> Result<PathBuf> {
    if on_path(&["wrk"]).is_none() {
        need::debian::install("wrk", "to make load for the benchmark")?;
    }
    on_path(&["wrk"]).context("wrk makes the load: install it (apt install wrk, brew install wrk)")
}

/// Requests per second over 32 connections kept alive.
pub fn run(wrk: &Path, url: &str, duration: Duration) -> Result<f64> {
    let report = process::capture(Command::new(wrk).args([
        "--threads=1",
        "--connections=32",
        &format!("--duration={}s", duration.as_secs()),
        url,
    ]))?;
    ensure!(
        !report.contains("Non-2xx"),
        "{url} did not answer well:\n{report}"
    );
    report
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"))
        .and_then(|figure| figure.trim().parse().ok())
        .with_context(|| format!("wrk reported no figure:\n{report}"))
}
