//! What this instance's log last said of a route's requests, each line with the way to its story.

use leptos::prelude::*;

use super::errors::error_list;
use crate::components::card::card;
use crate::components::state::{State, badge};
use crate::dto::LastErrors;
use crate::look::Look;

pub fn last_errors_card(look: Look, errors: &LastErrors) -> impl IntoView + use<> {
    let t = look.t;
    let lines = errors.error.is_none().then_some(errors.lines.as_slice());
    let stopped = errors.stopped_early.then(|| {
        view! { <p class="coverage">{badge(State::Warning, t.watch.search_stopped)}</p> }
    });
    let body = view! {
        <p class="note">{t.watch.of_this_instance}</p>
        {stopped}
        {error_list(look, lines, errors.error, t.watch.none_logged)}
    };
    card(
        "last-errors",
        t.watch.last_errors,
        view! { <div data-testid="last-errors">{body}</div> },
    )
}
