//! An incident in a list: what it is called, how grave it is, how long it took, and who took it.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address;
use crate::components::state::{State, badge};
use crate::components::text::foreign;
use crate::components::time::time;
use crate::dto::{Incident, IncidentAlert, IncidentState};
use crate::view::settings::ViewSettings;

const SERVICE: &str = "service";

/// What is over has no colour.
pub fn state_of(incident: &Incident) -> State {
    match incident.state {
        IncidentState::Open => incident.severity.into(),
        IncidentState::Closed => State::Unknown,
    }
}

pub fn incident_row(settings: ViewSettings, incident: &Incident) -> AnyView {
    let t = settings.t.incidents;
    let severity = (t.severity)(incident.severity);
    let grave = match incident.state {
        IncidentState::Open => Either::Left(badge(incident.severity.into(), severity)),
        IncidentState::Closed => Either::Right(view! { <span>{severity}</span> }),
    };
    view! {
        <article
            class="incident"
            id=format!("incident-{}", incident.id)
            data-state=state_of(incident).name()
            data-open=(incident.state == IncidentState::Open).then_some("")
            data-testid="incident-row"
        >
            <h3 data-testid="incident-title">
                <a href=address::incident(&incident.id)>{foreign(&incident.title)}</a>
            </h3>
            <p class="incident-facts">
                {grave} <span>{lasting(settings, incident)}</span>
                <span class="note">{t.since} " " {time(settings, &incident.opened_at)}</span>
                <span>{taken(settings, incident)}</span>
            </p>
            {chain(settings, &incident.alerts)}
        </article>
    }
    .into_any()
}

/// Such as `for 12 min 30 s`.
pub fn lasting(settings: ViewSettings, incident: &Incident) -> String {
    let t = settings.t;
    let duration = (t.duration)(incident.duration_seconds);
    match incident.state {
        IncidentState::Open => (t.incidents.open_for)(&duration),
        IncidentState::Closed => (t.incidents.lasted)(&duration),
    }
}

fn taken(settings: ViewSettings, incident: &Incident) -> impl IntoView + use<> {
    let t = settings.t.incidents;
    match (&incident.acknowledged, incident.state) {
        (Some(taken), IncidentState::Open) => Either::Left(foreign(&(t.taken_by)(&taken.by))),
        (Some(taken), IncidentState::Closed) => Either::Left(foreign(&(t.was_taken_by)(&taken.by))),
        (None, IncidentState::Open) => Either::Right(t.nobody),
        (None, IncidentState::Closed) => Either::Right(t.nobody_took_it),
    }
}

/// What caused it, and what follows from that.
fn chain(settings: ViewSettings, alerts: &[IncidentAlert]) -> impl IntoView + use<> {
    let is_consequence = |alert: &&IncidentAlert| {
        let by = alert.suppressed_by.as_ref();
        by.is_some_and(|by| alerts.iter().any(|cause| cause.rule == *by))
    };
    let (consequences, causes): (Vec<_>, Vec<_>) = alerts.iter().partition(is_consequence);
    let [causes, consequences] = [causes, consequences].map(|alerts| {
        let names = alerts.into_iter().map(name).collect::<Vec<_>>();
        names.join(", ")
    });
    let follows = (!consequences.is_empty()).then(|| {
        view! {
            <span aria-hidden="true">" → "</span>
            <span class="unseen">" " {settings.t.incidents.leads_to} " "</span>
            {foreign(&consequences)}
        }
    });
    view! { <p class="incident-chain note">{foreign(&causes)} {follows}</p> }
}

/// Such as `disk · log`.
pub fn name(alert: &IncidentAlert) -> String {
    match alert.subject.as_str() {
        SERVICE => alert.rule.clone(),
        subject => format!("{} · {subject}", alert.rule),
    }
}
