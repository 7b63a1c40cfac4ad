//! What this instance's log last said of a route's requests, each line with the way to its story.

use leptos::prelude::*;

use super::errors::error_list;
use crate::components::card::card;
use crate::components::state::{State, badge};
use crate::dto::LastErrors;
use crate::view::settings::ViewSettings;

pub fn last_errors_card(settings: ViewSettings, errors: &LastErrors) -> impl IntoView + use<> {
    let t = settings.t;
    let lines = errors.error.is_none().then_some(errors.lines.as_slice());
    let stopped = errors.stopped_early.then(|| {
        view! { <p class="coverage">{badge(State::Warning, t.error_groups.search_stopped)}</p> }
    });
    let body = view! {
        <p class="note">{t.instance_texts.of_this_instance}</p>
        {stopped}
        {error_list(settings, lines, errors.error, t.error_groups.none_logged)}
    };
    card(
        "last-errors",
        t.error_groups.last_errors,
        view! { <div data-testid="last-errors">{body}</div> },
    )
}
