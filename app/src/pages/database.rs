//! `/admin/database/`: what the databases cost, and what is wrong with them.

use leptos::prelude::*;

use crate::api::fetch_database;
use crate::cards::findings::findings_card;
use crate::cards::inside::{activity_cards, inside_card};
use crate::cards::named_queries::named_queries_card;
use crate::components::banner::banner;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::components::updated::updated;
use crate::dto::{DatabaseReport, StoreReport};
use crate::live::{Link, Live};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// The complete document, for `leptos_actix::render_app_async_with_context`. Expects the
/// `SharedBackend` in context beside what every page does.
#[cfg(feature = "ssr")]
pub fn database_document() -> impl IntoView {
    super::live::served(Place::Database, fetch_database(), database)
}

/// The live part: all of the body, the same on the server and in the browser.
pub fn database(visit: Visit, first: DatabaseReport) -> impl IntoView {
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    live.keep_fresh(refresh.into(), fetch_database);
    let report = live.data;
    let look = Look::new(visit.language, live.measured_at());
    let here = Place::Database.path().to_owned();
    view! {
        {topbar(look.t, Place::Database, here, &visit, Some(refresh))}
        <main id="content">
            {move || report.with(|report| banner(look, live.link.get(), &report.generated_at))}
            {move || report.with(|report| updated(look, &report.generated_at))}
            <div data-stale=move || (live.link.get() != Link::Live).then_some("")>
                {move || {
                    report
                        .with(|report| {
                            let sections = report.stores.iter();
                            sections
                                .map(|store| section(look, store, &report.counted_since))
                                .collect::<Vec<_>>()
                        })
                }}
            </div>
            {zone_note(look)}
        </main>
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
