//! What a service that does not answer has left behind: in its logs, in the desk's own store, in its
//! databases. Each with its age, since none of it says how things are now.

use std::path::Path;
use std::time::{Duration, SystemTime};

use ops::clock::{from_unix_millis, rfc3339_millis};
use ops::instances::Instance;
use ops::log::tail;
use serde_json::{Map, Value};
use tokio::runtime::Handle;

use super::migrate;
use crate::config::{Config, Database};
use crate::db::migrate::Schema;
use crate::db::queries::instances;
use crate::db::{Db, chain};
use crate::desk::logs::in_terminal;

/// How many of the last lines of `error.log` are shown.
const LAST_ERRORS: usize = 5;

/// How long a database may take to say something.
const LIMIT: Duration = Duration::from_secs(3);

/// A line for each thing that is known.
pub async fn lines(config: &Config) -> Vec<String> {
    let mut told = vec!["The service does not answer. What it left behind:".to_owned()];
    told.extend(logs(&config.logging.dir));
    told.extend(seen(&config.ops_database).await);
    let sets = [
        ("DATABASE_URL", Schema::Registry, &config.database),
        ("OPS_DATABASE_URL", Schema::Ops, &config.ops_database),
    ];
    for (name, schema, database) in sets {
        told.push(migrations(name, schema, database).await);
    }
    told
}

fn logs(dir: &Path) -> Vec<String> {
    let dir_name = dir.display();
    let newest = tail(&dir.join("app.log"), 1);
    let mut told = vec![match newest.as_deref() {
        Ok([line, ..]) => format!("{dir_name}/app.log: the last line is {}", age_of(line)),
        Ok([]) => format!("{dir_name}/app.log: there is no line in it"),
        Err(error) => format!("{dir_name}/app.log: {error}"),
    }];
    match tail(&dir.join("error.log"), LAST_ERRORS).as_deref() {
        Ok([]) => told.push(format!("{dir_name}/error.log: there is no line in it")),
        Ok(lines) => {
            told.push(format!("{dir_name}/error.log: the last lines"));
            told.extend(lines.iter().rev().map(|line| {
                let text = serde_json::to_vec(line).unwrap_or_default();
                format!("  {}", in_terminal(&text, false))
            }));
        }
        Err(error) => told.push(format!("{dir_name}/error.log: {error}")),
    }
    told
}

fn age_of(line: &Map<String, Value>) -> String {
    let timestamp = line.get("timestamp").and_then(Value::as_str);
    let Some(timestamp) = timestamp else {
        return "without a time".to_owned();
    };
    match chrono::DateTime::parse_from_rfc3339(timestamp) {
        Ok(at) => format!("{} ({timestamp})", ago(at.timestamp_millis())),
        Err(_) => "without a time".to_owned(),
    }
}

fn ago(at_ms: i64) -> String {
    let at = from_unix_millis(at_ms);
    match SystemTime::now().duration_since(at) {
        Ok(age) => app::ago_in_english(age.as_secs()),
        Err(_) => "in the future, by this host's clock".to_owned(),
    }
}

/// Who shared the desk's own store.
async fn seen(store: &Database) -> Vec<String> {
    // Looking must not make the file that is looked for.
    if store.url.is_missing_file() {
        return vec!["OPS_DATABASE_URL: there is no such file".to_owned()];
    }
    let db = Db::new(store.url.clone(), 1, Duration::MAX, Handle::current());
    match tokio::time::timeout(LIMIT, instances::seen_since(&db, 0)).await {
        Ok(Ok(rows)) => rows.iter().map(instance).collect(),
        Ok(Err(error)) => vec![format!("OPS_DATABASE_URL: {}", chain(&error))],
        Err(_) => vec!["OPS_DATABASE_URL: no answer in time".to_owned()],
    }
}

fn instance(seen: &Instance) -> String {
    let at = |ms: i64| format!("{} ({})", ago(ms), rfc3339_millis(from_unix_millis(ms)));
    let Instance { name, version, .. } = seen;
    match seen.stopped_ms {
        Some(ms) => format!("instance {name} {version}: stopped {}", at(ms)),
        None => format!(
            "instance {name} {version}: seen last {}, never stopped",
            at(seen.seen_ms)
        ),
    }
}

async fn migrations(name: &str, schema: Schema, database: &Database) -> String {
    match tokio::time::timeout(LIMIT, migrate::count(schema, database)).await {
        Ok(Ok(unapplied)) => format!("{name}: {unapplied} migrations are unapplied"),
        Ok(Err(failure)) => format!("{name}: {}", failure.message),
        Err(_) => format!("{name}: no answer in time"),
    }
}
