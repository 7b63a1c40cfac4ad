//! `/admin/routes/`: where the requests go, and the time.

use leptos::prelude::*;

use crate::api::fetch_routes;
use crate::cards::routes::routes_card;
use crate::components::banner::banner;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::{Period, RouteSort, RoutesPage};
use crate::live::{Link, Live, Measured};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
#[cfg(feature = "ssr")]
pub fn routes_document() -> impl IntoView {
    let address = use_context::<crate::address::Address>().unwrap_or_default();
    let period = address.get("period").and_then(Period::from_text);
    let sort = address.get("sort").and_then(RouteSort::from_text);
    let page = fetch_routes(period.unwrap_or_default(), sort.unwrap_or_default());
    super::live::served(Place::Routes, page, routes)
}

pub fn routes(visit: Visit, first: RoutesPage) -> impl IntoView {
    let (period, sort) = (first.period, first.sort);
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    live.keep_fresh(refresh.into(), move || fetch_routes(period, sort));
    let look = Look::new(visit.language, live.measured_at());
    view! {
        {topbar(look.t, Place::Routes, link(period, sort), &visit, Some(refresh))}
        <main id="content">
            {move || live.data.with(|page| banner(look, live.link.get(), &page.generated_at))}
            <div class="cards" data-stale=move || (live.link.get() != Link::Live).then_some("")>
                {move || live.data.with(|page| routes_card(look, page, link))}
            </div>
            {zone_note(look)}
        </main>
    }
}

fn link(period: Period, sort: RouteSort) -> String {
    let path = Place::Routes.path();
    format!("{path}?period={}&sort={}", period.text(), sort.text())
}

impl Measured for RoutesPage {
    fn generated_at(&self) -> &str {
        &self.generated_at
    }
}
