//! What stands where there is nothing else to show, or beside what is only a part: a state of its
//! own, with what to do next.

use leptos::prelude::*;

use super::state::{State, badge};

/// `more` is a hint, or a link that helps on.
pub fn notice(
    state: State,
    sentence: impl IntoView,
    more: impl IntoView,
    testid: &'static str,
) -> AnyView {
    view! {
        <div class="notice" data-state=state.name() data-testid=testid>
            <p>{badge(state, sentence)}</p>
            {more}
        </div>
    }
    .into_any()
}
