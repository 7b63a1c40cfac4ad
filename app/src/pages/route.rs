//! `/admin/routes/{method}/{route}`: one route, and the requests on it that are worth a look.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::route_name::{PATTERN, address, from_path, path_of};
use crate::address::{Address, with_query};
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
    let path = path_of(&method, &route);
    served(
        &PAGE,
        load(method, route),
        move |viewer, found| match found {
            Ok(page) => route_page(viewer, page),
            Err(range) => refused(viewer, range, &path),
        },
    )
}

async fn load(method: String, route: String) -> Result<Scoped<RoutePage>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => Ok(backend.route(method, route, scope).await),
        Err(refused) => Err(refused),
    })
}

fn route_page(viewer: &Viewer, page: &RoutePage) -> Drawn {
    let settings = ViewSettings::at(viewer, &page.generated_at);
    let t = settings.t;
    let choice = &page.choice;
    let scope = Scope::of(page.history.period, choice.instance());
    let of = |scope: &Scope| address(&page.method, &page.route, scope);
    let link = |range| of(&scope.over(range));
    let kept = scope.range.pairs();
    let all = of(&Scope::of(scope.range, None));
    let back = with_query(Page::Routes.path(), scope.pairs());
    let path = path_of(&page.method, &page.route);
    let view = view! {
        <p class="note">
            <a href=back>{t.all_routes}</a>
        </p>
        <h2 class="route-name">
            <span class="method">{foreign(&page.method)}</span>
            " "
            {foreign(&page.route)}
        </h2>
        {instance_filter(settings, choice, &page.instances, path, &kept, all)}
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
        here: of(&scope),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}
