//! Says that what is on the page is no longer fresh, and what to do.

use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::time::time;
use crate::live::refresher::{Link, Live};
use crate::view::settings::ViewSettings;
use crate::view::viewer::Refresh;

pub fn banner(
    settings: ViewSettings,
    live: Live,
    refresh: Signal<Refresh>,
) -> impl Fn() -> EitherOf4<(), AnyView, AnyView, AnyView> {
    let t = settings.t;
    move || match live.link.get() {
        Link::Live => EitherOf4::A(()),
        Link::Stale => EitherOf4::B(stale(settings, live, refresh).into_any()),
        Link::SignedOut => EitherOf4::C(
            view! {
                <div class="banner" role="alert" data-testid="signed-out-banner">
                    <strong>{t.signed_out}</strong>
                    " "
                    <a href="/admin/" rel="external">
                        {t.sign_in_again}
                    </a>
                </div>
            }
            .into_any(),
        ),
        Link::Forbidden => EitherOf4::D(
            view! {
                <div class="banner" role="alert" data-testid="signed-out-banner">
                    <strong>{t.forbidden}</strong>
                </div>
            }
            .into_any(),
        ),
    }
}

/// What changes by the second is beside what is announced, or it would be announced each time.
fn stale(settings: ViewSettings, live: Live, refresh: Signal<Refresh>) -> AnyView {
    let t = settings.t;
    let measured_at = live.generated_at.get_untracked();
    let since = (!measured_at.is_empty())
        .then(|| view! { " " {t.stale_since} " " {time(settings, &measured_at)} });
    let silent_for = move || {
        let is_retrying = refresh.get() != Refresh::Paused;
        (t.silent_for)(&(t.duration)(live.silent_for.get()), is_retrying)
    };
    view! {
        <div class="banner banner-stale" data-testid="stale-banner">
            <p role="alert">
                <strong>{t.stale}</strong>
                {since}
            </p>
            <p data-testid="silent-for">{silent_for}</p>
            <button aria-busy=move || live.is_asking.get().to_string() on:click=move |_| live.ask_now()>
                {t.try_now}
            </button>
        </div>
    }.into_any()
}
