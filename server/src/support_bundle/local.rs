//! Parts that are had without the service: what doctor found, configuration, versions, rules, logs.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ops::clock::rfc3339_millis;
use ops::log::{LogFile, newest_lines};
use serde_json::json;
use tokio::time::timeout;

use super::Part;
use crate::config::{Config, Examined, host_name};
use crate::desk::alerts::rule_text;
use crate::doctor::Report;

/// Of each log file, whatever is older stays behind.
const MAX_LOG_BYTES: usize = 5 << 20;

/// For reading one of them.
const LIMIT: Duration = Duration::from_secs(10);

/// What doctor found, in both of its forms.
pub fn doctor(report: &Report) -> [Part; 2] {
    [
        Part::own("doctor.txt", report),
        Part::own("doctor.json", format!("{}\n", report.to_json())),
    ]
}

pub fn configuration(examined: Option<&Examined>) -> Part {
    const NAME: &str = "config.txt";
    match examined {
        Some(examined) => Part::own(NAME, &examined.provenance),
        None => Part::missing(NAME, "the files that hold it could not be read in time"),
    }
}

/// The rules in force by the configuration, as a file has them.
pub fn rules(config: &Config) -> Part {
    let rules = config.alerts.rules.iter().map(rule_text);
    Part::own("rules.toml", rules.collect::<Vec<_>>().join("\n"))
}

pub fn versions(instance: &str, made_at: SystemTime) -> Part {
    let line = |path: &str| fs::read_to_string(path).ok();
    let system = line("/etc/os-release").and_then(|text| {
        let name = text
            .lines()
            .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let versions = json!({
        "service": crate::SERVICE_NAME,
        "version": crate::VERSION,
        "commit": crate::COMMIT,
        "instance": instance,
        "host": host_name(),
        "system": system,
        "kernel": line("/proc/version").as_deref().map(str::trim),
        "cores": std::thread::available_parallelism().map(usize::from).ok(),
        "generated_at": rfc3339_millis(made_at),
    });
    Part::json("versions.json", format!("{versions:#}\n"))
}

/// The newest lines of the four files.
pub async fn logs(config: &Config) -> Vec<Part> {
    let read = LogFile::ALL.map(|file| log(file, config.logging.dir.join(file.name())));
    futures_util::future::join_all(read).await
}

async fn log(file: LogFile, path: PathBuf) -> Part {
    let name = format!("logs/{}", file.name());
    let shown = path.display().to_string();
    let read = move || {
        if !path.exists() {
            return Err(ErrorKind::NotFound.into());
        }
        newest_lines(&path, MAX_LOG_BYTES)
    };
    match timeout(LIMIT, tokio::task::spawn_blocking(read)).await {
        Ok(Ok(Ok(lines))) => Part::lines(&name, String::from_utf8_lossy(&lines).into_owned()),
        Ok(Ok(Err(error))) => Part::missing(&name, &format!("{shown}: {error}")),
        Ok(Err(error)) => Part::missing(&name, &error.to_string()),
        Err(_) => {
            let why = format!("{shown} could not be read within {} s", LIMIT.as_secs());
            Part::missing(&name, &why)
        }
    }
}
