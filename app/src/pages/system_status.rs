//! `/admin/system-status/`: what on-call opens first.

#[cfg(feature = "ssr")]
use leptos::either::Either;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::error::refusal;
use crate::api::fetch_status;
#[cfg(feature = "ssr")]
use crate::assets::Assets;
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
#[cfg(feature = "ssr")]
use crate::document::{First, WakeUp, frame};
use crate::dto::Status;
use crate::live::{Link, Live};
use crate::look::Look;
use crate::verdict::Verdict;
use crate::visit::Visit;

const PATH: &str = "/admin/system-status/";

/// The complete document, for `leptos_actix::render_app_async_with_context`. Expects in context: the
/// `Visit`, the `Assets` and the `SharedBackend`, and the nonce of the response's policy.
///
/// It waits for the data before it renders anything, and the browser gets that in the document: no
/// `Suspense` has to be hydrated, which alone would add a tenth to the WebAssembly.
#[cfg(feature = "ssr")]
pub fn system_status_document() -> impl IntoView {
    let visit = use_context::<Visit>().unwrap_or_default();
    let assets = expect_context::<Assets>();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    Suspend::new(async move {
        match fetch_status().await {
            Ok(first) => Either::Left(live_document(visit, first, &assets, nonce)),
            // Seen only if a server forgets its own guard before this page.
            Err(_) => Either::Right(refusal(visit.language, &assets)),
        }
    })
}

#[cfg(feature = "ssr")]
pub(super) fn live_document(
    visit: Visit,
    first: Status,
    assets: &Assets,
    nonce: Option<String>,
) -> impl IntoView + use<> {
    let language = visit.language;
    let title = language.messages().system_status;
    let wake_up = WakeUp {
        nonce,
        refresh: visit.refresh,
        first: First {
            visit: visit.clone(),
            data: first.clone(),
        },
    };
    let page = system_status(visit, first);
    frame(language, title, assets, Some(wake_up), page)
}

/// The live part: all of the body, the same on the server and in the browser.
pub fn system_status(visit: Visit, first: Status) -> impl IntoView {
    let live = Live::new(first);
    let refresh = RwSignal::new(visit.refresh);
    live.keep_fresh(refresh.into(), fetch_status);

    let status = live.data;
    let look = Look::new(visit.language, live.measured_at());
    let title = look.t.system_status;
    name_tab(title, live);

    view! {
        {topbar(look.t, title, PATH, &visit, refresh)}
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
