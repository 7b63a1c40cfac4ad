//! How far back: a link each, so that the choice stands in the address.

use leptos::prelude::*;

use crate::dto::Period;
use crate::locales::Messages;

/// `link` makes the address of this page with another period.
pub fn periods(t: &'static Messages, current: Period, link: impl Fn(Period) -> String) -> AnyView {
    let links: Vec<_> = Period::ALL
        .into_iter()
        .map(|period| {
            let is_current = (period == current).then_some("true");
            view! {
                <li>
                    <a href=link(period) aria-current=is_current>{(t.period)(period)}</a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="periods" aria-label=t.period_of_charts>
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}
