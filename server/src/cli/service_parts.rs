//! What the running service says of itself, as parts of a support bundle.

use app::dto::{Incidents, Status};
use app::pages::status_in_terminal;
use futures_util::future::join_all;

use super::running_service::RunningService;
use crate::config::Config;
use crate::support_bundle::Part;

/// Everything but the status, which is asked first.
const ASKED: [(&str, &str); 12] = [
    ("database.json", "/api/ops/database/"),
    ("alerts.json", "/api/ops/alerts/"),
    ("silences.json", "/api/ops/silences/"),
    ("maintenance.json", "/api/ops/maintenance/"),
    ("channels.json", "/api/ops/channels/"),
    ("incidents.json", "/api/ops/incidents/"),
    ("timeline.json", "/api/ops/timeline/?since=7d"),
    ("errors.json", "/api/ops/errors/?period=24h"),
    ("instances.json", "/api/ops/instances/"),
    ("host.json", "/api/ops/host/?period=24h"),
    ("traffic.json", "/api/ops/traffic/?period=24h"),
    ("routes.json", "/api/ops/routes/?period=24h"),
];

/// More reports are not asked for.
const MAX_REPORTS: usize = 20;

/// # Errors
/// In a sentence, if it does not answer.
pub async fn asked(config: &Config) -> Result<Vec<Part>, String> {
    let service = RunningService::of(config)?;
    let body = service.text("/api/ops/status/").await?;
    let status: Status = service.read(&body)?;
    let lines = status_in_terminal(&status);
    let lines: Vec<String> = lines.into_iter().map(|line| line.text).collect();
    let mut parts = vec![
        Part::lines("status.txt", lines.join("\n")),
        Part::json("status.json", body),
    ];
    let (others, reports) = futures_util::join!(
        join_all(ASKED.map(|(name, path)| part(&service, name, path))),
        open_incidents(&service)
    );
    parts.extend(others);
    parts.extend(reports);
    Ok(parts)
}

async fn part(service: &RunningService<'_>, name: &str, path: &str) -> Part {
    match service.text(path).await {
        Ok(body) => Part::json(name, body),
        Err(why) => Part::missing(name, &why),
    }
}

/// Each as its report, in Markdown.
async fn open_incidents(service: &RunningService<'_>) -> Vec<Part> {
    let path = format!("/api/ops/incidents/?state=open&limit={MAX_REPORTS}");
    let found: Incidents = match service.get(&path).await {
        Ok(found) => found,
        Err(why) => return vec![Part::missing("incidents", &why)],
    };
    let reports = found.results.iter().map(|incident| async move {
        let name = format!("incidents/{}.md", incident.id);
        let path = format!("/api/ops/incidents/{}/report/", incident.id);
        match service.text(&path).await {
            Ok(report) => Part::lines(&name, report),
            Err(why) => Part::missing(&name, &why),
        }
    });
    join_all(reports).await
}
