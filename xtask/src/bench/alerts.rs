//! What alerts cost: a round of rules with a past behind it, and requests beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::served::Served;
use super::{history, in_turns, median};
use crate::layout::Layout;
use crate::process;

const RULES: usize = 100;
/// How long a service is watched doing nothing but evaluate.
const WATCHED: Duration = Duration::from_secs(30);
/// Rules that are evaluated each second, so that every round has all of them.
const EVERY: &str = "1s";

pub fn measure(out: &mut impl Write, layout: &Layout, wrk: &Path, server: &Path) -> Result<()> {
    let past = Past::write(server, &history::program(layout)?)?;
    let none = past.names.iter().map(|name| rule(name, "enabled = false"));
    let off = past.with(
        server,
        &format!("version = 1\n{}", none.collect::<String>()),
    )?;
    let built_in = past.with(server, "version = 1\n")?;
    let many = past.with(server, &hundred_rules())?;
    let services = [
        ("no rule", &off),
        ("built-in", &built_in),
        ("100 more, 1 s", &many),
    ];
    let urls = services.map(|(_, service)| format!("{}/health/", service.served.url()));
    let rates = in_turns(wrk, urls.each_ref().map(String::as_str))?;
    writeln!(
        out,
        "alerts, 90 days of 4 instances behind them (rounds: median and longest of {} s; processor \
         time at rest; requests per second of /health/, in turns)",
        WATCHED.as_secs()
    )?;
    for ((name, service), rate) in services.into_iter().zip(rates) {
        let (rounds, share) = service.watch()?;
        let rounds = match rounds.iter().copied().reduce(f64::max) {
            Some(longest) => format!("{:>7.2} ms {longest:>7.2} ms", median(rounds)),
            None => format!("{:>21}", "no rounds"),
        };
        writeln!(
            out,
            "  {name:<14} {rounds} {:>5.1} % {rate:>9.0}",
            share * 100.0
        )?;
    }
    Ok(())
}

/// A service that was stopped, with 90 days in its store.
struct Past {
    stopped: Served,
    token: String,
    /// Of the built-in rules.
    names: Vec<String>,
}

/// A service with its token.
struct Watched {
    served: Served,
    token: String,
}

impl Past {
    fn write(server: &Path, history: &Path) -> Result<Self> {
        let mut served = Served::start(server)?;
        served.wait_until_ready()?;
        let mut create = served.command(server, &[]);
        create.args(["token", "create", "--name=bench", "--scope=ops"]);
        let token = process::capture(&mut create)?.trim().to_owned();
        let names = rules(&served, &token)?;
        history::write(&served, history, 10)?;
        served.stop()?;
        Ok(Self {
            stopped: served,
            token,
            names,
        })
    }

    /// One with this behind it, and these rules.
    fn with(&self, server: &Path, rules: &str) -> Result<Watched> {
        let environment = [("ALERTS_FILE", "alerts.toml")];
        let served = Served::start_over(server, &self.stopped, rules, &environment)?;
        served.wait_until_ready()?;
        Ok(Watched {
            served,
            token: self.token.clone(),
        })
    }
}

/// The names of the rules that are known.
fn rules(served: &Served, token: &str) -> Result<Vec<String>> {
    let alerts: Value = serde_json::from_str(&served.get("/api/ops/alerts/", token)?)?;
    let rules = alerts
        .get("rules")
        .and_then(Value::as_array)
        .context("no rules")?;
    let named = rules.iter().map(|rule| {
        let name = rule
            .get("name")
            .and_then(Value::as_str)
            .context("no name")?;
        Ok(name.to_owned())
    });
    named.collect()
}

fn rule(name: &str, more: &str) -> String {
    format!("\n[[rule]]\nname = \"{name}\"\n{more}\n")
}

/// Each looks at a window of its own, from minutes to thirty days.
fn hundred_rules() -> String {
    let mut text = "version = 1\n".to_owned();
    for number in 1..=RULES {
        let window = match number % 10 {
            0 => format!("{}d", number * 3 / 10),
            1 => format!("{number}h"),
            _ => format!("{number}m"),
        };
        let expr = format!(
            "error_share({window}) > 50% and latency(0.95, {window}) > 1s or log_error_share(5m) > 90%"
        );
        let more = format!("every = \"{EVERY}\"\nexpr = \"{expr}\"");
        _ = write!(text, "{}", rule(&format!("bench-{number}"), &more));
    }
    text
}

impl Watched {
    /// What each round took, in milliseconds, and which share of one processor the process used.
    fn watch(&self) -> Result<(Vec<f64>, f64)> {
        let mut rounds = BTreeMap::new();
        let before = self.served.processor_time()?;
        let looks = WATCHED.as_secs();
        for _ in 0..looks {
            thread::sleep(Duration::from_secs(1));
            let alerts = self.served.get("/api/ops/alerts/", &self.token)?;
            let alerts: Value = serde_json::from_str(&alerts)?;
            let part = |name: &str| alerts.pointer(&format!("/evaluator/{name}"));
            let (at, took) = (part("last_run_at"), part("took_ms").and_then(Value::as_f64));
            if let (Some(at), Some(took)) = (at, took) {
                rounds.insert(at.to_string(), took);
            }
        }
        let used = self.served.processor_time()? - before;
        let share = used.as_secs_f64() / WATCHED.as_secs_f64();
        Ok((rounds.into_values().collect(), share))
    }
}
