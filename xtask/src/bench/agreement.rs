//! Whether the desk's figures are those that a client sees: so many requests from wrk, and what both
//! say of them.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::load;
use super::registry::card;
use super::served::Served;
use crate::process;

const REQUESTS: u64 = 200_000;
/// Enough for a slow machine.
const SECONDS: u64 = 75;
/// So many that waiting for their turn in the server is most of what clients wait for: what comes on
/// top of that, on wires and in wrk, only wrk sees.
const CONNECTIONS: u32 = 64;
const CARDS: usize = 2000;

/// Sends exactly so many, and ends when each connection has its last answer: what was under way then,
/// only the server would count.
const SCRIPT: &str = "
local left = REQUESTS
delay = function()
  left = left - 1
  if left >= 0 then return 0 end
  if left == -wrk.connections then wrk.thread:stop() end
  return 3600000
end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('agreement %d %d %d', summary.requests, failed, latency:percentile(95)))
end
";

pub fn measure(out: &mut impl Write, wrk: &Path, server: &Path) -> Result<()> {
    let served = Served::start(server)?;
    served.wait_until_ready()?;
    let file = served.directory().join("card.ndjson");
    let lines = (0..CARDS).map(|number| {
        let card = card(&format!("Agent {number}"), number);
        json!({"namespace": "team", "card": card}).to_string() + "\n"
    });
    fs::write(&file, lines.collect::<String>())?;
    process::capture(served.command(server, &[]).arg("import").arg(&file))?;
    let mut command = served.command(server, &[]);
    let token = process::capture(command.args(["token", "create", "--name=bench", "--scope=ops"]))?;

    let script = served.directory().join("agreement.lua");
    fs::write(
        &script,
        SCRIPT
            .replace("REQUESTS", &REQUESTS.to_string())
            .replace("wrk.connections", &CONNECTIONS.to_string()),
    )?;
    let url = format!("{}/api/agentcards/?tag=tag-7", served.url());
    let report = load::report(wrk, &url, SECONDS, CONNECTIONS, Some(&script))?;
    let figures = report
        .lines()
        .find_map(|line| line.strip_prefix("agreement "))
        .with_context(|| format!("wrk did not say what it did:\n{report}"))?;
    let figures: Vec<u64> = figures
        .split(' ')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [sent, failed, p95_us] = figures[..] else {
        anyhow::bail!("wrk reported {figures:?}");
    };
    ensure!(
        sent == REQUESTS && failed == 0,
        "wrk sent {sent} of {REQUESTS} within {SECONDS} s, and {failed} failed"
    );

    let status: Value = serde_json::from_str(&served.get("/api/ops/status/", token.trim())?)?;
    let day = status.get("traffic_24h").context("no traffic")?;
    let counted = day.get("requests").and_then(Value::as_u64);
    let counted = counted.context("no requests")?;
    let p95_ms = day.get("p95_ms").and_then(Value::as_f64);
    let p95_ms = p95_ms.context("no P95")?;
    let seen_ms = p95_us as f64 / 1000.0;
    writeln!(
        out,
        "the desk's figures beside wrk's, over {CONNECTIONS} connections"
    )?;
    writeln!(out, "  requests           {counted:>9}  wrk {sent}")?;
    writeln!(
        out,
        "  P95                {p95_ms:>9.2}  wrk {seen_ms:.2} ms, off by {:+.1} % (goal 5)",
        (p95_ms / seen_ms - 1.0) * 100.0
    )?;
    Ok(())
}
