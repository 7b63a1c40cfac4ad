//! `make bench`: figures of the release build. Speed is measured here and asserted nowhere.

mod agreement;
mod alerts;
mod history;
mod load;
mod logs;
mod paint;
pub mod postgres;
mod recording;
mod registry;
mod render;
pub mod served;
mod sizes;
mod telling;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::layout::Layout;
use crate::process::{self, say};
use crate::ui::Mode;
use served::Served;

const ROUNDS: usize = 5;
const START_ROUNDS: usize = 5;

/// All of it, or the parts that are named.
pub fn measure(layout: &Layout, parts: &[String]) -> Result<()> {
    const PARTS: [&str; 11] = [
        "recording",
        "requests",
        "agreement",
        "start",
        "sizes",
        "paint",
        "render",
        "registry",
        "alerts",
        "telling",
        "logs",
    ];
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("{unknown}: there are {}", PARTS.join(", "));
    }
    let server = crate::measured(layout)?;
    let wrk = load::generator()?;
    let mut out = io::stdout().lock();
    for part in PARTS {
        if !parts.is_empty() && !parts.iter().any(|wanted| wanted == part) {
            continue;
        }
        match part {
            "recording" => recording::report(&mut out, layout)?,
            "requests" => requests_per_second(&mut out, layout, &wrk, &server)?,
            "agreement" => agreement::measure(&mut out, &wrk, &server)?,
            "start" => start_and_memory(&mut out, &server)?,
            "sizes" => sizes::report(&mut out, layout, &server)?,
            "paint" => paint::measure(&mut out, layout, &server)?,
            "render" => render::measure(&mut out, layout, &server)?,
            "alerts" => alerts::measure(&mut out, layout, &wrk, &server)?,
            "telling" => telling::measure(&mut out, layout, &wrk, &server)?,
            "registry" => registry::measure(&mut out, layout, &wrk, &server)?,
            _ => logs::report(&mut out, layout)?,
        }
    }
    Ok(())
}

fn requests_per_second(
    out: &mut impl Write,
    layout: &Layout,
    wrk: &Path,
    server: &Path,
) -> Result<()> {
    say("building the bare Actix route that ours is compared with");
    process::run(layout.cargo().args([
        "build",
        "--release",
        "--package=server",
        "--example=bare",
    ]))?;
    let bare = layout.home(Mode::Release).join("examples").join("bare");
    let ours = Served::start(server)?;
    let bare = Served::start(&bare)?;
    ours.wait_until_ready()?;
    let health = format!("{}/health/", ours.url());
    let ready = format!("{}/health/ready/", ours.url());
    let yardstick = format!("{}/health/", bare.url());
    let [bare, health, ready] = in_turns(wrk, [&yardstick, &health, &ready])?;
    writeln!(
        out,
        "requests per second (median of {ROUNDS}, all layers on, SQLite)"
    )?;
    writeln!(out, "  bare Actix route   {bare:>9.0}")?;
    writeln!(
        out,
        "  /health/           {health:>9.0}  ratio {:.2} (goal 0.70)",
        health / bare
    )?;
    writeln!(
        out,
        "  /health/ready/     {ready:>9.0}  ratio {:.2} (goal 0.70)",
        ready / bare
    )?;
    Ok(())
}

/// Requests per second of each. All are up all the time and take turns under load, so that what else
/// the machine does hits all alike.
fn in_turns<const N: usize>(wrk: &Path, urls: [&str; N]) -> Result<[f64; N]> {
    let mut figures = [const { Vec::new() }; N];
    // The first round warms up.
    for round in 0..=ROUNDS {
        for (figures, url) in figures.iter_mut().zip(urls) {
            let seconds = if round == 0 { 1 } else { 3 };
            let measured = load::run(wrk, url, Duration::from_secs(seconds))?;
            if round > 0 {
                figures.push(measured);
            }
        }
    }
    Ok(figures.map(median))
}

fn start_and_memory(out: &mut impl Write, server: &Path) -> Result<()> {
    let mut starts = Vec::new();
    let mut memory = 0.0;
    for _ in 0..START_ROUNDS {
        let served = Served::start(server)?;
        starts.push(served.wait_until_ready()?.as_secs_f64() * 1000.0);
        memory = served.resident_mib()?;
    }
    writeln!(
        out,
        "start to ready       {:>9.0} ms (empty SQLite database, first admin included)",
        median(starts)
    )?;
    writeln!(out, "memory at rest       {memory:>9.1} MiB")?;
    Ok(())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The UI's files of the release build.
fn site(layout: &Layout) -> PathBuf {
    layout.home(Mode::Release).join("site")
}
