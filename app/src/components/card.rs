//! The frame of a card, and what stands in it when its part of the answer is missing.

use leptos::prelude::*;

use super::state::{State, badge};
use super::time::{age, time};
use crate::dto::{Code, Role};
use crate::look::Look;

/// `name` is the card's own, used for its class and its heading's id.
pub fn card(name: &'static str, title: impl IntoView, body: impl IntoView) -> impl IntoView {
    let heading = format!("{name}-title");
    framed(name, heading.clone(), heading, title, body)
}

/// One of two of a kind, within the section of the store that it is about: its name says which, to
/// those who listen.
pub fn of_store(
    kind: &'static str,
    role: Role,
    title: impl IntoView,
    body: impl IntoView,
) -> impl IntoView {
    let role = role.name();
    let heading = format!("{role}-{kind}-title");
    let labelled_by = format!("{} {heading}", store_heading(role));
    framed(kind, heading, labelled_by, title, body)
}

/// The id of the heading above all that is about a store.
pub fn store_heading(role: &str) -> String {
    format!("store-{role}")
}

fn framed(
    kind: &'static str,
    heading: String,
    labelled_by: String,
    title: impl IntoView,
    body: impl IntoView,
) -> impl IntoView {
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
    view! { <p>{badge(State::Error, (look.t.unavailable)(why))}</p> }
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
        <p data-testid="last-known">
            {badge(State::Warning, (look.t.unavailable)(why))} " "
            <span class="note">{look.t.last_answer} " " {time(look, at)} {age}</span>
        </p>
    })
}

/// A part that is there, and has nothing in it.
pub fn empty(text: &'static str) -> impl IntoView {
    view! { <p class="empty">{text}</p> }
}
