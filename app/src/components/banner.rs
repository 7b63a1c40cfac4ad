//! Says that what is on the page is no longer fresh, and what to do.

use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::time::time;
use crate::live::Link;
use crate::look::Look;

pub fn banner(look: Look, link: Link, measured_at: &str) -> impl IntoView + use<> {
    let t = look.t;
    match link {
        Link::Live => EitherOf4::A(()),
        Link::Stale => EitherOf4::B(view! {
            <div class="banner" role="alert" data-testid="stale-banner">
                <strong>{t.stale}</strong>
                " "
                {t.stale_since}
                " "
                {time(look, measured_at)}
            </div>
        }),
        Link::SignedOut => EitherOf4::C(view! {
            <div class="banner" role="alert" data-testid="signed-out-banner">
                <strong>{t.signed_out}</strong>
                " "
                <a href="/admin/" rel="external">
                    {t.sign_in_again}
                </a>
            </div>
        }),
        Link::Forbidden => EitherOf4::D(view! {
            <div class="banner" role="alert" data-testid="signed-out-banner">
                <strong>{t.forbidden}</strong>
            </div>
        }),
    }
}
