//! `alerts`: the rules, judged without the service, and listed and tried by it.

use std::io::{self, Write as _};

use app::dto::{AlertState, Alerts, RulePreview};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use super::alerts_export::{ExportFormat, exported};
use super::incidents::severity_name;
use super::running_service::RunningService;
use super::{Failure, runtime, say};
use crate::config::Config;
use crate::desk::alerts::rule_text;

#[derive(Subcommand)]
pub enum Action {
    /// Say whether a file of rules is right, and what it amounts to
    Check {
        /// The file, else that of `ALERTS_FILE`
        file: Option<String>,
    },
    /// Write the rules for other systems, to stdout
    Export {
        #[arg(long, value_enum)]
        format: ExportFormat,
        /// A file of rules, else that of `ALERTS_FILE`
        #[arg(long)]
        file: Option<String>,
    },
    /// Say when the rules would have fired, by what the running service has stored
    Test {
        /// A file of rules, else those in force
        #[arg(long)]
        rules: Option<String>,
        /// Back from now, such as 24h or 7d
        #[arg(long, default_value = "7d")]
        since: String,
    },
    /// List the rules and their states (the default)
    List,
}

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Some(Action::Check { file }) => check(file.as_deref()),
        Some(Action::Export { format, file }) => export(*format, file.as_deref()),
        Some(Action::Test { rules, since }) => test(rules.as_deref(), since),
        Some(Action::List) | None => list(),
    }
}

fn list() -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        let service = RunningService::of(&config).map_err(Failure::unreachable)?;
        let found: Alerts = service
            .get("/api/ops/alerts/")
            .await
            .map_err(Failure::unreachable)?;
        for rule in &found.rules {
            let state = state_name(rule.state);
            let severity = severity_name(rule.severity);
            say(format!(
                "{state:<8}  {severity:<8}  {}  {}",
                rule.name, rule.expr
            ));
            for alert in rule
                .alerts
                .iter()
                .filter(|it| it.state == AlertState::Firing)
            {
                say(format!("          {} since {}", alert.subject, alert.since));
            }
        }
        Ok(())
    })
}

/// Each rule by itself, as the page tries it.
fn test(file: Option<&str>, since: &str) -> Result<(), Failure> {
    let (config, _) = match file {
        Some(file) => Config::with_alerts_file(file)?,
        None => Config::from_process()?,
    };
    runtime()?.block_on(async {
        let service = RunningService::of(&config).map_err(Failure::unreachable)?;
        for rule in config.alerts.rules.iter().filter(|rule| rule.enabled) {
            let body = json!({"rule": rule_text(rule), "since": since});
            let path = "/api/ops/alerts/preview/";
            let answer = service.change(Method::POST, path, Some(&body)).await?;
            let found: RulePreview = service.read(&answer).map_err(Failure::unreachable)?;
            say(told(&rule.name, &found));
            for episode in &found.episodes {
                let to = episode.to.as_deref().unwrap_or("now");
                say(format!("  {} {} – {to}", episode.subject, episode.from));
            }
        }
        Ok(())
    })
}

fn told(name: &str, found: &RulePreview) -> String {
    if let Some(reason) = found.reason.as_ref().filter(|_| !found.replayable) {
        return format!("{name}: can't be tried: {reason}");
    }
    let (times, unknown, all) = (found.episodes.len(), found.unknown, found.evaluations);
    format!("{name}: would have fired {times} times; nothing known at {unknown} of {all} looks")
}

fn state_name(state: AlertState) -> &'static str {
    match state {
        AlertState::Firing => "firing",
        AlertState::Pending => "pending",
        AlertState::Unknown => "unknown",
        AlertState::Ok => "ok",
        AlertState::Disabled => "disabled",
    }
}

fn check(file: Option<&str>) -> Result<(), Failure> {
    say(&read(file)?.alerts);
    Ok(())
}

fn export(format: ExportFormat, file: Option<&str>) -> Result<(), Failure> {
    say(exported(&read(file)?.alerts, format).trim_end());
    Ok(())
}

/// What has no effect is told.
fn read(file: Option<&str>) -> Result<Config, Failure> {
    let (config, provenance) = match file {
        Some(file) => Config::with_alerts_file(file)?,
        None => Config::from_process()?,
    };
    for warning in &provenance.warnings {
        _ = writeln!(io::stderr(), "warning: {warning}");
    }
    Ok(config)
}
