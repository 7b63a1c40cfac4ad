//! `/admin/routes/{method}/{route}`: one route, and the requests on it that are worth a look.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::address::Address;
use crate::api::fetch_route;
use crate::cards::last_errors::last_errors_card;
use crate::cards::notable::notable_card;
use crate::cards::route::route_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::components::text::foreign;
use crate::components::time::zone_note;
use crate::components::whose::whose_choice;
use crate::dto::RoutePage;
use crate::look::Look;
use crate::place::Place;
use crate::route_name::{address, from_path, path_of};
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
pub fn route_document() -> impl IntoView {
    let address = use_context::<Address>().unwrap_or_default();
    // An address that names none leads to a route without requests.
    let (method, route) = from_path(&address.path).unwrap_or_default();
    let page = fetch_route(method, route, address.scope());
    served(Place::Route, page, route_page)
}

fn route_page(visit: &Visit, page: &RoutePage) -> Drawn {
    let look = Look::at(visit, &page.generated_at);
    let t = look.t;
    let (period, whose) = (page.history.period, &page.whose);
    let of = |period, instance| address(&page.method, &page.route, period, instance);
    let link = |period| of(period, whose.instance());
    let kept = [("period", period.text().to_owned())];
    let path = path_of(&page.method, &page.route);
    let view = view! {
        <p class="note">
            <a href=Place::Routes.path()>{t.all_routes}</a>
        </p>
        <h2 class="route-name">
            <span class="method">{foreign(&page.method)}</span>
            " "
            {foreign(&page.route)}
        </h2>
        {whose_choice(look, whose, &page.instances, path, &kept, of(period, None))}
        <div class="cards">
            {route_card(look, page)} {traffic_charts_card(look, &page.history, link)}
            {notable_card(look, "slowest", t.slowest_requests, t.none_slow, &page.slowest)}
            {notable_card(look, "failed", t.failed_requests, t.none_failed, &page.failed)}
            {last_errors_card(look, &page.last_errors)}
        </div>
        {zone_note(look)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: link(period),
        state: None,
        view: view.into_any(),
    }
}
