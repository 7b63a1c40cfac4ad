//! The top of an incident's page: what it is, how grave, since when, and who has taken it.

use leptos::either::Either;
use leptos::prelude::*;

use super::incident_forms::incident_forms;
use super::incident_row::{lasting, state_of};
use crate::address::page::Page;
use crate::address::{logs, narrowed};
use crate::components::field::RefusedForm;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{Incident, IncidentState, LogName, LogQuery, Silence};
use crate::view::settings::ViewSettings;

/// `silences` are those that keep it from being told.
pub fn incident_head(
    settings: ViewSettings,
    incident: &Incident,
    silences: &[Silence],
    refused: Option<&RefusedForm>,
) -> AnyView {
    let t = settings.t;
    let page = t.incident_page;
    let [open, closed] = page.state;
    let severity = (t.incidents.severity)(incident.severity);
    let words = match incident.state {
        IncidentState::Open => Either::Left(badge(
            incident.severity.into(),
            format!("{severity} · {open}"),
        )),
        IncidentState::Closed => Either::Right(format!("{severity} · {closed}")),
    };
    let closed_at = incident.closed_at.as_ref().map(|at| {
        view! { <span class="note">{page.ended} " " {time(settings, at)}</span> }
    });
    let errors = LogQuery {
        file: LogName::Error,
        ..LogQuery::default()
    };
    let lines = narrowed(&errors, "timestamp", &incident.opened_at)
        .map(|query| view! { <a href=logs(&query)>{page.logs_since}</a> });
    let report = format!("/api/ops/incidents/{}/report/", incident.id);
    let copy = view! {
        <button
            type="button"
            class="with-script"
            data-copies=report.clone()
            data-copied=page.copied
            aria-controls="incident-copied"
            data-testid="incident-copy"
        >
            {page.copy}
        </button>
        <span role="status" id="incident-copied" data-script-writes data-testid="incident-copied"></span>
    };
    view! {
        <section class="card incident-head" data-state=state_of(incident).name()>
            <h2 data-testid="incident-title">{foreign(&incident.title)}</h2>
            <p class="incident-facts">
                {words} <span>{lasting(settings, incident)}</span>
                <span class="note">{t.incidents.since} " " {time(settings, &incident.opened_at)}</span>
                {closed_at}
            </p>
            {taken(settings, incident)}
            {silenced(settings, silences)}
            <p class="incident-links">
                {lines} <a href=report data-testid="incident-report">{page.report}</a> {copy}
            </p>
            {incident_forms(settings, incident, refused)}
        </section>
    }.into_any()
}

fn taken(settings: ViewSettings, incident: &Incident) -> impl IntoView + use<> {
    let t = settings.t.incidents;
    let Some(taken) = &incident.acknowledged else {
        let nobody = match incident.state {
            IncidentState::Open => t.nobody,
            IncidentState::Closed => t.nobody_took_it,
        };
        return Either::Left(view! { <p data-testid="incident-taken">{nobody}</p> });
    };
    let by = match incident.state {
        IncidentState::Open => (t.taken_by)(&taken.by),
        IncidentState::Closed => (t.was_taken_by)(&taken.by),
    };
    Either::Right(view! {
        <p data-testid="incident-taken">
            <strong>{foreign(&by)}</strong>
            " "
            <q>{foreign(&taken.reason)}</q>
            " "
            <span class="note">{time(settings, &taken.at)}</span>
        </p>
    })
}

/// Who asked not to be told of it, until when, and why.
fn silenced(settings: ViewSettings, silences: &[Silence]) -> Option<impl IntoView + use<>> {
    let t = settings.t;
    let rows: Vec<_> = silences
        .iter()
        .map(|silence| {
            let until = match &silence.until {
                Some(until) => {
                    Either::Left(view! { {t.notifications.until} " " {time(settings, until)} })
                }
                None => Either::Right(t.notifications.until_end),
            };
            let href = format!("{}#silence-{}", Page::Alerts.path(), silence.id);
            view! {
                <li>
                    {badge(State::Warning, t.incident_page.silenced)} " "
                    <a href=href>{foreign(&silence.by)}</a> " " {until} " "
                    <q>{foreign(&silence.reason)}</q>
                </li>
            }
        })
        .collect();
    (!rows.is_empty())
        .then(|| view! { <ul class="lines" data-testid="incident-silenced">{rows}</ul> })
}
