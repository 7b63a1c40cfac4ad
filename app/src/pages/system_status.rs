//! `/admin/system-status/`: what on-call opens first.

use leptos::prelude::*;

use super::live::{Drawn, served};
use crate::address::Address;
use crate::api::fetch_overview;
use crate::cards::checks::checks_card;
use crate::cards::data::data_card;
use crate::cards::database::database_card;
use crate::cards::errors::errors_card;
use crate::cards::events::events_card;
use crate::cards::host::host_card;
use crate::cards::logging::logging_card;
use crate::cards::service::service_card;
use crate::cards::traffic::traffic_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::cards::verdict::verdict_line;
use crate::components::time::zone_note;
use crate::dto::{Overview, Period};
use crate::look::Look;
use crate::place::Place;
use crate::verdict::Verdict;
use crate::visit::Visit;

/// The complete document, for `leptos_actix::render_app_async_with_context`. Expects the
/// `SharedBackend` and the `Address` in context beside what every page does.
pub fn system_status_document() -> impl IntoView {
    let address = use_context::<Address>().unwrap_or_default();
    // What is no period is the usual one: a mistyped address must not keep anyone out.
    let period = address.get("period").and_then(Period::from_text);
    let overview = fetch_overview(period.unwrap_or_default());
    served(Place::SystemStatus, overview, system_status)
}

pub(super) fn system_status(visit: &Visit, overview: &Overview) -> Drawn {
    let Overview {
        status,
        history,
        host,
        ..
    } = overview;
    let look = Look::at(visit, &status.generated_at);
    let errors = status.recent_errors.as_deref();
    let view = view! {
        {verdict_line(look, status)}
        <div class="cards">
            {traffic_card(look, overview)} {traffic_charts_card(look, history, address)}
            {host_card(look, host)} {events_card(look, &host.events)}
            {checks_card(look, &status.checks)} {database_card(look, &status.database)}
            {service_card(look, &status.service)} {logging_card(look, &status.logging)}
            {data_card(look, status.data.as_ref(), status.data_error)}
            {errors_card(look, errors, status.recent_errors_error)}
        </div>
        {zone_note(look)}
    };
    Drawn {
        generated_at: status.generated_at.clone(),
        here: address(history.period),
        state: Some(Verdict::of(status).state()),
        view: view.into_any(),
    }
}

/// Of this page in that state.
fn address(period: Period) -> String {
    let path = Place::SystemStatus.path();
    if period == Period::default() {
        path.to_owned()
    } else {
        format!("{path}?period={}", period.text())
    }
}
