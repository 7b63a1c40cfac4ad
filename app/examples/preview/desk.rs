//! The pages of incidents, alerts and the timeline, in every kind of day.

use app::address::{self, Address};
use app::dto::{BadQuery, IncidentReport, Range};

use super::{Answers, fixtures};

/// The file's name, the path of the page's definition, and what it gets.
pub type Shown = (&'static str, &'static str, Answers);

const INCIDENTS: &str = "/admin/incidents/";
const ALERTS: &str = "/admin/alerts/";
const TIMELINE: &str = "/admin/timeline/";

pub fn pages() -> Vec<Shown> {
    let mut pages = incidents();
    pages.extend(incident());
    pages.extend(errors());
    pages.extend(alerts());
    pages.extend(timeline());
    pages.extend(first_lines());
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
        (
            "incident-refused",
            ONE,
            with(Some(report), "error=close-reason"),
        ),
        (
            "incident-closed",
            ONE,
            with(Some(fixtures::incidents::closed_report()), ""),
        ),
        ("incident-missing", ONE, with(None, "")),
    ]
}

fn errors() -> Vec<Shown> {
    const LIST: &str = "/admin/errors/";
    const ONE: &str = "/admin/errors/{id}/";
    let group = fixtures::errors::one(Range::default()).report.group.url;
    vec![
        ("errors", LIST, asked(LIST, "")),
        ("errors-all", LIST, asked(LIST, "show=all")),
        ("error-group", ONE, asked(&group, "")),
        (
            "error-group-missing",
            ONE,
            asked(&address::error_group("gone"), ""),
        ),
    ]
}

fn alerts() -> Vec<Shown> {
    const TRY: &str = "rule=disk&since=7d&try=[[rule]]%0D%0Aname+%3D+%22disk%22";
    let with = |alerts, query| Answers {
        alerts,
        ..asked(ALERTS, query)
    };
    let full = fixtures::alerts::full;
    let refused = Answers {
        preview: Err(BadQuery {
            field: "try".to_owned(),
            message: "line 2, column 8: unknown signal `disk_used`".to_owned(),
        }),
        ..with(full(), TRY)
    };
    let unreplayable = Answers {
        preview: Ok(fixtures::alerts::unreplayable()),
        ..with(full(), TRY)
    };
    let tested = "tested=mail&delivered=false&answer=550+no+such+user";
    vec![
        ("alerts", ALERTS, with(full(), "")),
        ("alerts-tried", ALERTS, with(full(), TRY)),
        ("alerts-try-refused", ALERTS, refused),
        ("alerts-unreplayable", ALERTS, unreplayable),
        ("alerts-tested", ALERTS, with(full(), tested)),
        (
            "alerts-refused",
            ALERTS,
            with(full(), "error=silence-reason"),
        ),
        (
            "alerts-broken",
            ALERTS,
            with(fixtures::alerts::broken(), ""),
        ),
        ("alerts-calm", ALERTS, with(fixtures::alerts::calm(), "")),
    ]
}

fn timeline() -> Vec<Shown> {
    let empty = |query| Answers {
        timeline: |_| fixtures::timeline::empty(),
        ..asked(TIMELINE, query)
    };
    vec![
        ("timeline", TIMELINE, asked(TIMELINE, "")),
        (
            "timeline-filtered",
            TIMELINE,
            asked(TIMELINE, "since=7d&kind=start&kind=deploy"),
        ),
        ("timeline-empty", TIMELINE, empty("")),
        ("timeline-none", TIMELINE, empty("kind=note")),
    ]
}

/// What is open, on pages of other things: one that refreshes itself, one with a verdict of its own,
/// and one that stays as it is.
fn first_lines() -> Vec<Shown> {
    let open = || Answers {
        open: fixtures::incidents::open(),
        ..Answers::default()
    };
    let broken = Answers {
        status: fixtures::broken(),
        ..open()
    };
    vec![
        ("open-routes", "/admin/routes/", open()),
        ("open-status", "/admin/system-status/", broken),
        ("open-logs", "/admin/logs/", open()),
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
