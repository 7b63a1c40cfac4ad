//! `/admin/system-status/`: what on-call opens first.

use leptos::prelude::*;

use super::definition::{Drawing, Menu, PageDefinition};
use super::load::{LoadError, staff_backend};
use super::served::{Drawn, Reload, served};
use crate::address::page::Page;
use crate::address::{Address, with_query};
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
use crate::dto::{Overview, Period, Scope};
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
    let address = use_context::<Address>().unwrap_or_default();
    served(&PAGE, load(address.scope()), system_status)
}

async fn load(scope: Scope) -> Result<Overview, LoadError> {
    Ok(staff_backend()?.overview(scope).await)
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
    let (period, choice) = (history.period, &overview.choice);
    let of_period = |period| address(period, choice.instance());
    let of_instance = |name: &str| address(period, Some(name));
    let all = &overview.instances.instances;
    let names: Vec<String> = all.iter().map(|instance| instance.name.clone()).collect();
    let path = Page::SystemStatus.path().to_owned();
    let kept = [("period", period.text().to_owned())];
    let view = view! {
        {instance_filter(settings, choice, &names, path, &kept, address(period, None))}
        <div class="cards">
            {traffic_card(settings, overview)} {traffic_charts_card(settings, history, of_period)}
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
        here: of_period(period),
        state: Some(status.verdict.state.into()),
        reload: Reload::ByItself,
        verdict: Some(verdict_line(settings, status).into_any()),
        view: view.into_any(),
    }
}

/// Of this page in that state.
fn address(period: Period, instance: Option<&str>) -> String {
    let period = (period != Period::default()).then(|| ("period", period.text().to_owned()));
    let instance = instance.map(|name| ("instance", name.to_owned()));
    with_query(
        Page::SystemStatus.path(),
        period.into_iter().chain(instance),
    )
}
