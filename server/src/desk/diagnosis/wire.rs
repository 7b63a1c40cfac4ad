//! A finding as the desk shows it, with the page that shows more.

use std::time::SystemTime;

use app::address::page::Page;
use app::address::route_name;
use app::address::with_query;
use app::dto;
use app::finding_in_english;
use ops::clock::rfc3339_millis;
use ops::diagnosis::{Finding, Severity, Subject};

use crate::db::probe::DATABASE;

pub fn to_wire(finding: &Finding, now: SystemTime) -> dto::Finding {
    let mut wire = dto::Finding {
        id: finding.id.to_owned(),
        severity: match finding.severity {
            Severity::Info => dto::Severity::Info,
            Severity::Warning => dto::Severity::Warning,
            Severity::Critical => dto::Severity::Critical,
        },
        subject: finding.subject.name(),
        text: String::new(),
        evidence: finding.evidence.clone(),
        since: rfc3339_millis(finding.since.unwrap_or(now)),
        url: url(&finding.subject),
    };
    wire.text = finding_in_english(&wire);
    wire
}

/// Where the desk shows more of it.
fn url(subject: &Subject) -> String {
    let card = |name: &str| format!("{}#{name}-title", Page::SystemStatus.path());
    match subject {
        Subject::Check(name) if name == DATABASE => Page::Database.path().to_owned(),
        Subject::Check(_) => card("checks"),
        Subject::Store(_) => Page::Database.path().to_owned(),
        Subject::Traffic => {
            let asked = [("period", "1h"), ("sort", "errors")];
            let asked = asked.map(|(name, value)| (name, value.to_owned()));
            with_query(Page::Routes.path(), asked)
        }
        Subject::Route { method, route } => route_name::path_of(method, route),
        Subject::LogFile(_) => card("logging"),
        Subject::Instance(_) => card("instances"),
        Subject::Disk(_) | Subject::Memory | Subject::Clock | Subject::Monitoring => card("host"),
        Subject::Task(_) => card("service"),
    }
}
