//! `/admin/routes/`: where the requests go, and the time.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::routes::routes_card;
use crate::components::instance_filter::instance_filter;
use crate::components::time::zone_note;
use crate::dto::{RouteSort, RoutesPage, Scope};
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
    let load = load(sort.unwrap_or_default());
    served(&PAGE, load, |viewer, found| match found {
        Ok(page) => routes(viewer, page),
        Err(range) => refused(viewer, range, PAGE.path),
    })
}

async fn load(sort: RouteSort) -> Result<Scoped<RoutesPage>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => Ok(backend.routes(scope, sort).await),
        Err(refused) => Err(refused),
    })
}

fn routes(viewer: &Viewer, page: &RoutesPage) -> Drawn {
    let settings = ViewSettings::at(viewer, &page.generated_at);
    let (sort, choice) = (page.sort, &page.choice);
    let scope = Scope::of(page.period, choice.instance());
    let mut kept = scope.range.pairs();
    kept.push(("sort", sort.text().to_owned()));
    let path = Page::Routes.path().to_owned();
    let all = address(&Scope::of(scope.range, None), sort);
    let link = |range, sort| address(&scope.over(range), sort);
    let view = view! {
        {instance_filter(settings, choice, &page.instances, path, &kept, all)}
        <div class="cards">{routes_card(settings, page, link)}</div>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: page.generated_at.clone(),
        here: address(&scope, sort),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

fn address(scope: &Scope, sort: RouteSort) -> String {
    let sort = (sort != RouteSort::default()).then(|| ("sort", sort.text().to_owned()));
    with_query(PAGE.path, scope.pairs().into_iter().chain(sort))
}
