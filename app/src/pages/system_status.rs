//! `/admin/system-status/`: what on-call opens first.

use leptos::prelude::*;

use crate::api::fetch_overview;
use crate::cards::checks::checks_card;
use crate::cards::data::data_card;
use crate::cards::database::database_card;
use crate::cards::errors::errors_card;
use crate::cards::logging::logging_card;
use crate::cards::service::service_card;
use crate::cards::traffic::traffic_card;
use crate::cards::traffic_charts::traffic_charts_card;
use crate::cards::verdict::verdict_line;
use crate::components::banner::banner;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::{Overview, Period};
use crate::live::{Link, Live};
use crate::look::Look;
use crate::place::Place;
use crate::verdict::Verdict;
use crate::visit::Visit;

/// The complete document, for `leptos_actix::render_app_async_with_context`. Expects the
/// `SharedBackend` and the `Address` in context beside what every page does.
#[cfg(feature = "ssr")]
pub fn system_status_document() -> impl IntoView {
    let address = use_context::<crate::address::Address>().unwrap_or_default();
    // What is no period is the usual one: a mistyped address must not keep anyone out.
    let period = address.get("period").and_then(Period::from_text);
    let overview = fetch_overview(period.unwrap_or_default());
    super::live::served(Place::SystemStatus, overview, system_status)
}

/// The live part: all of the body, the same on the server and in the browser.
pub fn system_status(visit: Visit, first: Overview) -> impl IntoView {
    let period = first.history.period;
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    live.keep_fresh(refresh.into(), move || fetch_overview(period));

    let overview = live.data;
    let look = Look::new(visit.language, live.measured_at());
    let errors = Signal::derive(move || {
        overview.with(|overview| {
            let status = &overview.status;
            (status.recent_errors.clone(), status.recent_errors_error)
        })
    });
    let history = Signal::derive(move || overview.with(|overview| overview.history.clone()));
    name_tab(Place::SystemStatus.title(look.t), live);

    view! {
        {topbar(look.t, Place::SystemStatus, address(period), &visit, Some(refresh))}
        <main id="content">
            {move || overview.with(|o| banner(look, live.link.get(), &o.status.generated_at))}
            {move || overview.with(|o| verdict_line(look, &o.status, live.link.get()))}
            <div class="cards" data-stale=move || (live.link.get() != Link::Live).then_some("")>
                {move || overview.with(|o| traffic_card(look, o))}
                {traffic_charts_card(look, period, history, address)}
                {move || overview.with(|o| checks_card(look, &o.status.checks))}
                {move || overview.with(|o| database_card(look, &o.status.database))}
                {move || overview.with(|o| service_card(look, &o.status.service))}
                {move || overview.with(|o| logging_card(look, &o.status.logging))}
                {move || overview.with(|o| data_card(look, o.status.data.as_ref(), o.status.data_error))}
                {errors_card(look, errors)}
            </div>
            {zone_note(look)}
        </main>
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

/// The verdict in the tab's name: the desk can be watched from another tab.
fn name_tab(title: &'static str, live: Live<Overview>) {
    Effect::new(move |_: Option<()>| {
        let state = match live.link.get() {
            Link::Live => live
                .data
                .with(|overview| Verdict::of(&overview.status).state()),
            Link::Stale | Link::SignedOut | Link::Forbidden => State::Unknown,
        };
        let symbol = state.symbol();
        document().set_title(&format!("{symbol} {title}"));
    });
}
