//! An incident as Markdown, to hand over.

use std::fmt::Write as _;

use app::dto;

/// In the language of its texts; a reader of either understands the headings.
pub fn markdown(report: &dto::IncidentReport, public_url: Option<&str>) -> String {
    let mut out = String::new();
    write_head(&mut out, &report.incident, public_url.unwrap_or_default());
    write_alerts(&mut out, &report.incident.alerts);
    write_timeline(&mut out, &report.timeline);
    if let Some(evidence) = &report.evidence {
        write_evidence(&mut out, evidence);
    }
    write_notices(&mut out, &report.notices);
    out
}

fn write_head(out: &mut String, incident: &dto::Incident, public_url: &str) {
    _ = writeln!(out, "# {}\n", line(&incident.title));
    let state = match incident.state {
        dto::IncidentState::Open => "open",
        dto::IncidentState::Closed => "closed",
    };
    let severity = severity(incident.severity);
    _ = writeln!(out, "- State: {state}, {severity}");
    _ = writeln!(out, "- Opened: {}", incident.opened_at);
    if let Some(closed_at) = &incident.closed_at {
        _ = writeln!(out, "- Closed: {closed_at}");
    }
    _ = writeln!(out, "- Duration: {}", duration(incident.duration_seconds));
    if let Some(taken) = &incident.acknowledged {
        let reason = line(&taken.reason);
        _ = writeln!(
            out,
            "- Taken by: {} ({reason}), {}",
            line(&taken.by),
            taken.at
        );
    }
    _ = writeln!(out, "- Page: {public_url}/admin/incidents/{}/", incident.id);
}

fn write_alerts(out: &mut String, alerts: &[dto::IncidentAlert]) {
    _ = writeln!(out, "\n## Alerts\n");
    _ = writeln!(
        out,
        "| rule | subject | severity | since | ended | value | because of |"
    );
    _ = writeln!(out, "|---|---|---|---|---|---|---|");
    for alert in alerts {
        let cells = [
            alert.rule.clone(),
            alert.subject.clone(),
            severity(alert.severity).to_owned(),
            alert.since.clone(),
            alert.ended_at.clone().unwrap_or_default(),
            figure(alert),
            alert.suppressed_by.clone().unwrap_or_default(),
        ];
        let cells = cells.map(|cell| line(&cell).replace('|', "\\|"));
        _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn write_timeline(out: &mut String, timeline: &[dto::IncidentEntry]) {
    _ = writeln!(out, "\n## Timeline\n");
    for entry in timeline {
        let actor = entry
            .actor
            .as_deref()
            .map(|actor| format!(" ({})", line(actor)));
        let actor = actor.unwrap_or_default();
        let text = entry.text.replace("\r\n", "\n").replace('\n', "\n  ");
        _ = writeln!(out, "- {}{actor}: {text}", entry.at);
    }
}

fn write_notices(out: &mut String, notices: &[dto::IncidentNotice]) {
    if !notices.is_empty() {
        _ = writeln!(out, "\n## Notices\n");
    }
    for notice in notices {
        let state = match notice.state {
            dto::NoticeState::Queued => "queued",
            dto::NoticeState::Sent => "sent",
            dto::NoticeState::Failed => "failed",
            dto::NoticeState::Superseded => "superseded",
        };
        let error = notice
            .last_error
            .as_deref()
            .map(|error| format!(": {}", line(error)));
        let (channel, kind) = (&notice.channel, &notice.kind);
        let error = error.unwrap_or_default();
        _ = writeln!(
            out,
            "- {} {channel} {kind}: {state}{error}",
            notice.created_at
        );
    }
}

fn write_evidence(out: &mut String, evidence: &dto::Evidence) {
    _ = writeln!(out, "\n## Known when it opened\n");
    if let Some(version) = &evidence.version {
        let (commit, since) = (&version.commit, &version.started_at);
        _ = writeln!(
            out,
            "- Version: {} ({commit}), since {since}",
            version.version
        );
    }
    if let Some(database) = &evidence.database {
        let error = database.error.as_deref().unwrap_or_default();
        _ = writeln!(
            out,
            "- Database: {} {} {error}",
            database.vendor, database.connection
        );
    }
    if let Some(pool) = &evidence.pool {
        let (active, max, waiting) = (pool.active, pool.max, pool.waiting);
        _ = writeln!(out, "- Pool: {active} of {max} in use, {waiting} waiting");
    }
    for disk in &evidence.disks {
        let percent = disk.used_ratio * 100.0;
        _ = writeln!(out, "- Disk {}: {percent:.1} % used", disk.name);
    }
    if let Some(route) = &evidence.slowest_route {
        let (method, name, p95) = (&route.method, &route.route, route.p95_ms);
        _ = writeln!(out, "- Slowest route: {method} {name}, P95 {p95} ms");
    }
    for error in &evidence.top_errors {
        let request = error.request_id.as_deref().unwrap_or("-");
        let message = line(&error.message);
        _ = writeln!(
            out,
            "- Error, {} times: {message} (request {request})",
            error.count
        );
    }
    for change in &evidence.changes {
        _ = writeln!(
            out,
            "- Changed {}: {} {}",
            change.at,
            change.kind,
            line(&change.title)
        );
    }
    for (what, names) in [
        ("Namespaces", &evidence.namespaces),
        ("Users", &evidence.users),
    ] {
        if !names.is_empty() {
            _ = writeln!(out, "- {what}: {}", line(&names.join(", ")));
        }
    }
}

fn figure(alert: &dto::IncidentAlert) -> String {
    let number = |value: f64| match alert.unit {
        Some(dto::AlertUnit::Share) => format!("{:.1} %", value * 100.0),
        Some(dto::AlertUnit::Time) => format!("{value:.0} ms"),
        Some(dto::AlertUnit::Bytes) => format!("{value:.0} B"),
        _ => format!("{value}"),
    };
    match (alert.value, alert.threshold) {
        (Some(value), Some(threshold)) => format!("{} of {}", number(value), number(threshold)),
        (Some(value), None) if alert.unit != Some(dto::AlertUnit::Flag) => number(value),
        _ => String::new(),
    }
}

fn severity(severity: dto::Severity) -> &'static str {
    match severity {
        dto::Severity::Info => "info",
        dto::Severity::Warning => "warning",
        dto::Severity::Critical => "critical",
    }
}

fn duration(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
