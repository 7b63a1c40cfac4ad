//! `/admin/routes/`: where the requests go, and the time.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::address::Address;
use crate::api::fetch_routes;
use crate::cards::routes::routes_card;
use crate::components::time::zone_note;
use crate::dto::{Period, RouteSort, RoutesPage};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
pub fn routes_document() -> impl IntoView {
    let address = use_context::<Address>().unwrap_or_default();
    let period = address.get("period").and_then(Period::from_text);
    let sort = address.get("sort").and_then(RouteSort::from_text);
    let page = fetch_routes(period.unwrap_or_default(), sort.unwrap_or_default());
    served(Place::Routes, page, routes)
}

fn routes(visit: &Visit, page: &RoutesPage) -> Drawn {
    let look = Look::at(visit, &page.generated_at);
    let view = view! {
        <div class="cards">{routes_card(look, page, link)}</div>
        {zone_note(look)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: link(page.period, page.sort),
        state: None,
        view: view.into_any(),
    }
}

fn link(period: Period, sort: RouteSort) -> String {
    let path = Place::Routes.path();
    format!("{path}?period={}&sort={}", period.text(), sort.text())
}
