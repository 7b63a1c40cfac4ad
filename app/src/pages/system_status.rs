//! `/admin/system-status/`: what on-call opens first.

use leptos::prelude::*;

use crate::api::fetch_status;
use crate::cards::checks::checks_card;
use crate::cards::data::data_card;
use crate::cards::database::database_card;
use crate::cards::errors::errors_card;
use crate::cards::logging::logging_card;
use crate::cards::service::service_card;
use crate::cards::verdict::verdict_line;
use crate::components::banner::banner;
use crate::components::state::State;
use crate::components::time::zone_note;
use crate::components::topbar::topbar;
use crate::dto::Status;
use crate::live::{Link, Live};
use crate::look::Look;
use crate::place::Place;
use crate::verdict::Verdict;
use crate::visit::Visit;

/// The complete document, for `leptos_actix::render_app_async_with_context`. Expects the
/// `SharedBackend` in context beside what every page does.
#[cfg(feature = "ssr")]
pub fn system_status_document() -> impl IntoView {
    super::live::served(Place::SystemStatus, fetch_status(), system_status)
}

/// The live part: all of the body, the same on the server and in the browser.
pub fn system_status(visit: Visit, first: Status) -> impl IntoView {
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    live.keep_fresh(refresh.into(), fetch_status);

    let status = live.data;
    let look = Look::new(visit.language, live.measured_at());
    name_tab(Place::SystemStatus.title(look.t), live);

    view! {
        {topbar(look.t, Place::SystemStatus, Place::SystemStatus.path().to_owned(), &visit, Some(refresh))}
        <main id="content">
            {move || status.with(|status| banner(look, live.link.get(), &status.generated_at))}
            {move || status.with(|status| verdict_line(look, status, live.link.get()))}
            <div class="cards" data-stale=move || (live.link.get() != Link::Live).then_some("")>
                {move || status.with(|status| checks_card(look, &status.checks))}
                {move || status.with(|status| database_card(look, &status.database))}
                {move || status.with(|status| service_card(look, &status.service))}
                {move || status.with(|status| logging_card(look, &status.logging))}
                {move || status.with(|status| data_card(look, status.data.as_ref(), status.data_error))}
                {errors_card(look, status)}
            </div>
            {zone_note(look)}
        </main>
    }
}

/// The verdict in the tab's name: the desk can be watched from another tab.
fn name_tab(title: &'static str, live: Live<Status>) {
    Effect::new(move |_: Option<()>| {
        let state = match live.link.get() {
            Link::Live => live.data.with(|status| Verdict::of(status).state()),
            Link::Stale | Link::SignedOut | Link::Forbidden => State::Unknown,
        };
        let symbol = state.symbol();
        document().set_title(&format!("{symbol} {title}"));
    });
}
