//! The Collector ships the four files over rotations under load, and over its own restart.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use super::collector::{Collector, Destinations};
use super::running::Place;
use super::victoria_logs::{self, BY_FILE, Shipped, VictoriaLogs, by_file, shipped};
use super::{Peers, http, tell};
use crate::bench::served::Served;
use crate::log_files;
use crate::need::go;
use crate::optional::available;

/// More than a rotation for every tenth part of the lines: each is longer than this.
const SHORTEST_LINE: u64 = 250;
const ROTATIONS: u64 = 10;
const MIN_FILE_BYTES: u64 = 4096;

/// By this time what was sent twice has come twice.
const SETTLED: Duration = Duration::from_secs(10);

const FILES: [&str; 4] = ["access", "app", "db", "error"];

pub fn run(peers: &Peers) -> Result<()> {
    let layout = peers.layout;
    let collector = available("collector", || go::program(layout, "collector"))?;
    let store = available("victoria-logs", || go::program(layout, "victoria-logs"))?;
    let (Some(collector), Some(store)) = (collector, store) else {
        return Ok(());
    };
    let place = Place::make()?;
    let lines = peers.amounts.lines;
    let max_bytes = file_bytes(lines).to_string();
    let served = peers.serve(&[
        ("LOG_MAX_BYTES", &max_bytes),
        ("LOG_MAX_FILES", "500"),
        // Each query has a line, so that db.log is as busy as access.log.
        ("SLOW_QUERY_MS", "0"),
    ])?;
    let mut store = VictoriaLogs::start(&store, &place.home("store")?)?;
    let destinations = Destinations {
        logs: served.directory().join("logs"),
        victoria_logs_url: store.url.clone(),
        jaeger_otlp_url: "http://127.0.0.1:9".to_owned(),
    };
    let home = place.home("collector")?;
    let start = || Collector::start(layout, &collector, &home, &destinations);
    let running = start()?;
    let base = served.url();
    http::traffic(&[&base], 0, lines)?;
    let first = all_there(&mut store, lines)?;
    let rotations = log_files::generations(&destinations.logs, "access.log")?.len() - 1;
    tell(&format!(
        "logs: {lines} access lines over {rotations} rotations: {} lost, {} twice",
        lines - first.different,
        first.lines - first.different
    ))?;
    ensure!(rotations as u64 >= ROTATIONS, "only {rotations} rotations");
    ensure!(
        first.lines == first.different,
        "lines came twice: {first:?}"
    );
    each_file(&served, &mut store)?;

    let half = lines / 2;
    thread::scope(|scope| -> Result<()> {
        let traffic = scope.spawn(|| http::traffic(&[&base], lines, half));
        until_half(&mut store, lines + half / 4)?;
        running.stop()?;
        let again = start()?;
        let joined = traffic
            .join()
            .map_err(|_| anyhow!("the traffic panicked"))?;
        joined?;
        let all = all_there(&mut store, lines + half)?;
        drop(again);
        tell(&format!(
            "logs: {half} more over a restart of the Collector: {} lost, {} twice",
            lines + half - all.different,
            all.lines - all.different
        ))
    })
}

fn until_half(store: &mut VictoriaLogs, more_than: u64) -> Result<()> {
    let query = victoria_logs::shipped_query();
    store.until("half of the load has come", &query, |found| {
        Ok((shipped(found).different > more_than).then_some(()))
    })
}

/// So that so many lines make enough rotations.
fn file_bytes(lines: u64) -> u64 {
    (lines * SHORTEST_LINE / (ROTATIONS + 1)).max(MIN_FILE_BYTES)
}

/// Waits until none is lost, and until none comes any more.
fn all_there(store: &mut VictoriaLogs, sent: u64) -> Result<Shipped> {
    let query = victoria_logs::shipped_query();
    let mut last = Shipped::default();
    let found = store.until("all lines have come", &query, |found| {
        last = shipped(found);
        Ok((last.different == sent).then_some(()))
    });
    found.with_context(|| format!("of {sent} lines {last:?} have come"))?;
    thread::sleep(SETTLED);
    Ok(shipped(&store.query(&query)?))
}

/// Of each file no line is lost that was there at first, and none has come that it does not have: the
/// service goes on writing.
fn each_file(served: &Served, store: &mut VictoriaLogs) -> Result<()> {
    let logs = served.directory().join("logs");
    let before = FILES.map(|name| written(&logs, name));
    let mut last = String::new();
    let found = store.until("each file is shipped", BY_FILE, |found| {
        let shipped = by_file(found);
        let mut shown = Vec::new();
        let mut is_right = true;
        for (name, before) in FILES.iter().zip(&before) {
            let before = before.as_ref().map_err(|error| anyhow!("{error:#}"))?;
            let come = shipped.get(*name).copied().unwrap_or_default();
            is_right &= (*before..=written(&logs, name)?).contains(&come);
            shown.push(format!("{name} {come} of {before} and later ones"));
        }
        last = shown.join(", ");
        Ok(is_right.then_some(()))
    });
    found.with_context(|| last.clone())?;
    tell(&format!("logs: {last}"))
}

/// The lines of a file over all generations.
fn written(logs: &Path, name: &str) -> Result<u64> {
    let mut lines = 0;
    log_files::each_line(logs, &format!("{name}.log"), |_| {
        lines += 1;
        Ok(())
    })?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_shortest_kind_make_enough_rotations() {
        for lines in [20_000, 100_000] {
            assert!(
                lines * SHORTEST_LINE / file_bytes(lines) >= ROTATIONS,
                "{lines}"
            );
        }
        assert_eq!(file_bytes(1), MIN_FILE_BYTES);
    }
}
