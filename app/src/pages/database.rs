//! `/admin/database/`: what the databases cost, and what is wrong with them.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::api::fetch_database;
use crate::cards::findings::findings_card;
use crate::cards::inside::{activity_cards, inside_card};
use crate::cards::named_queries::named_queries_card;
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{DatabaseReport, StoreReport};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
pub fn database_document() -> impl IntoView {
    served(Place::Database, fetch_database(), database)
}

fn database(visit: &Visit, report: &DatabaseReport) -> Drawn {
    let look = Look::at(visit, &report.generated_at);
    let sections: Vec<_> = report
        .stores
        .iter()
        .map(|store| section(look, store, &report.counted_since))
        .collect();
    let view = view! {
        {updated(look, &report.generated_at)}
        {sections}
        {zone_note(look)}
    };
    Drawn {
        generated_at: report.generated_at.clone(),
        here: Place::Database.path().to_owned(),
        state: None,
        view: view.into_any(),
    }
}

fn section(look: Look, store: &StoreReport, counted_since: &str) -> impl IntoView + use<> {
    let id = format!("store-{}", store.role.name());
    let (labelled_by, hook) = (id.clone(), id.clone());
    view! {
        <section class="store" aria-labelledby=labelled_by data-testid=hook>
            <h2 class="section-title" id=id>{(look.t.database_page.role)(store.role)}</h2>
            <div class="cards">
                {findings_card(look, store)} {inside_card(look, store)}
                {named_queries_card(look, store, counted_since)} {activity_cards(look, store)}
            </div>
        </section>
    }
}
