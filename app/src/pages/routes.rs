//! `/admin/routes/`: where the requests go, and the time.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::address::{Address, with_query};
use crate::api::fetch_routes;
use crate::cards::routes::routes_card;
use crate::components::time::zone_note;
use crate::components::whose::whose_choice;
use crate::dto::{Period, RouteSort, RoutesPage};
use crate::look::Look;
use crate::place::Place;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
pub fn routes_document() -> impl IntoView {
    let address = use_context::<Address>().unwrap_or_default();
    let sort = address.get("sort").and_then(RouteSort::from_text);
    let page = fetch_routes(address.scope(), sort.unwrap_or_default());
    served(Place::Routes, page, routes)
}

fn routes(visit: &Visit, page: &RoutesPage) -> Drawn {
    let look = Look::at(visit, &page.generated_at);
    let (period, sort, whose) = (page.period, page.sort, &page.whose);
    let kept = [
        ("period", period.text().to_owned()),
        ("sort", sort.text().to_owned()),
    ];
    let path = Place::Routes.path().to_owned();
    let all = address(period, sort, None);
    let link = |period, sort| address(period, sort, whose.instance());
    let view = view! {
        {whose_choice(look, whose, &page.instances, path, &kept, all)}
        <div class="cards">{routes_card(look, page, link)}</div>
        {zone_note(look)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: link(period, sort),
        state: None,
        view: view.into_any(),
    }
}

fn address(period: Period, sort: RouteSort, instance: Option<&str>) -> String {
    let state = [
        ("period", period.text().to_owned()),
        ("sort", sort.text().to_owned()),
    ];
    let instance = instance.map(|name| ("instance", name.to_owned()));
    with_query(Place::Routes.path(), state.into_iter().chain(instance))
}
