//! `/admin/routes/`: where the requests go, and the time.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::routes::routes_card;
use crate::components::instance_filter::instance_filter;
use crate::components::time::zone_note;
use crate::dto::{Period, RouteSort, RoutesPage, Scope};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Routes.path(),
    title: titles::ROUTES,
    summary: "Traffic route by route",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    let sort = address.get("sort").and_then(RouteSort::from_text);
    served(
        &PAGE,
        load(address.scope(), sort.unwrap_or_default()),
        routes,
    )
}

async fn load(scope: Scope, sort: RouteSort) -> Result<RoutesPage, LoadError> {
    Ok(staff_backend()?.routes(scope, sort).await)
}

fn routes(viewer: &Viewer, page: &RoutesPage) -> Drawn {
    let settings = ViewSettings::at(viewer, &page.generated_at);
    let (period, sort, choice) = (page.period, page.sort, &page.choice);
    let kept = [
        ("period", period.text().to_owned()),
        ("sort", sort.text().to_owned()),
    ];
    let path = Page::Routes.path().to_owned();
    let all = address(period, sort, None);
    let link = |period, sort| address(period, sort, choice.instance());
    let view = view! {
        {instance_filter(settings, choice, &page.instances, path, &kept, all)}
        <div class="cards">{routes_card(settings, page, link)}</div>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: link(period, sort),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

fn address(period: Period, sort: RouteSort, instance: Option<&str>) -> String {
    let state = [
        ("period", period.text().to_owned()),
        ("sort", sort.text().to_owned()),
    ];
    let instance = instance.map(|name| ("instance", name.to_owned()));
    with_query(Page::Routes.path(), state.into_iter().chain(instance))
}
