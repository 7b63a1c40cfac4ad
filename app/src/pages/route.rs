//! `/admin/routes/{method}/{route}`: one route, and the requests on it that are worth a look.

use leptos::prelude::*;

use crate::api::fetch_route;
use crate::cards::notable::notable_card;
use crate::cards::route::route_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::components::banner::banner;
use crate::components::text::foreign;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::{Period, RoutePage};
use crate::live::{Link, Live, Measured};
use crate::look::Look;
use crate::place::Place;
use crate::route_name::path_of;
use crate::visit::Visit;

/// As [`system_status_document`](super::system_status_document).
#[cfg(feature = "ssr")]
pub fn route_document() -> impl IntoView {
    let address = use_context::<crate::address::Address>().unwrap_or_default();
    let period = address.get("period").and_then(Period::from_text);
    // An address that names none leads to a route without requests.
    let (method, route) = crate::route_name::from_path(&address.path).unwrap_or_default();
    let page = fetch_route(method, route, period.unwrap_or_default());
    super::live::served(Place::Route, page, route_page)
}

pub fn route_page(visit: Visit, first: RoutePage) -> impl IntoView {
    let period = first.history.period;
    let (method, route) = (first.method.clone(), first.route.clone());
    let path = path_of(&method, &route);
    let link = move |period: Period| format!("{path}?period={}", period.text());
    let here = link(period);
    let heading = view! {
        <h2 class="route-name">
            <span class="method">{foreign(&method)}</span>
            " "
            {foreign(&route)}
        </h2>
    };
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    let name = StoredValue::new((method, route));
    live.keep_fresh(refresh.into(), move || {
        let (method, route) = name.get_value();
        fetch_route(method, route, period)
    });
    let look = Look::new(visit.language, live.measured_at());
    let history = Signal::derive(move || live.data.with(|page| page.history.clone()));
    let t = look.t;
    view! {
        {topbar(t, Place::Route, here, &visit, Some(refresh))}
        <main id="content">
            {move || live.data.with(|page| banner(look, live.link.get(), &page.generated_at))}
            <p class="note">
                <a href=Place::Routes.path()>{t.all_routes}</a>
            </p>
            {heading}
            <div class="cards" data-stale=move || (live.link.get() != Link::Live).then_some("")>
                {move || live.data.with(|page| route_card(look, page))}
                {traffic_charts_card(look, period, history, link)}
                {move || live.data.with(|page| notable_card(look, "slowest", t.slowest_requests, t.none_slow, &page.slowest))}
                {move || live.data.with(|page| notable_card(look, "failed", t.failed_requests, t.none_failed, &page.failed))}
            </div>
            {zone_note(look)}
        </main>
    }
}

impl Measured for RoutePage {
    fn generated_at(&self) -> &str {
        &self.generated_at
    }
}
