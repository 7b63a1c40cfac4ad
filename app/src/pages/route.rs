//! `/admin/routes/{method}/{route}`: one route, and the requests on it that are worth a look.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::Address;
use crate::address::page::Page;
use crate::address::route_name::{PATTERN, address, from_path, path_of};
use crate::cards::exemplars::exemplars_card;
use crate::cards::last_errors::last_errors_card;
use crate::cards::route::route_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::components::instance_filter::instance_filter;
use crate::components::text::foreign;
use crate::components::time::zone_note;
use crate::dto::{RoutePage, Scope};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: PATTERN,
    title: titles::ROUTE,
    summary: "The traffic of one route",
    menu: Menu::Hidden,
    drawing: Drawing::Document(document),
};

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    // An address that names none leads to a route without requests.
    let (method, route) = from_path(&address.path).unwrap_or_default();
    served(&PAGE, load(method, route, address.scope()), route_page)
}

async fn load(method: String, route: String, scope: Scope) -> Result<RoutePage, LoadError> {
    Ok(staff_backend()?.route(method, route, scope).await)
}

fn route_page(viewer: &Viewer, page: &RoutePage) -> Drawn {
    let settings = ViewSettings::at(viewer, &page.generated_at);
    let t = settings.t;
    let (period, choice) = (page.history.period, &page.choice);
    let of = |period, instance| address(&page.method, &page.route, period, instance);
    let link = |period| of(period, choice.instance());
    let kept = [("period", period.text().to_owned())];
    let path = path_of(&page.method, &page.route);
    let view = view! {
        <p class="note">
            <a href=Page::Routes.path()>{t.all_routes}</a>
        </p>
        <h2 class="route-name">
            <span class="method">{foreign(&page.method)}</span>
            " "
            {foreign(&page.route)}
        </h2>
        {instance_filter(settings, choice, &page.instances, path, &kept, of(period, None))}
        <div class="cards">
            {route_card(settings, page)} {traffic_charts_card(settings, &page.history, link)}
            {exemplars_card(settings, "slowest", t.slowest_requests, t.none_slow, &page.slowest)}
            {exemplars_card(settings, "failed", t.failed_requests, t.none_failed, &page.failed)}
            {last_errors_card(settings, &page.last_errors)}
        </div>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: link(period),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}
