//! What the desk's pages take with a past behind them: 90 days of four instances, a hundred routes.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::served::Served;
use crate::layout::Layout;
use crate::process::{self, say};
use crate::ui::Mode;

const PAGES: [(&str, &str); 6] = [
    ("system status, 1 h", "/admin/system-status/?period=1h"),
    ("system status, 24 h", "/admin/system-status/"),
    ("system status, 30 d", "/admin/system-status/?period=30d"),
    ("routes, 24 h", "/admin/routes/"),
    ("routes, 30 d", "/admin/routes/?period=30d"),
    (
        "a route, 24 h",
        "/admin/routes/GET/api/things/7/%7Bid%7D/?period=24h",
    ),
];
const PASSWORD: &str = "one-of-several-words";
/// Enough for a percentile of one in a hundred.
const LOADS: usize = 200;

pub fn measure(out: &mut impl Write, layout: &Layout, server: &Path) -> Result<()> {
    process::run(layout.cargo().args([
        "build",
        "--release",
        "--package=server",
        "--example=history",
    ]))?;
    let history = layout.home(Mode::Release).join("examples").join("history");
    writeln!(
        out,
        "a page with 90 days, 100 routes and 4 instances behind it (median, P99, KiB; goal P99 10 ms)"
    )?;
    let environment = [("ADMIN_PASSWORD", PASSWORD)];
    for calls in [1, 10] {
        let mut served = Served::start_with(server, &environment)?;
        served.wait_until_ready()?;
        say("writing 90 days of four instances into the desk's store");
        let store = served.directory().join("data").join("ops.sqlite3");
        let url = format!("sqlite://{}", store.display());
        process::run_aside(
            served
                .command(&history, &[])
                .args([&url, &calls.to_string()]),
        )?;
        // Reads all of it, as after a deployment.
        served.restart(server, &environment)?;
        served.wait_until_ready()?;
        let cookie = served.signed_in(PASSWORD)?;
        for (name, path) in PAGES {
            let mut took = Vec::new();
            let mut bytes = 0;
            for _ in 0..LOADS {
                let started = Instant::now();
                bytes = served.page(path, &cookie)?.len();
                took.push(started.elapsed());
            }
            took.sort();
            let at = |share: f64| {
                let place = (took.len() as f64 * share) as usize;
                took.get(place.min(took.len() - 1))
                    .map(Duration::as_secs_f64)
            };
            let (median, p99) = at(0.5).zip(at(0.99)).context("no loads")?;
            writeln!(
                out,
                "  {name:<22} {:>5} calls a route and minute {:>7.2} ms {:>7.2} ms {:>5}",
                calls,
                median * 1000.0,
                p99 * 1000.0,
                bytes / 1024
            )?;
        }
    }
    Ok(())
}
