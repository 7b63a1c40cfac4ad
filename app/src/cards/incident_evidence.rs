//! What was known when an incident opened: each fact with a link to where more of it is.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address::page::Page;
use crate::address::route_name::path_of;
use crate::address::story;
use crate::components::card::{card, empty};
use crate::components::facts::fact;
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{
    Evidence, EvidenceChange, EvidenceDatabase, EvidenceDisk, EvidenceError, EvidenceRoute,
    EvidenceVersion, TimelineKind,
};
use crate::view::instant::Instant;
use crate::view::numbers::{bytes, milliseconds, percent};
use crate::view::settings::ViewSettings;

/// `opened_at` is when all of this was so.
pub fn incident_evidence_card(
    settings: ViewSettings,
    evidence: Option<&Evidence>,
    opened_at: &str,
) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    let body = match evidence {
        None => Either::Left(empty(t.evidence_empty)),
        Some(evidence) => Either::Right(facts(settings, evidence, opened_at)),
    };
    card("incident-evidence", t.evidence, body)
}

fn facts(settings: ViewSettings, evidence: &Evidence, opened_at: &str) -> AnyView {
    let t = settings.t;
    let page = t.incident_page;
    let pool = evidence.pool.map(|pool| {
        let in_use = (t.pool_use)(pool.active, pool.idle, pool.max);
        fact(t.pool, (page.pool_waiting)(&in_use, pool.waiting))
    });
    let slowest = evidence.slowest_route.as_ref();
    let slowest = slowest.map(|route| fact(page.slowest_route, route_link(settings, route)));
    let database = evidence.database.as_ref();
    let database = database.map(|found| fact(t.database, database_words(settings, found)));
    let version = evidence.version.as_ref();
    let version = version.map(|version| fact(t.version, ran(settings, version, opened_at)));
    let disks =
        (!evidence.disks.is_empty()).then(|| fact(page.disks, disks(settings, &evidence.disks)));
    let names = |label, names: &[String]| {
        (!names.is_empty()).then(|| fact(label, foreign(&names.join(", "))))
    };
    view! {
        <dl class="facts" data-testid="incident-evidence">
            {fact(page.changes, changes(settings, &evidence.changes))}
            {fact(page.top_errors, errors(settings, &evidence.top_errors))}
            {slowest} {database} {pool} {disks} {version}
            {names(page.affected_namespaces, &evidence.namespaces)}
            {names(page.affected_users, &evidence.users)}
        </dl>
    }
    .into_any()
}

fn changes(settings: ViewSettings, changes: &[EvidenceChange]) -> impl IntoView + use<> {
    if changes.is_empty() {
        return Either::Left(settings.t.incident_page.no_changes);
    }
    let rows: Vec<_> = changes
        .iter()
        .map(|change| {
            let kind = TimelineKind::from_name(&change.kind);
            let kind = kind.map_or(change.kind.as_str(), settings.t.timeline_page.kind);
            let instance = change
                .instance
                .as_ref()
                .map(|name| view! { " " <span class="note">{foreign(name)}</span> });
            view! {
                <li>
                    {time(settings, &change.at)} " " <strong>{foreign(kind)}</strong> " "
                    {foreign(&change.title)} {instance}
                </li>
            }
        })
        .collect();
    Either::Right(view! { <ul class="lines">{rows}</ul> })
}

fn errors(settings: ViewSettings, errors: &[EvidenceError]) -> impl IntoView + use<> {
    let t = settings.t.incident_page;
    if errors.is_empty() {
        return Either::Left(t.no_errors);
    }
    let rows: Vec<_> = errors
        .iter()
        .map(|error| {
            let route = error
                .route
                .as_ref()
                .map(|route| view! { " " <span class="note">{foreign(route)}</span> });
            let example = error.request_id.as_ref().map(|id| {
                view! { " " <a class="note" href=story(id) data-testid="evidence-request">{t.example}</a> }
            });
            view! {
                <li>
                    <strong>{number(error.count)} "×"</strong>
                    " "
                    {link(&error.url, &error.message)}
                    {route}
                    {example}
                </li>
            }
        })
        .collect();
    Either::Right(view! { <ul class="lines">{rows}</ul> })
}

/// To a page of the desk; whatever else an address is, its words are all that is shown.
fn link(url: &str, text: &str) -> impl IntoView + use<> {
    if url.starts_with("/admin/") {
        Either::Left(view! {
            <a href=url.to_owned() data-testid="evidence-error">{foreign(text)}</a>
        })
    } else {
        Either::Right(foreign(text))
    }
}

fn route_link(settings: ViewSettings, route: &EvidenceRoute) -> AnyView {
    let words = format!("{} {}", route.method, route.route);
    let (p95, requests) = (milliseconds(route.p95_ms), route.requests);
    view! {
        <a href=path_of(&route.method, &route.route)>{foreign(&words)}</a>
        {format!(" P95 {p95} · ")}
        {number(requests)}
        " "
        {settings.t.requests}
    }
    .into_any()
}

fn database_words(settings: ViewSettings, found: &EvidenceDatabase) -> impl IntoView + use<> {
    let t = settings.t;
    let state = match (found.connection == "ok", &found.error) {
        (true, None) => {
            let latency = found.latency_ms.map(milliseconds).unwrap_or_default();
            let words = format!("{} {latency}", t.incident_page.connection_ok);
            Either::Left(badge(State::Ok, words))
        }
        (is_ok, error) => {
            let state = if is_ok { State::Warning } else { State::Error };
            let code = error.as_ref().map(|code| {
                let known = serde_json::from_value(serde_json::Value::String(code.clone()));
                known.map_or_else(|_| code.clone(), |code| (t.code)(code).to_owned())
            });
            Either::Right(badge(state, code.unwrap_or_else(|| t.error.to_owned())))
        }
    };
    view! { <a href=Page::Database.path()>{foreign(&found.vendor)}</a> " " {state} }
}

fn disks(settings: ViewSettings, disks: &[EvidenceDisk]) -> impl IntoView + use<> {
    let texts = disks.iter().map(|disk| {
        let (used, free) = (percent(Some(disk.used_ratio)), bytes(disk.free_bytes));
        (settings.t.incident_page.disk)(&disk.name, &used, &free)
    });
    foreign(&texts.collect::<Vec<_>>().join(" · "))
}

fn ran(settings: ViewSettings, version: &EvidenceVersion, opened_at: &str) -> AnyView {
    let [started, opened] = [&version.started_at, opened_at].map(Instant::parse);
    let age = started.zip(opened).map(|(started, opened)| {
        let seconds = opened.seconds_since(started);
        (settings.t.incident_page.ran_for)(&(settings.t.duration)(seconds))
    });
    view! {
        {foreign(&version.version)} " "
        <code>{foreign(&version.commit)}</code>
        " "
        <span class="note">{age}</span>
    }
    .into_any()
}
