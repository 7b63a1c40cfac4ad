//! The frame of a card, and what stands in it when its part of the answer is missing.

use leptos::prelude::*;

use super::state::{State, badge};
use super::time::{age, time};
use crate::dto::Code;
use crate::look::Look;

/// `name` is the card's own, used for its class and its heading's id.
pub fn card(name: &'static str, title: &'static str, body: impl IntoView) -> impl IntoView {
    one_of_many(name, name.to_owned(), title, body)
}

/// One of several cards of a kind on a page: `id` tells them apart.
pub fn one_of_many(
    kind: &'static str,
    id: String,
    title: &'static str,
    body: impl IntoView,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <section class=format!("card card-{kind}") aria-labelledby=labelled_by>
            <h2 id=heading>{title}</h2>
            {body}
        </section>
    }
}

/// A part that can't be had, with its code if there is one.
pub fn missing(look: Look, code: Option<Code>) -> impl IntoView {
    let why = code.map_or(look.t.error, look.t.code);
    view! { <p class="missing">{badge(State::Error, (look.t.unavailable)(why))}</p> }
}

/// Above a part that is the last known answer: since when, and why there is no newer one.
pub fn last_known(
    look: Look,
    measured_at: Option<&str>,
    code: Option<Code>,
) -> Option<impl IntoView + use<>> {
    let at = measured_at?;
    let why = code.map_or(look.t.error, look.t.code);
    let age = age(look, at).map(|age| format!(" ({age})"));
    Some(view! {
        <p class="last-known" data-testid="last-known">
            {badge(State::Warning, (look.t.unavailable)(why))} " "
            <span class="note">{look.t.last_answer} " " {time(look, at)} {age}</span>
        </p>
    })
}

/// A part that is there, and has nothing in it.
pub fn empty(text: &'static str) -> impl IntoView {
    view! { <p class="empty">{text}</p> }
}
