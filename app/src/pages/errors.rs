//! `/admin/errors/`: errors by what they are.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::error_group_list::{Shown, error_group_list};
use crate::components::instance_filter::instance_filter;
use crate::components::periods::periods;
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{ErrorGroupsPage, Period, Scope};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::Errors.path(),
    title: titles::ERRORS,
    summary: "Errors by what they are",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

const ALL: &str = "all";

struct ErrorsView {
    page: ErrorGroupsPage,
    shown: Shown,
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    let shown = match address.get("show") {
        Some(ALL) => Shown::All,
        _ => Shown::Open,
    };
    served(&PAGE, load(address.scope(), shown), errors)
}

async fn load(scope: Scope, shown: Shown) -> Result<ErrorsView, LoadError> {
    Ok(ErrorsView {
        page: staff_backend()?.error_groups(scope).await,
        shown,
    })
}

fn errors(viewer: &Viewer, view: &ErrorsView) -> Drawn {
    let ErrorsView { page, shown } = view;
    let groups = &page.groups;
    let settings = ViewSettings::at(viewer, &groups.generated_at);
    let (period, instance) = (groups.period, page.choice.instance());
    let link = |period| address(period, instance, *shown);
    let mut kept = vec![("period", period.text().to_owned())];
    kept.extend((*shown == Shown::All).then(|| ("show", ALL.to_owned())));
    let path = PAGE.path.to_owned();
    let all = address(period, None, *shown);
    let open = address(period, instance, Shown::Open);
    let view = view! {
        {updated(settings, &groups.generated_at)}
        {instance_filter(settings, &page.choice, &page.instances, path, &kept, all)}
        {periods(settings.t, period, link)}
        {error_group_list(settings, groups, *shown, open)}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: groups.generated_at.clone(),
        here: link(period),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

/// Of this page in that state.
fn address(period: Period, instance: Option<&str>, shown: Shown) -> String {
    let period = ("period", period.text().to_owned());
    let instance = instance.map(|name| ("instance", name.to_owned()));
    let shown = (shown == Shown::All).then(|| ("show", ALL.to_owned()));
    let pairs = std::iter::once(period).chain(instance).chain(shown);
    with_query(PAGE.path, pairs)
}
