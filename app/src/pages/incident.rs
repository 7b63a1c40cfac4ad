//! `/admin/incidents/{id}/`: one incident, with all that is known of it and all that can be done.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, histories, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{self, Address};
use crate::cards::incident_alerts::{incident_alerts_card, incident_notices_card};
use crate::cards::incident_charts::{incident_charts_card, period_of};
use crate::cards::incident_evidence::incident_evidence_card;
use crate::cards::incident_head::incident_head;
use crate::cards::incident_timeline::incident_timeline_card;
use crate::cards::signal_charts::Histories;
use crate::components::card::missing;
use crate::components::field::RefusedForm;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{Code, Incident, IncidentReport, IncidentState, Silence};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: "/admin/incidents/{id}/",
    title: titles::INCIDENT,
    summary: "One incident",
    menu: Menu::Hidden,
    drawing: Drawing::Document(document),
};

struct IncidentView {
    id: String,
    report: Result<Option<Known>, Code>,
    refused: Option<RefusedForm>,
    now: String,
}

struct Known {
    report: IncidentReport,
    histories: Histories,
    /// Those that keep it from being told now.
    silences: Vec<Silence>,
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    let viewer = use_context::<Viewer>().unwrap_or_default();
    // An address that names none leads to the page that says so.
    let id = address::incident_id(&address.path).unwrap_or_default();
    let refused = use_context::<RefusedForm>();
    served(&PAGE, load(viewer, id, refused), incident)
}

async fn load(
    viewer: Viewer,
    id: String,
    refused: Option<RefusedForm>,
) -> Result<IncidentView, LoadError> {
    let backend = staff_backend()?;
    let now = backend.now();
    let report = match backend.incident(viewer.language, id.clone()).await {
        Ok(Some(report)) => {
            let period = period_of(&report.incident, &now);
            let (histories, alerts) =
                futures_util::join!(histories(&backend, period), backend.alerts());
            let silences = alerts.silences.into_iter();
            let silences = silences.filter(|silence| is_silenced(&report.incident, silence));
            Ok(Some(Known {
                histories,
                silences: silences.collect(),
                report,
            }))
        }
        Ok(None) => Ok(None),
        Err(code) => Err(code),
    };
    Ok(IncidentView {
        id,
        report,
        refused,
        now,
    })
}

/// By one that is in force.
fn is_silenced(incident: &Incident, silence: &Silence) -> bool {
    let matchers = &silence.matchers;
    let fits = |matcher: &Option<String>, found: &str| {
        matcher.as_ref().is_none_or(|wanted| wanted == found)
    };
    let is_of_one = incident.alerts.iter().any(|alert| {
        fits(&matchers.rule, &alert.rule)
            && fits(&matchers.subject, &alert.subject)
            && matchers
                .severity
                .is_none_or(|severity| severity == alert.severity)
    });
    silence.is_active && is_of_one && incident.state == IncidentState::Open
}

fn incident(viewer: &Viewer, view: &IncidentView) -> Drawn {
    let settings = ViewSettings::at(viewer, &view.now);
    let t = settings.t.incident_page;
    let body = match &view.report {
        Ok(Some(known)) => EitherOf3::A(told(settings, known, view.refused.as_ref())),
        Ok(None) => {
            let hint = view! { <p class="note">{t.no_such_hint}</p> };
            EitherOf3::B(notice(State::Unknown, t.no_such, hint, "incident-missing"))
        }
        Err(code) => EitherOf3::C(missing(settings, Some(*code))),
    };
    let view_of = view! {
        {updated(settings, &view.now)}
        <p class="note">
            <a href=Page::Incidents.path()>{t.all}</a>
        </p>
        {body}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: view.now.clone(),
        here: address::incident(&view.id),
        state: None,
        reload: Reload::ByHand,
        verdict: None,
        view: view_of.into_any(),
    }
}

fn told(settings: ViewSettings, known: &Known, refused: Option<&RefusedForm>) -> AnyView {
    let IncidentReport {
        incident,
        timeline,
        evidence,
        notices,
        error,
    } = &known.report;
    let away = error.map(|code| {
        let text = (settings.t.store_unreachable)((settings.t.code)(code));
        view! { <p class="coverage" data-testid="store-error">{badge(State::Warning, text)}</p> }
    });
    view! {
        {away}
        {incident_head(settings, incident, &known.silences, refused)}
        <div class="cards">
            {incident_alerts_card(settings, &incident.alerts)}
            {incident_evidence_card(settings, evidence.as_ref(), &incident.opened_at)}
            {incident_timeline_card(settings, timeline)}
            {incident_charts_card(settings, incident, &known.histories)}
            {incident_notices_card(settings, notices)}
        </div>
    }
    .into_any()
}
