//! `incidents`: open and recent ones, and one with all that is known of it.

use app::dto::{Incident, IncidentState, Incidents, Severity};
use clap::Args;

use super::running_service::RunningService;
use super::{Failure, runtime, say};
use crate::config::Config;

#[derive(Args)]
pub struct Arguments {
    /// The incident's id: its report as Markdown
    id: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (config, _) = Config::from_process()?;
    runtime()?.block_on(async {
        let service = RunningService::of(&config).map_err(Failure::unreachable)?;
        if let Some(id) = &arguments.id {
            let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if !id.chars().all(is_id) {
                return Err(Failure::of_usage("ID is an incident's id"));
            }
            let path = format!("/api/ops/incidents/{id}/report/");
            let report = service.text(&path).await.map_err(Failure::unreachable)?;
            say(report.trim_end());
            return Ok(());
        }
        let found: Incidents = service
            .get("/api/ops/incidents/")
            .await
            .map_err(Failure::unreachable)?;
        if found.results.is_empty() {
            say("no incidents");
        }
        for incident in &found.results {
            say(line(incident));
        }
        Ok(())
    })
}

/// `open    critical  2026-11-28T12:01:05.250Z  6 min  Database is unavailable  (ada)  0193…`
fn line(incident: &Incident) -> String {
    let state = match incident.state {
        IncidentState::Open => "open",
        IncidentState::Closed => "closed",
    };
    let minutes = incident.duration_seconds / 60;
    let taken = incident.acknowledged.as_ref();
    let taken = taken.map(|it| format!("  ({})", it.by)).unwrap_or_default();
    let severity = severity_name(incident.severity);
    format!(
        "{state:<6}  {severity:<8}  {}  {minutes} min  {}{taken}  {}",
        incident.opened_at, incident.title, incident.id
    )
}

pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}
