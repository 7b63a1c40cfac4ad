//! `/admin/system-status/`: what on-call opens first.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, Scoped, scoped};
use super::served::{Drawn, Reload, refused, served};
use crate::address::page::Page;
use crate::address::with_query;
use crate::cards::checks::checks_card;
use crate::cards::data::data_card;
use crate::cards::database::database_card;
use crate::cards::error_groups::error_groups_card;
use crate::cards::errors::errors_card;
use crate::cards::events::events_card;
use crate::cards::host::host_card;
use crate::cards::instances::instances_card;
use crate::cards::logging::logging_card;
use crate::cards::service::service_card;
use crate::cards::traffic::traffic_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::cards::verdict::verdict_line;
use crate::components::instance_filter::instance_filter;
use crate::components::time::zone_note;
use crate::dto::{Overview, Scope};
use crate::locales::pages as titles;
use crate::view::settings::ViewSettings;
use crate::view::viewer::Viewer;

pub static PAGE: PageDefinition = PageDefinition {
    path: Page::SystemStatus.path(),
    title: titles::SYSTEM_STATUS,
    summary: "The system status",
    menu: Menu::Shown,
    drawing: Drawing::Document(document),
};

fn document() -> AnyView {
    served(&PAGE, load(), |viewer, found| match found {
        Ok(overview) => system_status(viewer, overview),
        Err(range) => refused(viewer, range, PAGE.path),
    })
}

async fn load() -> Result<Scoped<Overview>, LoadError> {
    let (backend, scope) = scoped()?;
    Ok(match scope {
        Ok(scope) => Ok(backend.overview(scope).await),
        Err(refused) => Err(refused),
    })
}

pub(super) fn system_status(viewer: &Viewer, overview: &Overview) -> Drawn {
    let Overview {
        status,
        history,
        host,
        ..
    } = overview;
    let settings = ViewSettings::at(viewer, &status.generated_at);
    let errors = status.recent_errors.as_deref();
    let choice = &overview.choice;
    let scope = Scope::of(history.period, choice.instance());
    let of_range = |range| address(&scope.over(range));
    let of_instance = |name: &str| address(&Scope::of(scope.range, Some(name)));
    let all = &overview.instances.instances;
    let names: Vec<String> = all.iter().map(|instance| instance.name.clone()).collect();
    let path = Page::SystemStatus.path().to_owned();
    let kept = scope.range.pairs();
    let view = view! {
        {instance_filter(settings, choice, &names, path, &kept, address(&Scope::of(scope.range, None)))}
        <div class="cards">
            {traffic_card(settings, overview)} {traffic_charts_card(settings, history, of_range)}
            {checks_card(settings, &status.checks)} {database_card(settings, &status.database)}
            {service_card(settings, &status.service, &status.tasks)} {logging_card(settings, &status.logging, status.dropped_minutes)}
            {error_groups_card(settings, &overview.errors)}
            {instances_card(settings, &overview.instances, &status.verdict.findings, of_instance)} {host_card(settings, host)}
            {events_card(settings, &host.events)}
            {data_card(settings, status)}
            {errors_card(settings, errors, status.recent_errors_error, status.has_failures())}
        </div>
        {zone_note(settings)}
    };
    Drawn {
        generated_at: status.generated_at.clone(),
        here: address(&scope),
        state: Some(status.verdict.state.into()),
        reload: Reload::ByItself,
        verdict: Some(verdict_line(settings, status).into_any()),
        view: view.into_any(),
    }
}

/// Of this page with these figures.
fn address(scope: &Scope) -> String {
    with_query(PAGE.path, scope.pairs())
}
