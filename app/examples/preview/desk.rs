//! The pages of incidents, alerts and the timeline, in every kind of day.

use app::address::{self, Address};
use app::dto::IncidentReport;

use super::{Answers, fixtures};

/// The file's name, the path of the page's definition, and what it gets.
pub type Shown = (&'static str, &'static str, Answers);

const INCIDENTS: &str = "/admin/incidents/";

pub fn pages() -> Vec<Shown> {
    let mut pages = incidents();
    pages.extend(incident());
    pages
}

fn incidents() -> Vec<Shown> {
    let with = |incidents| Answers {
        incidents,
        ..asked(INCIDENTS, "")
    };
    vec![
        ("incidents", INCIDENTS, with(fixtures::incidents::full())),
        (
            "incidents-quiet",
            INCIDENTS,
            with(fixtures::incidents::quiet()),
        ),
        (
            "incidents-away",
            INCIDENTS,
            with(fixtures::incidents::away()),
        ),
        (
            "incidents-none",
            INCIDENTS,
            with(fixtures::incidents::none()),
        ),
    ]
}

fn incident() -> Vec<Shown> {
    const ONE: &str = "/admin/incidents/{id}/";
    let with = |report: Option<IncidentReport>, query| {
        let id = report.as_ref().map_or("gone", |report| &report.incident.id);
        let path = address::incident(id);
        Answers {
            incident: report,
            ..asked(&path, query)
        }
    };
    let report = fixtures::incidents::report();
    vec![
        ("incident", ONE, with(Some(report.clone()), "")),
        ("incident-refused", ONE, with(Some(report), "error=reason")),
        (
            "incident-closed",
            ONE,
            with(Some(fixtures::incidents::closed_report()), ""),
        ),
        ("incident-missing", ONE, with(None, "")),
    ]
}

fn asked(path: &str, query: &str) -> Answers {
    Answers {
        address: Address {
            path: path.to_owned(),
            query: query.to_owned(),
        },
        ..Answers::default()
    }
}
