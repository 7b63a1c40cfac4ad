//! `/admin/database/`: what the databases cost, and what is wrong with them.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::address::Address;
use crate::api::{DatabaseView, fetch_database};
use crate::cards::findings::findings_card;
use crate::cards::host::database_charts_card;
use crate::cards::inside::{activity_cards, inside_card};
use crate::cards::named_queries::named_queries_card;
use crate::components::card::store_heading;
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{Period, StoreReport};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
pub fn database_document() -> impl IntoView {
    let address = use_context::<Address>().unwrap_or_default();
    served(
        Place::Database,
        fetch_database(address.scope().period),
        database,
    )
}

fn database(visit: &Visit, view: &DatabaseView) -> Drawn {
    let DatabaseView { report, host } = view;
    let look = Look::at(visit, &report.generated_at);
    let sections: Vec<_> = report
        .stores
        .iter()
        .map(|store| section(look, store, &report.counted_since))
        .collect();
    let view = view! {
        {updated(look, &report.generated_at)}
        <div class="cards">{database_charts_card(look, host, link)}</div>
        {sections}
        {zone_note(look)}
    };
    Drawn {
        generated_at: report.generated_at.clone(),
        here: link(host.period),
        state: None,
        view: view.into_any(),
    }
}

fn link(period: Period) -> String {
    let path = Place::Database.path();
    if period == Period::default() {
        path.to_owned()
    } else {
        format!("{path}?period={}", period.text())
    }
}

fn section(look: Look, store: &StoreReport, counted_since: &str) -> impl IntoView + use<> {
    let id = store_heading(store.role.name());
    let (labelled_by, hook) = (id.clone(), id.clone());
    view! {
        <section aria-labelledby=labelled_by data-testid=hook>
            <h2 class="section-title" id=id>{(look.t.diagnosis.role)(store.role)}</h2>
            <div class="cards">
                {findings_card(look, store)} {inside_card(look, store)}
                {named_queries_card(look, store, counted_since)} {activity_cards(look, store)}
            </div>
        </section>
    }
}
