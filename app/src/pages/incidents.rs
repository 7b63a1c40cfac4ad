//! `/admin/incidents/`: what fired together, open ones first, then by the day.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::incidents::{incident_list, store_away};
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::Incidents;
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Incidents.path(),
    title: titles::INCIDENTS,
    summary: "Incidents, open and closed",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

struct IncidentsView {
    incidents: Incidents,
    /// The id of the one that these begin after.
    before: Option<String>,
    now: String,
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    let viewer = use_context::<Viewer>().unwrap_or_default();
    let before = address.decoded("before").filter(|id| !id.is_empty());
    served(&PAGE, load(viewer, before), incidents)
}

async fn load(viewer: Viewer, before: Option<String>) -> Result<IncidentsView, LoadError> {
    let backend = staff_backend()?;
    let incidents = backend.incidents(viewer.language, before.clone()).await;
    Ok(IncidentsView {
        incidents,
        before,
        now: backend.now(),
    })
}

fn incidents(viewer: &Viewer, view: &IncidentsView) -> Drawn {
    let IncidentsView {
        incidents,
        before,
        now,
    } = view;
    let settings = ViewSettings::at(viewer, now);
    let t = settings.t.incidents;
    let last = incidents.results.last().map(|incident| incident.id.clone());
    let older = incidents.next.as_ref().and(last).map(|last| {
        let older = page_before(Some(last));
        view! { <a class="button" href=older data-testid="incidents-older">{t.older}</a> }
    });
    let newest = before.as_ref().map(|_| {
        view! { <a class="button" href=page_before(None)>{t.newest}</a> }
    });
    let view = view! {
        {updated(settings, now)}
        {store_away(settings, incidents)}
        {incident_list(settings, incidents, before.is_none())}
        <p class="page-links">{newest} " " {older}</p>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: now.clone(),
        here: page_before(before.clone()),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

fn page_before(id: Option<String>) -> String {
    with_query(PAGE.path, id.map(|id| ("before", id)))
}
