//! The registry with a hundred thousand cards in it, on both databases.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::load;
use super::postgres::Postgres;
use super::served::Served;
use crate::layout::Layout;
use crate::process::{self, say};

const CARDS: usize = 100_000;
const NAMESPACES: usize = 100;
const LOAD: Duration = Duration::from_secs(5);
const SETTLING: Duration = Duration::from_secs(10);

/// What is asked for; the page before the last one shows what the pages before a page cost.
const READS: [(&str, &str); 6] = [
    ("list, page 1", "/api/agentcards/"),
    ("list, page 4999", "/api/agentcards/?page=4999"),
    ("filtered by tag", "/api/agentcards/?tag=tag-7&valid=true"),
    (
        "filtered by namespace",
        "/api/agentcards/?namespace=team-42&ordering=-created_at",
    ),
    (
        "filtered by part of a name",
        "/api/agentcards/?name=agent%204242",
    ),
    ("get", "/api/agentcards/77777/"),
];

pub fn measure(out: &mut impl Write, layout: &Layout, wrk: &Path, server: &Path) -> Result<()> {
    let file = std::env::temp_dir().join(format!("bench-cards-{}.ndjson", std::process::id()));
    write_cards(&file)?;
    let sqlite = on(out, wrk, server, &file, "SQLite", None);
    let measured = sqlite.and_then(|()| {
        let postgres = Postgres::start(layout)?;
        on(out, wrk, server, &file, "PostgreSQL", Some(&postgres.url()))
    });
    fs::remove_file(&file)?;
    measured
}

fn on(
    out: &mut impl Write,
    wrk: &Path,
    server: &Path,
    cards: &Path,
    name: &str,
    url: Option<&str>,
) -> Result<()> {
    let environment: Vec<(&str, &str)> = url.map(|url| ("DATABASE_URL", url)).into_iter().collect();
    let served = Served::start_with(server, &environment)?;
    served.wait_until_ready()?;
    say(&format!("importing {CARDS} cards into {name}"));
    let started = Instant::now();
    process::run_aside(
        served
            .command(server, &environment)
            .arg("import")
            .arg(cards),
    )?;
    let seconds = started.elapsed().as_secs_f64();
    writeln!(
        out,
        "registry on {name}, {CARDS} cards (requests per second, P99)"
    )?;
    writeln!(
        out,
        "  {:<28} {:>9.0} cards/s, one transaction",
        "import",
        CARDS as f64 / seconds
    )?;
    // Of interest is a service that has been up for a while: not what an import leaves to be done
    // (PostgreSQL's autovacuum, SQLite's checkpoint), nor a first look at every page.
    let first = format!("{}/api/agentcards/", served.url());
    load::run_with_p99(wrk, &first, LOAD, None)?;
    thread::sleep(SETTLING);
    served.wait_until_idle()?;
    for (what, path) in READS {
        let (rate, p99) = load::run_with_p99(wrk, &format!("{}{path}", served.url()), LOAD, None)?;
        // wrk leaves in the middle of its last requests, and slow ones would be counted as the next.
        served.wait_until_idle()?;
        writeln!(out, "  {what:<28} {rate:>9.0}  {p99}")?;
    }
    let mut command = served.command(server, &environment);
    let token =
        process::capture(command.args(["token", "create", "--name=bench", "--scope=write"]))?;
    let script = std::env::temp_dir().join(format!("bench-create-{}.lua", std::process::id()));
    fs::write(&script, create_script(&token))?;
    let url = format!("{}/api/agentcards/", served.url());
    let created = load::run_with_p99(wrk, &url, LOAD, Some(&script));
    fs::remove_file(&script)?;
    let (rate, p99) = created?;
    writeln!(out, "  {:<28} {rate:>9.0}  {p99}", "create")?;
    Ok(())
}

fn write_cards(file: &Path) -> Result<()> {
    let mut out = BufWriter::new(fs::File::create(file)?);
    for number in 0..CARDS {
        let line = json!({
            "namespace": format!("team-{}", number % NAMESPACES),
            "card": card(&format!("Agent {number}"), number),
        });
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// About as large as the sample cards.
pub fn card(name: &str, number: usize) -> serde_json::Value {
    json!({
        "name": name, "version": "1.0.0", "protocolVersion": "0.3.0",
        "description": "Helps with one thing or another, given a criterion or two",
        "url": "https://agents.example/a2a", "preferredTransport": "JSONRPC",
        "capabilities": {"streaming": true, "pushNotifications": false},
        "defaultInputModes": ["text/plain", "application/json"],
        "defaultOutputModes": ["text/plain", "application/json"],
        "skills": [{
            "id": format!("skill-{}", number % 1000), "name": "A skill",
            "description": "Does what it is asked to do",
            "tags": [format!("tag-{}", number % 500), "bench"],
            "examples": ["Do it, please"],
        }],
    })
}

/// wrk's own language: a new name for each request.
fn create_script(token: &str) -> String {
    let body = json!({"namespace": "team-0", "card": card("NAME", 7)}).to_string();
    format!(
        "local body = [==[{body}]==]\n\
         local made = 0\n\
         request = function()\n\
           made = made + 1\n\
           local named = body:gsub('NAME', 'New ' .. made)\n\
           return wrk.format('POST', nil, {{\
             ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer {token}'\
           }}, named)\n\
         end\n"
    )
}
