//! `/admin/errors/`: errors by what they are.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
use crate::cards::error_group_list::{Shown, error_group_list};
use crate::components::instance_filter::instance_filter;
use crate::components::ranges::ranges;
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{ErrorGroupsPage, Scope};
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
    served(&PAGE, load(shown), |viewer, found| match found {
        Ok(view) => errors(viewer, view),
        Err(range) => refused(viewer, range, PAGE.path),
    })
}

async fn load(shown: Shown) -> Result<Scoped<ErrorsView>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => Ok(ErrorsView {
            page: backend.error_groups(scope).await,
            shown,
        }),
        Err(refused) => Err(refused),
    })
}

fn errors(viewer: &Viewer, view: &ErrorsView) -> Drawn {
    let ErrorsView { page, shown } = view;
    let groups = &page.groups;
    let settings = ViewSettings::at(viewer, &groups.generated_at);
    let scope = Scope::of(groups.period, page.choice.instance());
    let link = |range| address(&scope.over(range), *shown);
    let mut kept = scope.range.pairs();
    kept.extend((*shown == Shown::All).then(|| ("show", ALL.to_owned())));
    let path = PAGE.path.to_owned();
    let all = address(&Scope::of(scope.range, None), *shown);
    let open = address(&scope, Shown::Open);
    let view = view! {
        {updated(settings, &groups.generated_at)}
        {instance_filter(settings, &page.choice, &page.instances, path, &kept, all)}
        {ranges(settings, scope.range, link)}
        {error_group_list(settings, groups, *shown, open)}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: groups.generated_at.clone(),
        here: address(&scope, *shown),
        state: None,
        reload: Reload::ByItself,
        verdict: None,
        view: view.into_any(),
    }
}

/// Of this page in that state.
fn address(scope: &Scope, shown: Shown) -> String {
    let shown = (shown == Shown::All).then(|| ("show", ALL.to_owned()));
    with_query(PAGE.path, scope.pairs().into_iter().chain(shown))
}
