//! What the desk's pages take with a past behind them: 90 days of four instances, a hundred routes.

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::history;
use super::served::{PASSWORD, Served};
use crate::layout::Layout;

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
/// Enough for a percentile of one in a hundred.
const LOADS: usize = 200;
/// Between looks of somebody whose page refreshes itself: what was read for others is no longer fresh
/// then.
const PAUSE: Duration = Duration::from_secs(6);
const LOOKS: usize = 4;

pub fn measure(out: &mut impl Write, layout: &Layout, server: &Path) -> Result<()> {
    let history = history::program(layout)?;
    writeln!(
        out,
        "a page with 90 days, 100 routes and 4 instances behind it (ms: the first look after a start, \
         the longest after a pause, median and P99 of {LOADS} in a row; goal P99 10 ms)"
    )?;
    let environment = [("ADMIN_PASSWORD", PASSWORD)];
    for calls in [1, 10] {
        let mut served = Served::start_with(server, &environment)?;
        served.wait_until_ready()?;
        history::write(&served, &history, calls)?;
        // Reads all of it, as after a deployment.
        served.restart(server, &environment)?;
        served.wait_until_ready()?;
        let cookie = served.signed_in()?;
        let look = |path: &str| -> Result<(Duration, usize)> {
            let started = Instant::now();
            let bytes = served.page(path, &cookie)?.len();
            Ok((started.elapsed(), bytes))
        };
        let mut pages = Vec::new();
        for (name, path) in PAGES {
            let (first, bytes) = look(path)?;
            pages.push((name, path, first, bytes, Duration::ZERO));
        }
        for _ in 0..LOOKS {
            thread::sleep(PAUSE);
            for (_, path, _, _, longest) in &mut pages {
                *longest = look(path)?.0.max(*longest);
            }
        }
        for (name, path, first, bytes, longest) in pages {
            let mut took = Vec::new();
            for _ in 0..LOADS {
                took.push(look(path)?.0);
            }
            took.sort();
            let at = |share: f64| took.get((LOADS as f64 * share) as usize);
            let (median, p99) = at(0.5).zip(at(0.99)).context("no loads")?;
            let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
            writeln!(
                out,
                "  {name:<20} {calls:>3} calls a route and minute {:>8.1} {:>8.1} {:>8.2} {:>8.2}  {} KiB",
                ms(first),
                ms(longest),
                ms(*median),
                ms(*p99),
                bytes / 1024
            )?;
        }
    }
    Ok(())
}
