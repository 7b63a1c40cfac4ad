//! The frame of a card, and what stands in it when its part of the answer is missing.

use leptos::prelude::*;

use super::state::{State, badge};
use super::time::{age, time};
use crate::dto::{Code, Role};
use crate::view::settings::ViewSettings;

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
) -> AnyView {
    view! {
        <section class=format!("card card-{kind}") aria-labelledby=labelled_by>
            <h2 id=heading>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// A part that can't be had, with its code if there is one.
pub fn missing(settings: ViewSettings, code: Option<Code>) -> impl IntoView {
    let why = code.map_or(settings.t.error, settings.t.code);
    view! { <p>{badge(State::Error, (settings.t.unavailable)(why))}</p> }
}

/// Above a part that is the last known answer: since when, and why there is no newer one.
pub fn last_known(
    settings: ViewSettings,
    measured_at: Option<&str>,
    code: Option<Code>,
) -> Option<impl IntoView + use<>> {
    let at = measured_at?;
    let why = code.map_or(settings.t.error, settings.t.code);
    let age = age(settings, at).map(|age| format!(" ({age})"));
    Some(view! {
        <p data-testid="last-known">
            {badge(State::Warning, (settings.t.unavailable)(why))} " "
            <span class="note">{settings.t.last_answer} " " {time(settings, at)} {age}</span>
        </p>
    })
}

/// A part that is there, and has nothing in it.
pub fn empty(text: &'static str) -> impl IntoView {
    view! { <p class="empty">{text}</p> }
}
