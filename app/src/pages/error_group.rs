//! `/admin/errors/{id}/`: one error group, with all that is known of it and all that people say of it.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::{self, Address, with_query};
use crate::cards::error_group_facets::error_group_facets_card;
use crate::cards::error_group_head::error_group_head;
use crate::cards::error_group_rest::{course_card, entries_card, example_card};
use crate::components::card::missing;
use crate::components::field::RefusedForm;
use crate::components::instance_filter::instance_filter;
use crate::components::notice::notice;
use crate::components::state::{State, badge};
use crate::components::time::zone_note;
use crate::components::updated::updated;
use crate::dto::{Code, ErrorGroupPage, Scope};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: "/admin/errors/{id}/",
    title: titles::ERROR_GROUP,
    summary: "One error group",
    menu: Menu::Hidden,
    drawing: Drawing::Document(document),
};

struct GroupView {
    id: String,
    scope: Scope,
    page: Result<Option<ErrorGroupPage>, Code>,
    refused: Option<RefusedForm>,
    /// The key of the line that is shown; `None`: the newest.
    example: Option<String>,
    now: String,
}

fn document() -> AnyView {
    let address = use_context::<Address>().unwrap_or_default();
    // An address that names none leads to the page that says so.
    let id = address::error_group_id(&address.path).unwrap_or_default();
    let field = use_context::<RefusedForm>();
    let example = address.decoded("example");
    let path = address::error_group(&id);
    let load = load(id, field, example);
    served(&PAGE, load, move |viewer, found| match found {
        Ok(view) => group(viewer, view),
        Err(range) => refused(viewer, range, &path),
    })
}

async fn load(
    id: String,
    refused: Option<RefusedForm>,
    example: Option<String>,
) -> Result<Scoped<GroupView>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => Ok(GroupView {
            page: backend.error_group(id.clone(), scope.clone()).await,
            id,
            scope,
            refused,
            example,
            now: backend.now(),
        }),
        Err(refused) => Err(refused),
    })
}

fn group(viewer: &Viewer, view: &GroupView) -> Drawn {
    let settings = ViewSettings::at(viewer, &view.now);
    let t = settings.t.error_group;
    let body = match &view.page {
        Ok(Some(page)) => EitherOf3::A(told(settings, view, page)),
        Ok(None) => {
            let hint = view! { <p class="note">{t.no_such_hint}</p> };
            EitherOf3::B(notice(
                State::Unknown,
                t.no_such,
                hint,
                "error-group-missing",
            ))
        }
        Err(code) => EitherOf3::C(missing(settings, Some(*code))),
    };
    let drawn = view! {
        {updated(settings, &view.now)}
        <p class="note">
            <a href=Page::Errors.path()>{t.all}</a>
        </p>
        {body}
        {zone_note(settings)}
    };
    Drawn {
        generated_at: view.now.clone(),
        here: address(view, &view.scope, None),
        state: None,
        reload: Reload::ByHand,
        verdict: None,
        view: drawn.into_any(),
    }
}

fn told(settings: ViewSettings, view: &GroupView, page: &ErrorGroupPage) -> AnyView {
    let report = &page.report;
    let scope = Scope::of(report.period, page.choice.instance());
    let away = report.error.map(|code| {
        let text = (settings.t.store_unreachable)((settings.t.code)(code));
        view! { <p class="coverage" data-testid="store-error">{badge(State::Warning, text)}</p> }
    });
    let kept = scope.range.pairs();
    let path = address::error_group(&view.id);
    let all = address(view, &Scope::of(scope.range, None), None);
    let of_range = |range| address(view, &scope.over(range), None);
    let of_example = |key: &str| address(view, &scope, Some(key));
    view! {
        {away}
        {error_group_head(settings, report, view.refused.as_ref())}
        {instance_filter(settings, &page.choice, &page.instances, path, &kept, all)}
        <div class="cards">
            {course_card(settings, page, of_range)} {error_group_facets_card(settings, report)}
            {example_card(settings, report, view.example.as_deref(), of_example)}
            {entries_card(settings, &report.entries)}
        </div>
    }
    .into_any()
}

/// Of this page in that state.
fn address(view: &GroupView, scope: &Scope, example: Option<&str>) -> String {
    let example = example.map(|key| ("example", key.to_owned()));
    let pairs = scope.pairs().into_iter().chain(example);
    with_query(&address::error_group(&view.id), pairs)
}
