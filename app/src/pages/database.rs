//! `/admin/database/`: what the databases cost, and what is wrong with them.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::with_query;
use crate::cards::findings::findings_card;
use crate::cards::host::database_charts_card;
use crate::cards::inside::{activity_cards, inside_card};
use crate::cards::named_queries::named_queries_card;
use crate::components::card::store_heading;
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{DatabaseReport, HostHistory, Range, Scope, StoreReport};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Database.path(),
    title: titles::DATABASE,
    summary: "Both databases from within",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

struct DatabaseView {
    report: DatabaseReport,
    host: HostHistory,
}

fn document() -> AnyView {
    served(&PAGE, load(), |viewer, found| match found {
        Ok(view) => database(viewer, view),
        Err(range) => refused(viewer, range, PAGE.path),
    })
}

async fn load() -> Result<Scoped<DatabaseView>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => {
            let host = backend.host(scope.range);
            let (report, host) = futures_util::join!(backend.database(), host);
            Ok(DatabaseView { report, host })
        }
        Err(refused) => Err(refused),
    })
}

fn database(viewer: &Viewer, view: &DatabaseView) -> Drawn {
    let DatabaseView { report, host } = view;
    let settings = ViewSettings::at(viewer, &report.generated_at);
    let sections: Vec<_> = report
        .stores
        .iter()
        .map(|store| section(settings, store, &report.counted_since))
        .collect();
    let view = view! {
        {updated(settings, &report.generated_at)}
        <div class="cards">{database_charts_card(settings, host, link)}</div>
        {sections}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: report.generated_at.clone(),
        here: link(host.period),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

fn link(range: Range) -> String {
    with_query(PAGE.path, Scope::of(range, None).pairs())
}

fn section(settings: ViewSettings, store: &StoreReport, counted_since: &str) -> AnyView {
    let id = store_heading(store.role.name());
    let (labelled_by, hook) = (id.clone(), id.clone());
    view! {
        <section aria-labelledby=labelled_by data-testid=hook>
            <h2 class="section-title" id=id>{(settings.t.diagnosis.role)(store.role)}</h2>
            <div class="cards">
                {findings_card(settings, store)} {inside_card(settings, store)}
                {named_queries_card(settings, store, counted_since)} {activity_cards(settings, store)}
            </div>
        </section>
    }.into_any()
}
